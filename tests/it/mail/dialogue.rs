//! One mail to see what happens: the dialogue step by step, and for each way it can end one cause and one next action.

use std::sync::Arc;

use attesta::config::Config;
use attesta::mail::dialogue::{Class, Dialogue};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::bench::{bench, mail_to, public};
use crate::support::smtp_front;
use crate::support::smtp_sink::{ForNobody, Mood, SmtpSink};

async fn told(smtp_url: &str, to: &str) -> Dialogue {
    told_with(smtp_url, to, |_config| {}).await
}

async fn told_with(smtp_url: &str, to: &str, change: impl Fn(&mut Config)) -> Dialogue {
    let bench = bench(|config| {
        public(Some(smtp_url))(config);
        change(config);
    });
    bench.mailer.try_out(&bench.ctx, &mail_to(to)).await.unwrap()
}

fn steps(dialogue: &Dialogue) -> Vec<&'static str> {
    dialogue.steps.iter().map(|step| step.step).collect()
}

#[tokio::test]
async fn every_step_is_told_and_no_password() {
    let sink = SmtpSink::start().await;
    sink.set(Mood::Auth("235 2.7.0 welcome"));
    let url = sink.url().replace("smtp://", "smtp://anna%40a.example:geheim%2Fw@");
    let dialogue = told(&url, "ok-1@example.com").await;
    assert!(dialogue.sent && dialogue.cause.is_none(), "{dialogue:?}");
    let expected = ["compose", "resolve", "connect", "hello", "auth", "mail", "rcpt", "data", "accept"];
    assert_eq!(steps(&dialogue), expected);
    assert_eq!(dialogue.from, "\"L'Orto & Figli (via Attesta)\" <reviews@reviews.example>");
    let text = serde_json::to_string(&dialogue).unwrap();
    // user and password, bare and as AUTH PLAIN carries them
    for secret in ["geheim", "anna", "AGFubmFAYS5leGFtcGxlAGdlaGVpbS93", "ok-1@"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(text.contains("RCPT TO:<o•••@example.com>") && text.contains("AUTH PLAIN"), "{text}");
    assert_eq!(sink.ledger().len(), 1, "through the server, as every mail");
    assert!(sink.ledger()[0].to == ["ok-1@example.com"]);
}

#[tokio::test]
async fn what_goes_together_is_told_step_by_step() {
    let sink = SmtpSink::start().await;
    sink.set(Mood::PipelinesLate);
    let dialogue = told(&sink.url(), "ok-1@example.com").await;
    assert!(dialogue.sent, "{dialogue:?}");
    let expected = ["compose", "resolve", "connect", "hello", "mail", "rcpt", "data", "accept"];
    assert_eq!(steps(&dialogue), expected, "as where every command waits for its answer");
    assert!(dialogue.steps[3].heard.ends_with("offers PIPELINING"), "{:?}", dialogue.steps[3]);
    assert_eq!(sink.ahead(), 1, "the recipient went together with DATA");
}

#[tokio::test]
async fn each_refusal_has_its_cause() {
    let sink = SmtpSink::start().await;
    let table: [(Mood, &str, Class, &str); 19] = [
        (Mood::Greets("554 5.7.1 not you"), "ok-1@e.example", Class::TurnedAway, "hello"),
        (Mood::Greets("SSH-2.0-OpenSSH"), "ok-1@e.example", Class::NotMail, "hello"),
        (Mood::Deaf, "ok-1@e.example", Class::NotMail, "hello"),
        (Mood::Ehlo(&["250"]), "ok-1@e.example", Class::NotMail, "hello"),
        (Mood::Mail("550 5.1.8 who are you"), "ok-1@e.example", Class::SenderRefused, "mail"),
        (Mood::Mail("530 5.7.0 log in"), "ok-1@e.example", Class::LoginWanted, "mail"),
        (Mood::Mail("451 4.3.0 later"), "ok-1@e.example", Class::Later, "mail"),
        (Mood::Good, "hard-1@e.example", Class::NoSuchMailbox, "rcpt"),
        (Mood::Good, "full-1@e.example", Class::MailboxFull, "rcpt"),
        (Mood::Good, "policy-1@e.example", Class::RelayDenied, "rcpt"),
        (Mood::Good, "soft2-1@e.example", Class::Later, "rcpt"),
        (Mood::Good, "bye-1@e.example", Class::Later, "rcpt"),
        (Mood::Good, "hang-1@e.example", Class::CutOff, "rcpt"),
        (Mood::Pipelines(ForNobody::Refused), "hard-1@e.example", Class::NoSuchMailbox, "rcpt"),
        (Mood::PipelinesLate, "full-1@e.example", Class::MailboxFull, "rcpt"),
        (Mood::PipelinesLate, "hang-1@e.example", Class::CutOff, "rcpt"),
        (Mood::Good, "gone-1@e.example", Class::NoSuchMailbox, "accept"),
        (Mood::Good, "spam-1@e.example", Class::MessageRefused, "accept"),
        (Mood::Good, "drop-1@e.example", Class::NoOutcome, "accept"),
    ];
    for (mood, to, class, last) in table {
        let shown = format!("{mood:?} {to}");
        sink.set(mood);
        // Only of a server that falls silent is the time waited out.
        let timeout = std::time::Duration::from_secs(if to.starts_with("hang-") { 1 } else { 20 });
        let dialogue = told_with(&sink.url(), to, |config| config.mail.timeout = timeout).await;
        assert!(!dialogue.sent, "{shown}");
        assert_eq!((dialogue.cause, dialogue.next), (Some(class.cause()), Some(class.next())), "{shown}: {dialogue:?}");
        assert_eq!(steps(&dialogue).last(), Some(&last), "{shown}: {dialogue:?}");
    }
}

#[tokio::test]
async fn logins_and_lines_have_their_causes() {
    let sink = SmtpSink::start().await;
    let login = sink.url().replace("smtp://", "smtp://u:geheim@");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let table = [
        (Mood::Auth("535 5.7.8 wrong password geheim"), login.clone(), Class::WrongLogin, "auth"),
        (Mood::Auth("454 4.7.0 not now"), login.clone(), Class::LoginLater, "auth"),
        (Mood::Good, login, Class::NoLogin, "auth"),
        (Mood::Good, format!("{}?tls=required", sink.url()), Class::NoStartTls, "starttls"),
        (Mood::Good, sink.url().replace("smtp://", "smtps://"), Class::TlsFailed, "tls"),
        (Mood::Good, format!("smtp://{free}"), Class::Refused, "connect"),
        (Mood::Good, "smtp://nowhere.invalid:2525?tls=none".to_owned(), Class::NoSuchHost, "resolve"),
    ];
    for (mood, url, class, last) in table {
        sink.set(mood);
        let dialogue =
            told_with(&url, "ok-1@e.example", |config| config.mail.timeout = std::time::Duration::from_secs(5)).await;
        assert_eq!((dialogue.cause, dialogue.next), (Some(class.cause()), Some(class.next())), "{url}: {dialogue:?}");
        assert_eq!(steps(&dialogue).last(), Some(&last), "{url}: {dialogue:?}");
        let (failed, before) = dialogue.steps.split_last().unwrap();
        assert!(
            !failed.heard.is_empty() && before.iter().all(|step| step.heard != failed.heard),
            "told once: {dialogue:?}"
        );
    }
}

#[tokio::test]
async fn a_step_that_fails_is_told_with_what_was_tried() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let last = async |url: String| told(&url, "ok-1@e.example").await.steps.pop().unwrap();
    let lookup = last("smtp://nowhere.invalid:2525?tls=none".to_owned()).await;
    assert_eq!((lookup.step, lookup.said.as_str()), ("resolve", "nowhere.invalid"));
    let connect = last(format!("smtp://{free}")).await;
    assert_eq!((connect.step, connect.said), ("connect", free.to_string()));
    let (address, _heard) = protected(true).await;
    let tls = last(format!("smtps://{address}")).await;
    assert_eq!((tls.step, tls.said.as_str()), ("tls", "handshake with 127.0.0.1"));
    assert!(tls.heard.contains("certificate"), "{tls:?}");
}

