//! An instance whose mails come back: a mail server that takes them, the listener, and reports as other systems write them.

use std::time::Duration;

use attesta::config::{Config, Protocol, Secret};
use attesta::db::Engine;
use attesta::kernel::email::EmailAddress;
use attesta::kernel::id::MessageId;
use attesta::returns::Listener;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::app::{TestApp, TestShop, fulfilled, link_in};
use crate::support::smtp_sink::{Received, SmtpSink};

pub(crate) const ADA: &str = "ada@example.com";

/// An instance, its mail server, a shop and the listener.
pub(crate) struct Bench {
    pub(crate) app: TestApp,
    pub(crate) sink: SmtpSink,
    pub(crate) shop: TestShop,
    listener: Option<Listener>,
}

impl Bench {
    /// With an open shop; `None` where the engine is not installed.
    pub(crate) async fn start(engine: Engine) -> Option<Self> {
        Self::start_with(engine, |_| {}).await
    }

    pub(crate) async fn start_with(engine: Engine, change: impl FnOnce(&mut Config)) -> Option<Self> {
        let sink = SmtpSink::start().await;
        let url = Secret::new(sink.url());
        let settings = |config: &mut Config| {
            returnable(config);
            config.smtp_url = Some(url);
            change(config);
        };
        let app = TestApp::start_with(engine, settings).await?;
        let shop = app.shop("bottega.example").await;
        let listener = app.rooms.listen_for_returns().await.expect("the listener stands");
        Some(Self { app, sink, shop, listener })
    }

    /// An order whose invitation the mail server takes: what it was given.
    pub(crate) async fn sent(&self, shop: &TestShop, number: &str, email: &str) -> Received {
        let before = self.sink.ledger().len();
        self.app.post_event(shop, &fulfilled(number, email, self.app.now())).await.expect(202, "the order is taken");
        self.app.run_jobs().await;
        let ledger = self.sink.ledger();
        assert_eq!(ledger.len(), before + 1, "the invitation of {number} was sent");
        ledger[before].clone()
    }

    /// State and reason of an order.
    pub(crate) async fn order(&self, shop: &TestShop, number: &str) -> (String, String) {
        let order = self.app.order(shop, number).await;
        let word = |name: &str| order[name].as_str().unwrap_or_default().to_owned();
        (word("state"), word("reason"))
    }

    /// The mails of the shop, newest first.
    pub(crate) async fn messages(&self, shop: &TestShop) -> Vec<Value> {
        let list = self.app.get_as(shop, "/messages").await.expect(200, "mails are listed");
        list["data"].as_array().expect("a list").clone()
    }

    /// Where the listener stands.
    pub(crate) fn address(&self) -> std::net::SocketAddr {
        self.listener.as_ref().expect("a listener").address()
    }

    /// A dialogue with the listener, after its greeting.
    pub(crate) async fn dial(&self) -> Dialogue<TcpStream> {
        let stream = TcpStream::connect(self.address()).await.expect("the listener answers");
        let mut dialogue = Dialogue { stream, read: Vec::new() };
        assert_eq!(dialogue.answer().await.0, 220);
        dialogue
    }

    /// A mail handed to the listener: the answer to its recipient, or to the mail itself.
    pub(crate) async fn hand_in(&self, to: &str, mail: &str) -> (u16, String) {
        let mut dialogue = self.dial().await;
        assert_eq!(dialogue.ask("EHLO mx.example").await.0, 250);
        assert_eq!(dialogue.ask("MAIL FROM:<>").await.0, 250);
        let taken = dialogue.ask(&format!("RCPT TO:<{to}>")).await;
        if taken.0 != 250 {
            return taken;
        }
        dialogue.mail(mail).await
    }
}

/// Settings under which mails come back.
pub(crate) fn returnable(config: &mut Config) {
    config.returns.mailbox = Some(EmailAddress::parse("returns@bounces.example").expect("an address"));
    config.returns.listen = Some("127.0.0.1:0".parse().expect("an address"));
    config.returns.timeout = Duration::from_secs(20);
}

/// LMTP instead of SMTP.
pub(crate) fn lmtp(config: &mut Config) {
    config.returns.protocol = Protocol::Lmtp;
}

