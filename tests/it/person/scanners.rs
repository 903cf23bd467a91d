//! Machines open every link of every mail before its reader does: nothing at all changes, and the reader's turn works.

use std::collections::BTreeSet;

use attesta::config::Config;
use attesta::db::Engine;
use attesta::kernel::delay::Delay;
use attesta::kernel::id::InvitationId;
use attesta::kernel::time::{DAY, SECOND};
use attesta::keyring::Link;
use attesta::sign::token::Purpose;
use serde_json::json;

use super::{ADA, hash, mine, stories};
use crate::support::app::{TestApp, TestShop, link_in};
use crate::support::dump::{dump, holding_bytes};

const BOB: &str = "bob.rossi@posta.example";
const EVA: &str = "eva.verdi@posta.example";

/// The links of other mails: the reminder, the news of a reply, the shop's weekly numbers.
struct Others {
    reminded: String,
    answer: String,
    weekly: String,
}

impl Others {
    /// Bob wrote and was answered, Eva was reminded, the shop got its numbers.
    async fn of(app: &TestApp, shop: &TestShop) -> Self {
        app.invited(shop, "2", EVA).await;
        app.advance(10 * DAY);
        app.run_jobs().await;
        let bob = app.invited(shop, "3", BOB).await;
        assert_eq!(app.post_form(&bob, &[("stars", "2"), ("text", "Arrivato tardi.")]).await.status, 201);
        let list = app.get_as(shop, "/reviews").await.expect(200, "the shop's reviews");
        let reply = format!("/reviews/{}/reply", list["data"][0]["id"].as_str().expect("an id"));
        app.send_as(shop, "PUT", &reply, &json!({ "text": "Ci scusiamo." })).await.expect(201, "replied");
        app.run_jobs().await;
        let page = app.follow(&link_in(&app.mail_to(BOB).text, "/r/")).await.text;
        let action =
            page.split("action=\"").find_map(|rest| rest.split('"').next().filter(|url| url.contains("/answer")));
        let action = action.expect("an answer can be posted").replace("&amp;", "&").replace("&#x3D;", "=");
        let answer = if action.starts_with('/') { app.url(&action) } else { action };
        let (invitation, purpose) = (InvitationId::from_bytes(*shop.id.as_bytes()), Purpose::WeeklyMail);
        let link = Link { invitation, purpose, expires: app.now().plus_ms(DAY) };
        let (token, _) = app.ctx().keyring().mint(&link, None).expect("a key");
        let hers = app.mails().into_iter().filter(|mail| mail.entry.to.contains(EVA)).count();
        assert_eq!(hers, 2, "the second is the reminder");
        let reminded = app.review_link(EVA);
        Self { reminded, answer, weekly: app.url(&format!("/weekly/{token}")) }
    }

    fn all(&self) -> Vec<String> {
        [links(&self.reminded, &self.weekly), vec![self.answer.clone()]].concat()
    }

    /// Who holds one of these links finds everything as it was.
    async fn work(&self, app: &TestApp) {
        assert_eq!(app.post_form(&self.reminded, &[("stars", "5")]).await.status, 201, "Eva writes");
        let words = [("text", "Va bene, grazie.")];
        assert_eq!(app.post_form(&self.answer, &words).await.status, 200, "Bob answers");
        assert_eq!(app.post_form(&self.weekly, &[]).await.status, 200, "the shop ends its numbers");
    }
}

/// Every link of a mail, and every page that they lead to.
fn links(form: &str, stop: &str) -> Vec<String> {
    let me = mine(form);
    let mut links = vec![form.to_owned(), stop.to_owned(), me.clone()];
    links.extend((1..=5).map(|stars| format!("{form}/{stars}")));
    links.extend(["undo", "later"].map(|verb| format!("{stop}/{verb}")));
    links.extend(["data.json", "erase"].map(|verb| format!("{me}/{verb}")));
    links.extend(["erase", "edit", "fresh", "photos"].map(|verb| format!("{form}/{verb}")));
    links
}