#[tokio::test]
async fn mail_that_does_not_leave_says_why() {
    let folder = tempfile::tempdir().unwrap();
    for (url, class) in
        [("capture:".to_owned(), Class::Captured), (format!("file://{}", folder.path().display()), Class::Filed)]
    {
        let dialogue = told(&url, "ok-1@example.com").await;
        assert_eq!((dialogue.sent, dialogue.cause), (false, Some(class.cause())), "{url}");
    }
    for (public_url, class) in [(true, Class::NoServer), (false, Class::NoPublicUrl)] {
        let bench = bench(|config| {
            config.listen = "0.0.0.0:8080".parse().unwrap();
            if public_url {
                public(None)(config);
            }
        });
        let dialogue = bench.mailer.try_out(&bench.ctx, &mail_to("ok-1@example.com")).await.unwrap();
        assert_eq!(dialogue.cause, Some(class.cause()));
    }
}

/// A mail server with a certificate that nobody knows: STARTTLS, or TLS from the start.
async fn protected(implicit: bool) -> (String, Arc<std::sync::Mutex<Vec<String>>>) {
    let acceptor = smtp_front::acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, log) = (acceptor.clone(), Arc::clone(&log));
            tokio::spawn(async move {
                let stream = if implicit { stream } else { until_starttls(stream, &log).await? };
                let mut stream = BufReader::new(acceptor.accept(stream).await?);
                if implicit {
                    stream.write_all(b"220 sink\r\n").await?;
                }
                talk(&mut stream, &log, "250 AUTH PLAIN\r\n").await
            });
        }
    });
    (address.to_string(), heard)
}

