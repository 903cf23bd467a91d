//! Answers that need the world to have turned: the shop is closed, the mail has left, the review is gone.

use attesta::cli;
use attesta::config::Environment;
use attesta::kernel::id::ReviewKind;
use attesta::mail::brake;
use attesta::merchants::ShopStatus;
use serde_json::json;

use super::audit::Audit;
use super::call::Call;
use super::file::{Operation, operations};
use super::scene::{Scene, review};

/// All of them.
pub(super) async fn round(audit: &mut Audit<'_>) {
    stopped(audit).await;
    repeated_id(audit).await;
    mail_stopped(audit).await;
    sent(audit).await;
    used_up(audit).await;
    changed_meanwhile(audit).await;
    gone(audit).await;
    ungranted(audit).await;
    figures(audit).await;
    reported(audit).await;
}

fn named(id: &str) -> &'static Operation {
    operations().iter().find(|operation| operation.id == id).unwrap_or_else(|| panic!("openapi.yaml lacks {id}"))
}

/// With what Mailgun signs its reports here.
pub(super) const MAILGUN_KEY: &str = "key-of-a-test";

/// What a provider reports is taken with its signature, refused without, and unknown where the provider is not set.
async fn reported(audit: &mut Audit<'_>) {
    let scene = audit.scene().await;
    let call = |body: &str| Call::new(named("report_return"), &scene).body("application/json", body.as_bytes());
    let report = |key: &str, at: i64| {
        let mac = attesta::sign::derive::mac(key.as_bytes(), &[at.to_string().as_bytes(), b"a token"]);
        let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        json!({ "signature": { "timestamp": at.to_string(), "token": "a token", "signature": hex },
                "event-data": { "event": "opened" } })
        .to_string()
    };
    let now = audit.app.now().seconds();
    let taken = audit.expect(&call(&report(MAILGUN_KEY, now)), &[200], "a signed report").await;
    assert_eq!(taken.json()["ignored"], 1);
    audit.expect(&call(&report("another", now)), &[401], "a forged report").await;
    audit.expect(&call(&report(MAILGUN_KEY, now - 4 * 86_400)), &[401], "a report that is too old").await;
    audit.expect(&call("{"), &[400], "no JSON").await;
    audit.expect(&call("{}").segment("provider", "ses"), &[404], "a provider that is not set").await;
}

/// A shop that is closed or suspended reads and does not write; its form takes nothing once it is closed.
async fn stopped(audit: &mut Audit<'_>) {
    for status in [ShopStatus::Suspended, ShopStatus::Closed] {
        let scene = audit.scene().await;
        scene.stop(audit.app, status).await;
        for operation in operations() {
            let call = Call::new(operation, &scene).usual();
            let refuses = operation.responses().contains_key("403")
                && (operation.id != "submit_review" || status == ShopStatus::Closed);
            let answer = if refuses {
                audit.expect(&call, &[403], "the shop is stopped").await
            } else {
                audit.take(&call, "the shop is stopped").await
            };
            if answer.status == 403 && !refuses {
                audit.fault(&call, &answer, "reading goes on when a shop is stopped");
            }
        }
    }
}

/// One webhook-id stands for one body.
async fn repeated_id(audit: &mut Audit<'_>) {
    let operation = named("push_event");
    let scene = audit.scene_of(operation).await;
    let examples = operation.bodies()[0].1.examples();
    let call = |n: usize| {
        Call::new(operation, &scene).header("webhook-id", "msg_once").example("application/json", examples[n].1)
    };
    audit.expect(&call(0), &[202], "the first with this id").await;
    let again = audit.expect(&call(0), &[202], "the same again").await;
    if again.json()["duplicate"] != true {
        audit.fault(&call(0), &again, "a repeat is told as one");
    }
    audit.expect(&call(1), &[409], "another body with the same id").await;
}

/// What the operator stopped, the shop does not resume.
async fn mail_stopped(audit: &mut Audit<'_>) {
    let scene = audit.scene().await;
    let (shop, now) = (scene.shop.id, audit.app.now());
    audit.app.ctx().db().write(move |tx| brake::stop(tx, shop, now)).await.expect("the brake is on");
    audit.expect(&Call::new(named("resume_mail"), &scene), &[409], "only the operator resumes").await;
    audit.expect(&Call::new(named("send_test_mail"), &scene).usual(), &[409], "nor sends a test").await;
    audit.expect(&Call::new(named("read_mail_queue"), &scene), &[200], "the queue says so").await;
}

/// Nothing can be changed about a mail that has left, nor about one that was cancelled.
async fn sent(audit: &mut Audit<'_>) {
    let scene = audit.scene().await;
    audit.app.run_jobs().await;
    for id in ["cancel_invitation", "postpone_invitation", "send_invitation"] {
        audit.expect(&Call::new(named(id), &scene).usual(), &[409], "the mail has left").await;
    }
    let scene = audit.scene().await;
    audit.expect(&Call::new(named("cancel_invitation"), &scene), &[200], "cancelled in time").await;
    for id in ["postpone_invitation", "send_invitation"] {
        audit.expect(&Call::new(named(id), &scene).usual(), &[409], "it was cancelled").await;
    }
}

