//! The dialogue with a mail server, below letters and queues.

use std::sync::Arc;
use std::time::Duration;

use attesta::kernel::time::{Clock, MINUTE, SteppedClock, Timestamp};
use attesta::mail::compose::{Composed, message_id};
use attesta::mail::outcome::Stage;
use attesta::mail::transport::smtp::{Manners, Smtp};
use attesta::mail::transport::url::{MailUrl, Server};

use super::bench::{KIND, composer, mail_to, subject};
use crate::support::smtp_sink::{ForNobody, Mood, SmtpSink};

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

/// The commands of all mails, each with its recipient only.
fn outline(sink: &SmtpSink) -> Vec<String> {
    let short =
        |command: &String| command.split(['<', '@']).nth(1).filter(|_| command.starts_with("RCPT")).map(str::to_owned);
    sink.commands().iter().skip(1).map(|command| short(command).unwrap_or_else(|| command[..4].to_owned())).collect()
}

#[tokio::test]
async fn a_server_that_takes_several_commands_at_once_gets_them_at_once() {
    for mood in [Mood::Pipelines(ForNobody::Refused), Mood::PipelinesLate] {
        let sink = SmtpSink::start().await;
        sink.set(mood.clone());
        let (smtp, _clock) = smtp(&sink.url());
        let mut mails = [composed(1, "ok-1@a.example"), composed(2, "ok-2@a.example")];
        mails[1].bytes = b".at once\r\n\r\n.\r\n..\r\n.again\r\n".to_vec();
        for mail in &mails {
            smtp.send(mail).await.unwrap();
        }
        assert_eq!(outline(&sink), ["MAIL", "ok-1", "DATA", "MAIL", "ok-2", "DATA"], "{mood:?}");
        assert_eq!(sink.ahead(), 2, "the recipient of each mail came together with DATA: {mood:?}");
        let received: Vec<Vec<u8>> = sink.ledger().into_iter().map(|mail| mail.data).collect();
        assert_eq!(received, mails.map(|mail| mail.bytes), "byte for byte, also lines that begin with a dot");
    }
    let plain = SmtpSink::start().await;
    let (smtp, _clock) = smtp(&plain.url());
    smtp.send(&composed(1, "ok-1@a.example")).await.unwrap();
    assert_eq!(plain.ahead(), 0, "who does not offer it gets one command at a time");
}

#[tokio::test]
async fn after_a_refusal_a_line_with_several_commands_carries_the_next_mail() {
    let waved: &[Vec<u8>] = &[Vec::new(), Vec::new()];
    let moods = [
        (Mood::Pipelines(ForNobody::Refused), &[] as &[Vec<u8>]),
        (Mood::Pipelines(ForNobody::Waved), waved),
        (Mood::PipelinesLate, &[]),
    ];
    for (mood, empty) in moods {
        let sink = SmtpSink::start().await;
        sink.set(mood.clone());
        let (smtp, _clock) = smtp(&sink.url());
        let refused = [(1, "hard-1", Stage::RcptTo), (2, "soft2-1", Stage::RcptTo), (3, "spam-1", Stage::Accept)];
        for (n, who, stage) in refused {
            let fault = smtp.send(&composed(n, &format!("{who}@a.example"))).await.unwrap_err();
            assert_eq!(fault.stage, stage, "{who}, {mood:?}: {fault}");
        }
        smtp.send(&composed(4, "ok-1@a.example")).await.unwrap();
        assert_eq!(sink.connections(), 1, "{mood:?}");
        assert_eq!(sink.ledger().len(), 1, "{mood:?}: only who was accepted has a mail");
        assert_eq!(sink.empty(), empty, "{mood:?}: who was refused had not a byte of the mail handed over");
    }
}

#[tokio::test]
async fn a_refusal_is_told_at_once_whatever_is_said_to_data() {
    let sink = SmtpSink::start().await;
    sink.set(Mood::Pipelines(ForNobody::Silent));
    let (smtp, _clock) = smtp(&sink.url());
    let fault = smtp.send(&composed(1, "hard-1@a.example")).await.unwrap_err();
    assert_eq!((fault.stage, fault.code()), (Stage::RcptTo, Some(550)), "{fault}");
    sink.free();
    smtp.send(&composed(2, "ok-1@a.example")).await.unwrap();
    assert_eq!(sink.connections(), 1, "the answer that was still to come was heard before the next mail");
}

#[tokio::test]
async fn a_recipient_that_is_kept_waiting_is_no_silent_server() {
    let sink = SmtpSink::start().await;
    sink.set(Mood::PipelinesLate);
    let clock = Arc::new(SteppedClock::new(Timestamp::from_millis(1_000_000)));
    let manners = Manners { hello: "a.example".to_owned(), connections: 1, timeout: Duration::from_millis(300) };
    let smtp = Smtp::new(server(&sink.url()), &manners, clock as Arc<dyn Clock>).unwrap();
    smtp.send(&composed(1, "ok-1@a.example")).await.unwrap();
    let fault = smtp.send(&composed(2, "hang-1@a.example")).await.unwrap_err();
    assert_eq!(fault.stage, Stage::RcptTo, "on a line that waited, and answered MAIL: {fault}");
    assert_eq!(sink.connections(), 1, "no other line was tried for it");
}

#[tokio::test]
async fn a_goodbye_ends_a_line_with_several_commands() {
    let sink = SmtpSink::start().await;
    sink.set(Mood::Pipelines(ForNobody::Refused));
    let (smtp, _clock) = smtp(&sink.url());
    smtp.send(&composed(1, "bye-1@a.example")).await.unwrap_err();
    smtp.send(&composed(2, "ok-1@a.example")).await.unwrap();
    assert_eq!((sink.connections(), sink.ledger().len()), (2, 1), "another line is opened");
}