/// Talks in the clear until TLS is asked for. What it says right after its answer was slipped in, and must be lost.
async fn until_starttls(stream: TcpStream, log: &std::sync::Mutex<Vec<String>>) -> std::io::Result<TcpStream> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await?;
    talk(&mut stream, log, "250 STARTTLS\r\n").await?;
    stream.get_mut().write_all(b"220 go on\r\n").await?;
    Ok(stream.into_inner())
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    log: &std::sync::Mutex<Vec<String>>,
    offer: &str,
) -> std::io::Result<()> {
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        let command = line.trim_end().to_owned();
        log.lock().unwrap().push(command.clone());
        line.clear();
        let answer = match command.split(' ').next().unwrap_or_default() {
            "STARTTLS" => return Ok(()),
            "EHLO" => format!("250-sink\r\n{offer}"),
            "AUTH" => "235 2.7.0 welcome\r\n".to_owned(),
            "DATA" => "354 go on\r\n".to_owned(),
            "QUIT" => return stream.write_all(b"221 bye\r\n").await,
            _ => "250 2.0.0 ok\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await?;
        stream.flush().await?;
        if command == "DATA" {
            while stream.read_line(&mut line).await? > 0 && line != ".\r\n" {
                line.clear();
            }
            line.clear();
            stream.write_all(b"250 2.0.0 queued\r\n").await?;
            stream.flush().await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn protection_is_told_with_version_and_issuer() {
    let (address, heard) = protected(false).await;
    let dialogue = told(&format!("smtp://u:p@{address}?tls=opportunistic"), "ok-1@e.example").await;
    assert!(dialogue.sent, "{dialogue:?}");
    let expected = [
        "compose", "resolve", "connect", "hello", "starttls", "tls", "hello", "auth", "mail", "rcpt", "data", "accept",
    ];
    assert_eq!(steps(&dialogue), expected);
    let tls = &dialogue.steps[5];
    assert_eq!(tls.heard, "TLSv1.3, certificate issued by Attesta tests, Test CA (not checked)");
    let heard = heard.lock().unwrap().clone();
    let at = |verb: &str| heard.iter().position(|line| line.starts_with(verb)).unwrap();
    assert!(at("STARTTLS") < at("AUTH") && at("AUTH") < at("MAIL"), "{heard:?}");
    assert_eq!(heard.iter().filter(|line| line.starts_with("EHLO")).count(), 2, "{heard:?}");
}

#[tokio::test]
async fn a_certificate_of_nobody_is_refused_where_protection_is_required() {
    for (implicit, url, stage) in [(false, "smtp://{}?tls=required", "tls"), (true, "smtps://{}", "tls")] {
        let (address, heard) = protected(implicit).await;
        let dialogue = told(&url.replace("{}", &address), "ok-1@e.example").await;
        assert_eq!(dialogue.cause, Some(Class::CertificateIssuer.cause()), "{dialogue:?}");
        assert_eq!(steps(&dialogue).last(), Some(&stage), "{dialogue:?}");
        assert!(heard.lock().unwrap().iter().all(|line| !line.starts_with("MAIL")), "nothing is said to a stranger");
    }
}
