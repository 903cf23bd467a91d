//! Text from people is text: whatever a name, a shop, an order number or a product holds, one mail with one sender goes to one person.

use attesta::mail::context::Purchase;
use attesta::mail::{Fate, Mail, MailContext};
use mail_parser::{MessageParser, MimeHeaders as _};

use super::bench::{Bench, bench, mail_to, public};
use crate::support::smtp_sink::SmtpSink;

/// Texts that try to be more than text.
pub(crate) const CORPUS: &[&str] = &[
    "Anna\r\nBcc: victim@evil.example",
    "Anna\nBcc: victim@evil.example\n\n<b>hi</b>",
    "Anna\rBcc: victim@evil.example",
    "Anna\u{85}Bcc: victim@evil.example",
    "Anna\u{2028}Bcc: victim@evil.example",
    "=?utf-8?q?Anna=0D=0ABcc=3A_victim=40evil.example?=",
    "=?utf-8?b?QW5uYQ0KQmNjOiB2aWN0aW1AZXZpbC5leGFtcGxl?=",
    "\"Anna\" <victim@evil.example>, \"B",
    "Anna\", <victim@evil.example>, \"",
    "Anna\\",
    "Anna <anna@evil.example>",
    "a, b; c: d",
    ".",
    "..",
    ".\r\n.\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:<victim@evil.example>\r\nDATA\r\n",
    "x\r\n.\r\n",
    "\r\n\r\n.\r\n",
    "--=_eml_00000000000000000000000000",
    "\r\n--=_eml_00000000000000000000000000--\r\n",
    "Content-Type: text/html\r\n\r\n<script>",
    "<script>alert(1)</script>",
    "{{shop.name}} {{{unsubscribe_url}}}",
    "\u{0}\u{1}\u{7f}",
    "\u{202e}moc.live@mitciv",
    "مرحبا بالعالم",
    "👩‍👩‍👧‍👦 e\u{301}\u{302}\u{303}",
    "",
    "   ",
    "%0d%0aBcc: x@evil.example",
    "=0D=0ABcc: x@evil.example",
];

fn mail(text: &str) -> Mail {
    let mut mail = mail_to("ok-1@a.example");
    if let MailContext::Invitation(invitation) = &mut mail.context {
        invitation.frame.customer_name = Some(text.to_owned());
        invitation.frame.shop.name = text.to_owned();
        invitation.order = Purchase::new(text.to_owned(), None, vec![text.to_owned(), text.repeat(3)]);
    }
    mail
}

async fn instance() -> (SmtpSink, Bench) {
    let sink = SmtpSink::start().await;
    let bench = bench(public(Some(&sink.url())));
    (sink, bench)
}

#[tokio::test]
async fn one_mail_one_sender_one_recipient() {
    let (sink, bench) = instance().await;
    let mut corpus: Vec<String> = CORPUS.iter().map(|text| (*text).to_owned()).collect();
    corpus.extend(["A".repeat(100_000), "é ".repeat(50_000), "=?".repeat(5_000), "\r\n.".repeat(5_000)]);
    for (n, text) in (0_u8..).zip(&corpus) {
        bench.post_mail(n, mail(text)).await;
    }
    bench.run().await;
    let ledger = sink.ledger();
    assert_eq!(ledger.len(), corpus.len(), "each is one message for the server");
    assert_eq!(sink.commands().iter().filter(|line| line.starts_with("RCPT")).count(), corpus.len());
    for received in &ledger {
        assert_eq!(received.to, ["ok-1@a.example"]);
        check(&received.data, "reviews@reviews.example", "ok-1@a.example");
        let message = MessageParser::default().parse(&received.data).expect("a mail");
        assert!(message.header("List-Unsubscribe").is_some(), "invitations can be ended");
    }
    for n in 0..u8::try_from(corpus.len()).unwrap() {
        assert_eq!(bench.fate(n), Fate::Sent);
    }
}

/// One mail, from one sender to one recipient, whole.
pub(crate) fn check(data: &[u8], from: &str, to: &str) {
    let shown = String::from_utf8_lossy(data).chars().take(3000).collect::<String>();
    assert!(data.is_ascii(), "{shown}");
    let lines: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    let (last, rest) = lines.split_last().unwrap();
    assert!(
        last.is_empty() && rest.iter().all(|line| line.ends_with(b"\r") && line.len() <= 998),
        "CRLF lines: {shown}"
    );
    assert!(rest.iter().all(|line| !line[..line.len() - 1].contains(&b'\r')), "no bare CR: {shown}");
    let message = MessageParser::default().parse(data).expect("a mail");
    for header in ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version"] {
        let count = message.headers_raw().filter(|(name, _)| name.eq_ignore_ascii_case(header)).count();
        assert_eq!(count, 1, "{header}: {shown}");
    }
    let known = [
        "Date",
        "From",
        "To",
        "Subject",
        "Message-ID",
        "List-Id",
        "Auto-Submitted",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "MIME-Version",
        "Content-Type",
    ];
    for (name, _) in message.headers_raw() {
        assert!(known.iter().any(|known| known.eq_ignore_ascii_case(name)), "{name} is no header of ours: {shown}");
    }
    for (list, address) in [(message.from(), from), (message.to(), to)] {
        let addresses: Vec<_> = list.unwrap().iter().map(|one| one.address().unwrap().to_owned()).collect();
        assert_eq!(addresses, [address], "{shown}");
    }
    assert!(!message.subject().unwrap_or_default().contains(['\r', '\n']), "{shown}");
    assert_eq!(message.parts.len(), 3, "alternative, text, HTML: {shown}");
    assert!(message.parts[1].is_text() && message.parts[2].is_content_type("text", "html"), "{shown}");
    let html = message.body_html(0).unwrap();
    assert!(!html.contains("<script") && !html.contains("<b>hi"), "{shown}");
    assert!(html.trim_end().ends_with("</html>"), "nothing is cut off: {shown}");
}

#[tokio::test]
async fn a_line_with_a_dot_arrives_as_it_was_written() {
    let (sink, bench) = instance().await;
    let text = "a\r\n.\r\n..b\r\n.c";
    bench.post_mail(1, mail(text)).await;
    bench.run().await;
    let ledger = sink.ledger();
    let message = MessageParser::default().parse(&ledger[0].data).unwrap();
    let body = message.body_text(0).unwrap().replace("\r\n", "\n");
    assert!(body.contains("- a\n.\n..b\n.c\n"), "{body}");
}
