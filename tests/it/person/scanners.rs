//! Machines open every link of a mail before its reader does: nothing at all changes, and the reader's turn
//! works.

use attesta::config::Config;
use attesta::db::Engine;
use attesta::kernel::delay::Delay;
use attesta::kernel::time::SECOND;

use super::{ADA, hash, mine, stories};
use crate::support::app::TestApp;
use crate::support::dump::{dump, holding_bytes};

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
    let form = app.invited(&shop, "1", ADA).await;
    let stop = app.unsubscribe_link(ADA);
    app.advance(SECOND);
    let before = dump(app.ctx()).await;
    for (n, url) in links(&form, &stop).into_iter().enumerate() {
        visit(&app, &url, n).await;
        visit(&app, &format!("{url}?lang=de"), n + 1).await;
    }
    let after = dump(app.ctx()).await;
    assert_eq!(before, after, "not one row of the database moved on {engine:?}");
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
