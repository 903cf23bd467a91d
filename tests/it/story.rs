//! The main job, end to end, over real HTTP: a signed order event becomes a certified review on a public profile.

use attesta::db::Engine;
use attesta::kernel::time::DAY;
use attesta::keyring::Link;
use attesta::mail::transport::capture::Opened;
use attesta::sign::token::Purpose;

use crate::support::app::{TestApp, fulfilled};
use crate::support::house::ENGINES;

async fn story(engine: Engine) {
    let Some(app) = TestApp::start(engine).await else { return };
    let shop = app.shop("bottega.example").await;
    let answer = app.post_event(&shop, &fulfilled("#1001", "ada@example.com", app.now())).await;
    let answer = answer.expect(202, "the shop's signed event is taken");
    assert_eq!(answer["state"], "scheduled", "the customer will be asked: {answer}");
    app.run_jobs().await;
    assert_eq!(app.order(&shop, "#1001").await["state"], "sent", "the shop sees that the invitation left");
    let link = app.review_link("ada@example.com");
    let form = app.follow(&link).await;
    assert_eq!(form.status, 200, "the link opens the form: {}", form.text);
    let posted = app
        .post_form(&link, &[("stars", "4"), ("title", "Bella"), ("text", "La moka funziona."), ("name", "Ada B.")])
        .await;
    assert!(posted.status < 400, "the review is accepted: {} {}", posted.status, posted.text);
    let profile = app.get(&format!("/v1/shops/{}", shop.domain)).await.expect(200, "the profile is public");
    assert_eq!(profile["review_count"], 1, "the review counts at once: {profile}");
    let reviews = app.get(&format!("/v1/shops/{}/reviews", shop.domain)).await.expect(200, "reviews are public");
    assert_eq!(reviews["data"][0]["stars"], 4, "the review is public: {reviews}");
    assert_eq!(reviews["data"][0]["certified"], true, "and certified");
    let page = app.get(&format!("/shops/{}", shop.domain)).await;
    assert!(page.text.contains("La moka funziona."), "a visitor reads it on the profile page");
    let badge = app.get(&format!("/badges/{}.svg", shop.domain)).await;
    assert!(badge.status == 200 && badge.text.starts_with("<svg"), "the badge shows it: {}", badge.text);
    assert_eq!(app.order(&shop, "#1001").await["state"], "reviewed", "the shop sees that its customer answered");
}

#[tokio::test]
async fn a_signed_order_becomes_a_certified_review() {
    for engine in ENGINES {
        story(engine).await;
    }
}

/// A reader who is faster than the record of the mail: the server has it, the process has not written that down yet.
#[tokio::test]
async fn a_link_works_before_its_mail_is_recorded_as_sent() {
    for engine in ENGINES {
        let Some(app) = TestApp::start(engine).await else { continue };
        let shop = app.shop("bottega.example").await;
        app.post_event(&shop, &fulfilled("#1", "ada@example.com", app.now())).await.expect(202, "the order is taken");
        let asked = app.get_as(&shop, "/invitations").await.expect(200, "the shop sees its invitations");
        let invitation = asked["data"][0]["id"].as_str().expect("an id").parse().expect("an invitation's id");
        let link = Link { invitation, purpose: Purpose::Review, expires: app.now().plus_ms(DAY) };
        let (token, _) = app.ctx().keyring().mint(&link, None).expect("a token");
        let form = app.ctx().links().review_form(token);
        let posted = app.post_form(&form, &[("stars", "5")]).await;
        assert_eq!(posted.status, 201, "who holds the link may write at once: {}", posted.text);
        app.run_jobs().await;
        assert_eq!(
            app.order(&shop, "#1").await["state"],
            "reviewed",
            "and the record that comes late changes nothing, on {engine:?}"
        );
        let news = |mail: &Opened| mail.entry.subject.ends_with("è pubblica");
        assert!(app.mails().iter().all(news), "nobody is asked for what they have written");
    }
}