/// The id of a message that a mail server was given.
pub(crate) fn id_of(mail: &Received) -> MessageId {
    let text = String::from_utf8_lossy(&mail.data).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("Message-ID: <")).expect("a Message-ID");
    MessageId::parse(line.split('@').next().unwrap()).expect("one of ours")
}

/// The first link of a mail that leads below this path.
pub(crate) fn link_of(mail: &Received, path: &str) -> String {
    let text = String::from_utf8_lossy(&mail.data).replace("=\r\n", "").replace("=3D", "=");
    link_in(&text, path)
}

/// The form that an invitation leads to: the link without its star.
pub(crate) fn form_of(mail: &Received) -> String {
    link_of(mail, "/r/").rsplit_once('/').expect("a star").0.to_owned()
}

/// A dialogue of a client.
pub(crate) struct Dialogue<S> {
    pub(crate) stream: S,
    read: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Dialogue<S> {
    /// Goes on over a protected line.
    pub(crate) fn over<T>(stream: T) -> Dialogue<T> {
        Dialogue { stream, read: Vec::new() }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the other side reads");
    }

    pub(crate) async fn ask(&mut self, line: &str) -> (u16, String) {
        self.send(format!("{line}\r\n").as_bytes()).await;
        self.answer().await
    }

    /// A whole mail: DATA, its bytes, and the answer.
    pub(crate) async fn mail(&mut self, mail: &str) -> (u16, String) {
        assert_eq!(self.ask("DATA").await.0, 354);
        let stuffed = mail.replace("\r\n.", "\r\n..");
        self.send(format!("{}\r\n.\r\n", stuffed.trim_end_matches("\r\n")).as_bytes()).await;
        self.answer().await
    }

    /// The next answer: its code and all of its lines. Code 0 where the line was cut.
    pub(crate) async fn answer(&mut self) -> (u16, String) {
        let mut text = String::new();
        loop {
            let Some(line) = self.line().await else { return (0, text) };
            text.push_str(&line);
            text.push('\n');
            if line.as_bytes().get(3) != Some(&b'-') {
                return (line[..3].parse().expect("a code"), text);
            }
        }
    }

    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.read.windows(2).position(|pair| pair == b"\r\n") {
                let line = String::from_utf8(self.read.drain(..end + 2).collect()).expect("text");
                return Some(line.trim_end().to_owned());
            }
            let mut chunk = [0; 4_096];
            match self.stream.read(&mut chunk).await {
                Ok(0) | Err(_) => return None,
                Ok(read) => self.read.extend_from_slice(&chunk[..read]),
            }
        }
    }
}

/// A delivery status notification as Postfix writes it, with the fields of its recipient and the headers of the mail it is about.
pub(crate) fn dsn(fields: &str, original: &str) -> String {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example (Mail Delivery System)\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         To: someone\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"4Wx1.1/mx.example\"\r\n\r\n\
         --4Wx1.1/mx.example\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nThis is the mail system at host mx.example.\r\n\
         --4Wx1.1/mx.example\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\
         X-Postfix-Queue-ID: 4Wx1\r\n\r\n{fields}\r\n\r\n\
         --4Wx1.1/mx.example\r\nContent-Type: text/rfc822-headers\r\n\r\n{original}\r\n\r\n--4Wx1.1/mx.example--\r\n"
    )
}

pub(crate) fn hard() -> String {
    dsn(
        "Final-Recipient: rfc822; ada@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 <ada@example.com>: user unknown",
        "Subject: how was it",
    )
}

pub(crate) fn soft() -> String {
    dsn(
        "Final-Recipient: rfc822; ada@example.com\r\nAction: failed\r\nStatus: 4.4.7\r\nDiagnostic-Code: smtp; message expired",
        "Subject: how was it",
    )
}

/// A complaint as a feedback loop writes it, about a mail with this return address.
pub(crate) fn complaint(return_path: &str) -> String {
    format!(
        "From: <feedback@isp.example>\r\nSubject: FW: how was it\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"part\"\r\n\r\n\
         --part\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report.\r\n\
         --part\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: SomeFBL/1.0\r\nVersion: 1\r\n\
         Original-Mail-From: <{return_path}>\r\n\r\n\
         --part\r\nContent-Type: message/rfc822\r\n\r\nReturn-Path: <{return_path}>\r\nSubject: how was it\r\n\r\nhello\r\n--part--\r\n"
    )
}
