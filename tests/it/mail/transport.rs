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

/// The commands of all mails, each with its recipient only.
fn outline(sink: &SmtpSink) -> Vec<String> {
    let short =
        |command: &String| command.split(['<', '@']).nth(1).filter(|_| command.starts_with("RCPT")).map(str::to_owned);
    sink.commands().iter().skip(1).map(|command| short(command).unwrap_or_else(|| command[..4].to_owned())).collect()
}

#[tokio::test]
async fn a_server_that_takes_several_commands_at_once_gets_them_at_once() {
    let sink = SmtpSink::start().await;
    sink.set(Mood::Pipelines { waves: false });
    let (smtp, _clock) = smtp(&sink.url());
    let mut mails = [composed(1, "ok-1@a.example"), composed(2, "ok-2@a.example")];
    mails[1].bytes = b".at once\r\n\r\n.\r\n..\r\n.again\r\n".to_vec();
    for mail in &mails {
        smtp.send(mail).await.unwrap();
    }
    assert_eq!(outline(&sink), ["MAIL", "ok-1", "DATA", "MAIL", "ok-2", "DATA"]);
    assert_eq!(sink.ahead(), 4, "MAIL and RCPT of each mail came together with what follows them");
    let received: Vec<Vec<u8>> = sink.ledger().into_iter().map(|mail| mail.data).collect();
    assert_eq!(received, mails.map(|mail| mail.bytes), "byte for byte, also lines that begin with a dot");
    let plain = SmtpSink::start().await;
    let (smtp, _clock) = self::smtp(&plain.url());
    smtp.send(&composed(1, "ok-1@a.example")).await.unwrap();
    assert_eq!(plain.ahead(), 0, "who does not offer it gets one command at a time");
}

#[tokio::test]
async fn after_a_refusal_a_line_with_several_commands_carries_the_next_mail() {
    for waves in [false, true] {
        let sink = SmtpSink::start().await;
        sink.set(Mood::Pipelines { waves });
        let (smtp, _clock) = smtp(&sink.url());
        for (n, who, stage) in
            [(1, "hard-1", Stage::RcptTo), (2, "soft2-1", Stage::RcptTo), (3, "spam-1", Stage::Accept)]
        {
            let fault = smtp.send(&composed(n, &format!("{who}@a.example"))).await.unwrap_err();
            assert_eq!(fault.stage, stage, "{who}, waves {waves}: {fault}");
        }
        smtp.send(&composed(4, "ok-1@a.example")).await.unwrap();
        assert_eq!(sink.connections(), 1, "waves {waves}");
        assert_eq!(sink.ledger().len(), 1, "waves {waves}: only who was accepted has a mail");
        let nothing: &[Vec<u8>] = if waves { &[Vec::new(), Vec::new()] } else { &[] };
        assert_eq!(sink.empty(), nothing, "who was refused had not a byte of the mail handed over");
    }
}

#[tokio::test]
async fn a_sender_that_is_refused_is_told_as_such_also_at_once() {
    let sink = SmtpSink::start().await;
    sink.set(Mood::PipelinesMail("550 5.1.8 who are you"));
    let (smtp, _clock) = smtp(&sink.url());
    let fault = smtp.send(&composed(1, "ok-1@a.example")).await.unwrap_err();
    assert_eq!((fault.stage, fault.code()), (Stage::MailFrom, Some(550)), "{fault}");
    sink.set(Mood::Pipelines { waves: false });
    smtp.send(&composed(2, "ok-1@a.example")).await.unwrap();
    assert_eq!(sink.connections(), 1, "every answer was heard, so the line is good");
    smtp.send(&composed(3, "bye-1@a.example")).await.unwrap_err();
    smtp.send(&composed(4, "ok-1@a.example")).await.unwrap();
    assert_eq!(sink.connections(), 2, "after a goodbye another line is opened");
}
