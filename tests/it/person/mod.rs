//! The customer's will: leaving, being asked later, seeing, taking along and erasing what is stored; and what goes by itself.

mod ended;
mod erase;
mod later;
mod operator;
mod purge;
mod release;
mod scanners;
mod stored;

use attesta::kernel::email::EmailAddress;
use attesta::keyring::PersonHash;
use serde_json::Value;

use crate::support::app::TestApp;

const ADA: &str = "ada.bianchi@posta.example";
/// A word that stands nowhere else.
const WORD: &str = "zibaldoneggiante";
const NAME: &str = "Adalgisa";

/// The hash under which a person is known.
fn hash(app: &TestApp, address: &str) -> PersonHash {
    app.ctx().keyring().person(&EmailAddress::parse(address).expect("an address"))
}

/// The page about what is stored, from the link to the review.
fn mine(review_link: &str) -> String {
    review_link.replace("/r/", "/me/")
}

async fn exported(app: &TestApp, review_link: &str) -> Value {
    let answer = app.follow(&format!("{}/data.json", mine(review_link))).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.expect(200, "the copy is there")
}

/// Publishes a review with the name and the word.
async fn review(app: &TestApp, link: &str) {
    let fields = [("stars", "4"), ("title", "Bella"), ("text", WORD), ("name", NAME), ("stars.moka-3", "5")];
    let posted = app.post_form(link, &fields).await;
    assert_eq!(posted.status, 201, "it is published: {}", posted.text);
}

/// Stories on both engines.
macro_rules! stories {
    ($($name:ident: $story:ident;)*) => {
        $(#[tokio::test]
        async fn $name() {
            for engine in crate::support::house::ENGINES {
                $story(engine).await;
            }
        })*
    };
}
use stories;
