//! Which way mail goes: nothing needs a setting to try, and nothing leaves by surprise.

use attesta::config::Secret;
use attesta::links::Base;
use attesta::mail::{Fate, Release, release};

use super::bench::{Bench, KIND, bench, benches, mail_to, public, shop, with_frame};
use crate::support::smtp_sink::SmtpSink;

fn listening_to_the_world(config: &mut attesta::config::Config) {
    config.listen = "0.0.0.0:8080".parse().unwrap();
}

#[tokio::test]
async fn on_loopback_mail_is_captured_and_never_called_sent() {
    for bench in benches(|_config| {}) {
        assert_eq!(bench.send(1, "anna@example.com").await, Fate::Captured);
        let message = bench.message(1).await;
        assert_eq!(message.state, "captured");
        let list = bench.mailbox_subjects();
        assert_eq!(list, ["L'Orto & Figli: com'è andato il tuo ordine #1001/A?"]);
        let mail = bench.mailer.mailbox().read(message.id).unwrap().unwrap();
        assert_eq!(mail.entry.to, "Giulia <anna@example.com>", "as a mail program shows it");
        assert!(mail.text.contains("https://reviews.example/r/AQxTb2tlbg/5"), "{}", mail.text);
        assert!(mail.html.contains("L&#x27;Orto &amp; Figli"), "{}", mail.html);
        assert!(mail.headers.iter().any(|(name, _)| name == "List-Unsubscribe"), "{:?}", mail.headers);
        assert_eq!(mail.entry.date, Some(bench.ctx.now()));
    }
}

#[tokio::test]
async fn the_mailbox_keeps_the_newest() {
    let bench = bench(|_config| {});
    let folder = bench.ctx.config().data_dir.join("captured");
    std::fs::create_dir_all(&folder).unwrap();
    for n in 0..510_u32 {
        let id = bench.ctx.ids().next::<attesta::kernel::id::MessageKind>();
        std::fs::write(folder.join(format!("{id}.eml")), format!("Subject: {n}\r\n\r\nx\r\n")).unwrap();
    }
    std::fs::write(folder.join("notes.txt"), "not a mail").unwrap();
    assert_eq!(bench.send(1, "anna@example.com").await, Fate::Captured);
    let subjects = bench.mailbox_subjects();
    assert_eq!(subjects.len(), 500);
    assert!(subjects[0].starts_with("L'Orto"), "newest first: {}", subjects[0]);
    assert!(folder.join("notes.txt").exists(), "what is not ours stays");
}

#[tokio::test]
async fn a_test_order_mails_only_to_capture() {
    let sink = SmtpSink::start().await;
    let bench = bench(public(Some(&sink.url())));
    bench.post_mail(1, with_frame(mail_to("ok-1@example.com"), |frame| frame.test = true)).await;
    bench.run().await;
    assert_eq!(bench.fate(1), Fate::Captured);
    assert_eq!(bench.mailbox_subjects().len(), 1);
    assert_eq!(sink.connections(), 0);
}

#[tokio::test]
async fn what_is_held_for_a_setting_goes_once_it_is_made() {
    let sink = SmtpSink::start().await;
    let held = bench(listening_to_the_world);
    assert_eq!(held.send(1, "ok-1@example.com").await, Fate::Held("no_public_url", None));
    assert_eq!(held.send(2, "ok-2@example.com").await, Fate::Held("no_public_url", None));
    let told = held.letter.settled.lock().unwrap().len();
    held.mailer.release_held(&held.ctx, &[KIND]).await.unwrap();
    held.run().await;
    assert_eq!(held.due(1).await, None, "nothing has changed: it stays held");
    assert_eq!(held.letter.settled.lock().unwrap().len(), told);

    let dir = held.ctx.config().data_dir.clone();
    let restarted = bench(|config| {
        public(Some(&sink.url()))(config);
        *config = config.clone().in_dir(&dir);
    });
    restarted.letter.drafts.lock().unwrap().extend(held.letter.drafts.lock().unwrap().clone());
    restarted.mailer.release_held(&restarted.ctx, &[KIND]).await.unwrap();
    restarted.run().await;
    assert_eq!((restarted.fate(1), restarted.fate(2)), (Fate::Sent, Fate::Sent));
    assert_eq!(sink.ledger().len(), 2);
}

#[tokio::test]
async fn without_a_mail_server_a_public_instance_holds() {
    for bench in benches(public(None)) {
        assert_eq!(bench.send(1, "anna@example.com").await, Fate::Held("no_mail_server", None));
        assert_eq!(bench.message(1).await.state, "held");
    }
}

#[tokio::test]
async fn a_room_releases_what_it_held() {
    use attesta::mail::{Draft, Stop};
    let sink = SmtpSink::start().await;
    for bench in benches(public(Some(&sink.url()))) {
        let before = sink.ledger().len();
        for n in 1..=3 {
            bench.post(n, Draft::Hold(Stop { shop_id: shop(), edition: 0, reason: "paused" })).await;
        }
        bench.run().await;
        for n in 1..=3 {
            let mail = Draft::Send(Box::new(mail_to("ok-1@example.com")));
            bench.letter.drafts.lock().unwrap().insert(super::bench::subject(n), mail);
        }
        let now = bench.ctx.now();
        let elsewhere =
            Release { kind: KIND, reasons: &["paused"], shop: Some(attesta::kernel::id::ShopId::from_bytes([8; 16])) };
        let here = Release { shop: Some(shop()), ..elsewhere };
        assert_eq!(bench.ctx.db().write(move |tx| release(tx, elsewhere, now, 2)).await.unwrap(), 0);
        let mut counts = Vec::new();
        for _ in 0..3 {
            counts.push(bench.ctx.db().write(move |tx| release(tx, here, now, 2)).await.unwrap());
        }
        assert_eq!(counts, [2, 1, 0]);
        bench.run().await;
        assert_eq!(sink.ledger().len(), before + 3);
    }
}

#[tokio::test]
async fn a_folder_takes_mails_as_files_and_they_count_as_sent() {
    let folder = tempfile::tempdir().unwrap();
    let bench = bench(|config| {
        config.public_url = Some(Base::parse("https://reviews.example/a/b").unwrap());
        config.smtp_url = Some(Secret::new(format!("file://{}", folder.path().join("out").display())));
    });
    assert_eq!(bench.send(1, "anna@example.com").await, Fate::Sent);
    let names: Vec<_> = std::fs::read_dir(folder.path().join("out")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, [format!("{}.eml", bench.message(1).await.id).as_str()]);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_holds_the_mail() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let bench = bench(public(Some(&format!("file://{}", file.path().display()))));
    assert!(matches!(bench.send(1, "anna@example.com").await, Fate::Held("mail_server_down", Some(_))));
}

impl Bench {
    fn mailbox_subjects(&self) -> Vec<String> {
        self.mailer.mailbox().list().unwrap().into_iter().map(|entry| entry.subject).collect()
    }
}