/// Every link that the mails to these persons hold, wherever in it: as text, as HTML, for mail programs.
fn mailed(app: &TestApp, persons: &[&str]) -> BTreeSet<String> {
    let mails = app.mails().into_iter().filter(|mail| persons.iter().any(|person| mail.entry.to.contains(person)));
    mails
        .flat_map(|mail| {
            let headers = mail.headers.into_iter().map(|(_, value)| value);
            let parts: Vec<String> = headers.chain([mail.text, mail.html]).collect();
            parts
        })
        .flat_map(|part| {
            let part = part.replace("&amp;", "&").replace("&#x3D;", "=");
            let words = part.split(|c: char| c.is_whitespace() || "<>()\"'".contains(c));
            words.filter(|word| word.starts_with("http")).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

/// The same page in another language.
fn in_german(url: &str) -> String {
    format!("{url}{}lang=de", if url.contains('?') { '&' } else { '?' })
}

/// From one of five addresses, as a proxy tells them.
async fn visit(app: &TestApp, url: &str, n: usize) {
    let agents = ["Mozilla/5.0 (compatible; LinkScanner)", "GoogleImageProxy", "curl/8.5", ""];
    for (turn, method) in ["HEAD", "GET", "GET", "OPTIONS"].into_iter().enumerate() {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let headers = [("purpose", "prefetch"), ("sec-purpose", "prefetch;prerender"), ("x-moz", "prefetch")];
        let mut request = app.http.request(method, url).header("user-agent", agents[turn]);
        request = request.header("x-forwarded-for", format!("203.0.113.{}", (n + turn) % 5 + 1));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.expect("the server answers");
        assert!(answer.status().as_u16() < 500, "{url}: {}", answer.status());
        assert!(answer.headers().get("set-cookie").is_none(), "{url} sets a cookie");
    }
}

async fn fleet(engine: Engine) {
    let behind_proxy = |config: &mut Config| config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    let Some(app) = TestApp::start_with(engine, behind_proxy).await else { return };
    let shop = app.shop_with("scanned.example", |shop| shop.policy.remind_after = Some(Delay::days(10))).await;
    let others = Others::of(&app, &shop).await;
    let form = app.invited(&shop, "1", ADA).await;
    let stop = app.unsubscribe_link(ADA);
    app.advance(SECOND);
    let before = dump(app.ctx()).await;
    let mailed = mailed(&app, &[ADA, BOB, EVA]);
    for link in [&form, &stop, &others.reminded] {
        assert!(mailed.iter().any(|url| url.starts_with(link)), "{link} was mailed: {mailed:#?}");
    }
    for url in &mailed {
        assert!(url.starts_with(&app.url("/")), "a mail leads nowhere else: {url}");
        assert_eq!(app.follow(url).await.status, 200, "a link of a mail opens: {url}");
    }
    let listed = [links(&form, &stop), others.all()].concat();
    for (n, url) in listed.into_iter().chain(mailed).enumerate() {
        visit(&app, &url, n).await;
        visit(&app, &in_german(&url), n + 1).await;
    }
    let after = dump(app.ctx()).await;
    assert_eq!(before, after, "not one row of the database moved on {engine:?}");
    others.work(&app).await;
    let later = app.post_form(&format!("{stop}/later"), &[]).await;
    assert_eq!(later.status, 200, "the human may be asked later");
    assert_eq!(app.post_form(&form, &[("stars", "3")]).await.status, 201, "and write");
    assert_eq!(app.post_form(&stop, &[("reach", "shop")]).await.status, 200, "and leave");
    let erased = app.post_form(&format!("{}/erase", mine(&form)), &[]).await;
    assert_eq!(erased.status, 200, "and be forgotten");
    let rows = dump(app.ctx()).await;
    let left = holding_bytes(&rows, &hash(&app, ADA));
    assert_eq!(left.len(), 2, "the mark of erasure and the wish: {left:#?}");
}

stories! {
    machines_that_open_every_link_change_nothing: fleet;
}
