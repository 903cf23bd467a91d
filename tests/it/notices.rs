//! What an author hears of their own words: once for each, not after unsubscribing, and not of what was taken back.

use attesta::mail::transport::capture::Opened;
use serde_json::json;

use crate::support::app::{TestApp, TestShop};
use crate::support::house::ENGINES;

async fn on_each_engine<F: AsyncFn(TestApp, TestShop)>(story: F) {
    for engine in ENGINES {
        let Some(app) = TestApp::start(engine).await else { continue };
        let shop = app.shop("bottega.example").await;
        story(app, shop).await;
    }
}

/// The subjects of all mails to an address, newest first.
fn subjects(app: &TestApp, address: &str) -> Vec<String> {
    let to = |mail: &Opened| mail.headers.iter().any(|(name, value)| name == "To" && value.contains(address));
    app.mails().into_iter().filter(to).map(|mail| mail.entry.subject).collect()
}

async fn review(app: &TestApp, link: &str) {
    let posted =
        app.post_form(link, &[("stars", "4"), ("title", "Bella"), ("text", "Arrivata intera."), ("name", "Ada")]).await;
    assert_eq!(posted.status, 201, "{}", posted.text);
}

async fn first_review(app: &TestApp) -> String {
    let list = app.get("/v1/shops/bottega.example/reviews").await.expect(200, "reviews are public");
    list["data"][0]["id"].as_str().expect("a review").to_owned()
}

#[tokio::test]
async fn an_author_hears_once_that_the_review_is_public() {
    on_each_engine(async |app, shop| {
        let link = app.invited(&shop, "A1", "ada@example.com").await;
        review(&app, &link).await;
        app.run_jobs().await;
        let news = app.mail_to("ada@example.com");
        assert!(news.entry.subject.ends_with("è pubblica"), "{}", news.entry.subject);
        let manage = app.review_link("ada@example.com");
        assert_eq!(app.follow(&manage).await.status, 200, "the link in it manages the review");
        assert!(news.text.contains("«Bella»") && news.text.contains("4 su 5"), "{}", news.text);
        let again = app.post_form(&link, &[("stars", "1")]).await;
        assert_ne!(again.status, 201);
        let edited = app.post_form(&format!("{manage}/edit"), &[("stars", "2"), ("text", "Ora meno.")]).await;
        assert_eq!(edited.status, 200, "{}", edited.text);
        app.run_jobs().await;
        assert_eq!(subjects(&app, "ada@example.com").len(), 2, "the invitation, and one notice");
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_confirmed_once_for_each() {
    on_each_engine(async |app, shop| {
        let link = app.invited(&shop, "A1", "ada@example.com").await;
        review(&app, &link).await;
        app.run_jobs().await;
        let id = first_review(&app).await;
        app.send_as(&shop, "PUT", &format!("/reviews/{id}/reply"), &json!({ "text": "Grazie." }))
            .await
            .expect(201, "a reply");
        app.run_jobs().await;
        let page =
            app.post_form(&format!("{link}/answer?review={id}"), &[("text", "Grazie a voi.\n\nA presto.")]).await;
        assert!(page.status < 300, "{}", page.text);
        app.run_jobs().await;
        let news = app.mail_to("ada@example.com");
        assert!(news.entry.subject.starts_with("La tua replica a"), "{}", news.entry.subject);
        assert!(news.text.contains("> Grazie a voi.") && news.text.contains("> A presto."), "{}", news.text);
        assert_eq!(subjects(&app, "ada@example.com").len(), 4, "invitation, review, reply, answer");
    })
    .await;
}

#[tokio::test]
async fn who_unsubscribed_or_took_it_back_hears_nothing() {
    on_each_engine(async |app, shop| {
        let link = app.invited(&shop, "A1", "ada@example.com").await;
        let leave = app.unsubscribe_link("ada@example.com");
        let left = app.post_form(&leave, &[("List-Unsubscribe", "One-Click")]).await;
        assert!(left.status < 300, "{}", left.text);
        review(&app, &link).await;
        app.run_jobs().await;
        assert_eq!(subjects(&app, "ada@example.com").len(), 1, "the invitation only");

        let link = app.invited(&shop, "B1", "bea@example.com").await;
        review(&app, &link).await;
        let list = app.get("/v1/shops/bottega.example/reviews").await.expect(200, "reviews are public");
        let id = list["data"][0]["id"].as_str().expect("a review").to_owned();
        let erased = app.post_form(&format!("{link}/erase?review={id}"), &[("confirm", "yes")]).await;
        assert!(erased.status < 300, "{}", erased.text);
        app.run_jobs().await;
        assert_eq!(subjects(&app, "bea@example.com").len(), 1, "the invitation only");
    })
    .await;
}