/// Thirty days of postponing, and no more.
async fn used_up(audit: &mut Audit<'_>) {
    let scene = audit.scene().await;
    let by = |delay: &str| {
        Call::new(named("postpone_invitation"), &scene)
            .body("application/json", format!("{{\"by\":\"{delay}\"}}").as_bytes())
    };
    audit.expect(&by("4w"), &[200], "within the limit").await;
    let over = audit.expect(&by("1w"), &[422], "past the limit").await;
    if over.json()["code"] != "postpone_limit" {
        audit.fault(&by("1w"), &over, "the code is postpone_limit");
    }
    let early = Call::new(named("postpone_invitation"), &scene)
        .body("application/json", b"{\"until\":\"2020-01-01T00:00:00Z\"}");
    audit.expect(&early, &[422], "to a time before").await;
}

/// The author answers a reply that is no longer the one they read, or edits what the operator has restricted.
async fn changed_meanwhile(audit: &mut Audit<'_>) {
    let scene = audit.scene().await;
    let stale = Call::new(named("answer_reply"), &scene).usual().query("reply", "99");
    audit.expect(&stale, &[409], "another version of the reply stands").await;
    let id = scene.value("read_review", "id").expect("a review").to_owned();
    restrict(audit, &id).await;
    for change in ["edit_review", "show_photos", "add_photos", "describe_photo"] {
        audit.expect(&Call::new(named(change), &scene).usual(), &[409], "the review is restricted").await;
    }
    everywhere(audit, &scene, &id, "operator").await;
}

/// The author erases; everybody is told so.
async fn gone(audit: &mut Audit<'_>) {
    let scene = audit.scene().await;
    let id = scene.value("read_review", "id").expect("a review").to_owned();
    audit.expect(&Call::new(named("erase_review"), &scene), &[200], "the author erases").await;
    everywhere(audit, &scene, &id, "author").await;
}

/// What is left of a review, wherever it was read.
async fn everywhere(audit: &mut Audit<'_>, scene: &Scene, id: &str, by: &str) {
    let read = Call::new(named("read_review"), scene);
    let answer = audit.expect(&read, &[410], "the review is gone").await;
    if answer.json()["by"] != by || review(audit.app, id).await["id"] != id {
        audit.fault(&read, &answer, "it is said by whom");
    }
    for page in [
        "show_review",
        "show_review_frame",
        "read_review_card",
        "read_certificate",
        "read_photo",
        "read_small_photo",
        "compat_read_review",
    ] {
        let answer = audit.expect(&Call::new(named(page), scene), &[410], "the review is gone").await;
        // Asked for again each time, by whichever of the two names.
        if !["no-cache", "public, max-age=0, must-revalidate"].contains(&answer.header("cache-control")) {
            audit.fault(&read, &answer, "who has an answer asks again");
        }
    }
    let verify = Call::new(named("show_verify"), scene);
    audit.expect(&verify.clone().query("review", id), &[410], "it has no certificate any more").await;
    let never = audit.app.ctx().ids().next::<ReviewKind>().to_string();
    audit.expect(&verify.query("review", &never), &[404], "there never was one").await;
    let reply = Call::new(named("put_reply"), scene).usual().segment("id", id);
    audit.expect(&reply, &[410], "the review is gone").await;
    for (list, query) in [
        ("list_reviews", ""),
        ("read_inbox", "false"),
        ("list_product_reviews", ""),
        ("show_profile", ""),
        ("show_product", ""),
        ("read_shop", ""),
        ("read_atom_feed", ""),
        ("read_json_feed", ""),
        ("export_lines", ""),
        ("export_table", ""),
    ] {
        let call = Call::new(named(list), scene);
        let call = if query.is_empty() { call } else { call.query("unanswered", query) };
        audit.expect(&call, &[200], "a tombstone stands in the list").await;
    }
    for page in ["review_form", "review_form_stars", "confirm_erase_review", "drop_review_version", "answer_reply"] {
        let token = scene.value("edit_review", "token").expect("the author's link").to_owned();
        audit.take(&Call::new(named(page), scene).usual().segment("token", &token), "the author comes back").await;
    }
}

/// The operator takes a review from view, at the machine.
async fn restrict(audit: &Audit<'_>, id: &str) {
    let config = audit.app.ctx().config();
    let words =
        ["attesta", "review", "restrict", id, "--reason", "court_order", "--statement", "Order 1/26.", "--data-dir"];
    let mut args: Vec<std::ffi::OsString> = words.iter().map(Into::into).collect();
    args.extend([config.data_dir.clone().into(), "--database-url".into(), config.database_url.to_string().into()]);
    let done = tokio::task::spawn_blocking(move || {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = cli::run(args, Environment::default(), &mut out, &mut err);
        (code, String::from_utf8_lossy(&err).into_owned())
    });
    let (code, said) = done.await.expect("the command ends");
    assert_eq!(code, 0, "the review is restricted: {said}");
    audit.app.advance(2_000);
}

/// A form of grant that nobody gives here.
async fn ungranted(audit: &mut Audit<'_>) {
    let operation = named("compat_grant_token");
    let scene = audit.scene_of(operation).await;
    let other = Call::new(operation, &scene).body("application/x-www-form-urlencoded", b"grant_type=implicit");
    audit.expect(&other, &[400], "an unknown form of grant").await;
}

/// Figures are for this machine, or for who has the token.
async fn figures(audit: &mut Audit<'_>) {
    let scene = audit.scene_of(named("push_event")).await;
    let far = Call::new(named("read_metrics"), &scene).header("x-forwarded-for", "192.0.2.1");
    audit.expect(&far, &[401], "from elsewhere").await;
}
