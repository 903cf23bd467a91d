//! The dialogue with a mail server, below letters and queues.

use std::sync::Arc;
use std::time::Duration;

use attesta::kernel::time::{Clock, MINUTE, SteppedClock, Timestamp};
use attesta::mail::compose::{Composed, message_id};
use attesta::mail::outcome::Stage;
use attesta::mail::transport::smtp::{Manners, Smtp};
use attesta::mail::transport::url::{MailUrl, Server};

use super::bench::{KIND, composer, mail_to, subject};
use crate::support::smtp_sink::{Mood, SmtpSink};

fn server(url: &str) -> Server {
    match MailUrl::parse(url) {
        Ok(MailUrl::Smtp(server)) => server,
        other => panic!("{url}: {other:?}"),
    }
}

fn smtp(url: &str) -> (Smtp, Arc<SteppedClock>) {
    let clock = Arc::new(SteppedClock::new(Timestamp::from_millis(1_000_000)));
    let manners = Manners { hello: "reviews.example".to_owned(), connections: 2, timeout: Duration::from_secs(5) };
    (Smtp::new(server(url), &manners, clock.clone() as Arc<dyn Clock>).unwrap(), clock)
}

fn composed(n: u8, address: &str) -> Composed {
    let date = Timestamp::from_millis(1_700_000_000_000);
    composer().composer().compose(&mail_to(address), message_id(KIND, subject(n), 0), date).unwrap()
}

#[tokio::test]
async fn connections_are_reused_while_they_are_fresh() {
    let sink = SmtpSink::start().await;
    let (smtp, clock) = smtp(&sink.url());
    for n in 0..3 {
        smtp.send(&composed(n, "ok-1@a.example")).await.unwrap();
    }
    assert_eq!(sink.connections(), 1);
    assert!(!sink.commands().contains(&"RSET".to_owned()), "after a mail that was taken the next one follows");
    assert_eq!(sink.commands()[0], "EHLO reviews.example");
    clock.advance(2 * MINUTE);
    smtp.send(&composed(4, "ok-1@a.example")).await.unwrap();
    assert_eq!(sink.connections(), 2, "one that waited too long is not trusted");
}

#[tokio::test]
async fn a_connection_survives_a_refused_recipient_but_not_a_cut() {
    let sink = SmtpSink::start().await;
    let (smtp, _clock) = smtp(&sink.url());
    smtp.send(&composed(1, "hard-1@a.example")).await.unwrap_err();
    smtp.send(&composed(2, "ok-1@a.example")).await.unwrap();
    assert_eq!(sink.connections(), 1);
    assert!(sink.commands().contains(&"RSET".to_owned()), "after a refusal the dialogue begins anew");
    let cut = smtp.send(&composed(3, "drop-1@a.example")).await.unwrap_err();
    assert_eq!(cut.stage, Stage::Accept);
    smtp.send(&composed(4, "bye-1@a.example")).await.unwrap_err();
    smtp.send(&composed(5, "ok-1@a.example")).await.unwrap();
    assert_eq!(sink.connections(), 3, "cut off and said goodbye to");
    assert_eq!(sink.ledger().len(), 3);
}

#[tokio::test]
async fn at_most_so_many_dialogues_at_once() {
    let sink = SmtpSink::start().await;
    let (smtp, _clock) = smtp(&sink.url());
    let mails: Vec<Composed> = (0..12).map(|n| composed(n, "ok-1@a.example")).collect();
    let sent = futures_util::future::join_all(mails.iter().map(|mail| smtp.send(mail))).await;
    assert!(sent.iter().all(Result::is_ok));
    assert!(sink.connections() <= 2, "{}", sink.connections());
    assert_eq!(sink.ledger().len(), 12);
}

#[tokio::test]
async fn nothing_is_said_without_tls_where_it_is_required() {
    let sink = SmtpSink::start().await;
    let (smtp, _clock) = smtp(&format!("{}?tls=required", sink.url().replace("smtp://", "smtp://u:p@")));
    let fault = smtp.send(&composed(1, "ok-1@a.example")).await.unwrap_err();
    assert_eq!(fault.stage, Stage::StartTls);
    assert!(fault.text().contains("STARTTLS"), "{fault}");
    assert!(sink.commands().iter().all(|command| !command.starts_with("AUTH") && !command.starts_with("MAIL")));
}

#[tokio::test]
async fn a_broken_handshake_is_named_and_nothing_follows_in_the_clear() {
    let sink = SmtpSink::start().await;
    sink.set(Mood::Ehlo(&["250-sink", "250 STARTTLS"]));
    let (required, _clock) = smtp(&format!("{}?tls=required", sink.url()));
    let fault = required.send(&composed(1, "ok-1@a.example")).await.unwrap_err();
    assert_eq!(fault.stage, Stage::StartTls, "{fault}");
    let (implicit, _clock) = smtp(&sink.url().replace("smtp://", "smtps://"));
    let fault = implicit.send(&composed(2, "ok-1@a.example")).await.unwrap_err();
    assert_eq!(fault.stage, Stage::Connect, "{fault}");
    assert!(sink.commands().iter().all(|command| !command.starts_with("MAIL")), "{:?}", sink.commands());
}

#[tokio::test]
async fn nobody_listening_is_a_fault_of_the_connection() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (smtp, _clock) = smtp(&format!("smtp://{free}"));
    let fault = smtp.send(&composed(1, "ok-1@a.example")).await.unwrap_err();
    assert_eq!(fault.stage, Stage::Connect, "{fault}");
}

#[tokio::test]
async fn login_goes_before_mail() {
    let sink = SmtpSink::start().await;
    sink.set(Mood::Auth("235 2.7.0 welcome"));
    let (smtp, _clock) = smtp(&sink.url().replace("smtp://", "smtp://anna%40a.example:p%2Fw@"));
    smtp.send(&composed(1, "ok-1@a.example")).await.unwrap();
    let commands = sink.commands();
    assert!(commands[1].starts_with("AUTH PLAIN "), "{commands:?}");
    assert!(commands[2].starts_with("MAIL FROM:<reviews@reviews.example>"), "{commands:?}");
}
