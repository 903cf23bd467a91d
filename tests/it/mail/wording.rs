//! Every mail in every language, as it is read. Review changes with `cargo insta review`.

use std::sync::Arc;

use attesta::config::Config;
use attesta::kernel::email::EmailAddress;
use attesta::kernel::locale::Language;
use attesta::kernel::time::{Clock, SteppedClock, Timestamp};
use attesta::mail::compose::message_id;
use attesta::mail::context::MailContext;
use attesta::mail::{Mailer, samples};
use mail_parser::MessageParser;

use super::bench::{KIND, composer, mail_to, subject};

fn eml(mailer: &Mailer, language: Language, context: &MailContext) -> Vec<u8> {
    let mut mail = mail_to("giulia@example.com");
    mail.language = language;
    mail.context = context.clone();
    mail.reply_to = Some(EmailAddress::parse("ciao@orto.example").unwrap());
    let date = Timestamp::parse("2026-11-22T09:00:00Z").unwrap();
    mailer.composer().compose(&mail, message_id(KIND, subject(1), 0), date).unwrap().bytes
}

/// Headers as sent, then both parts as read.
fn readable(bytes: &[u8]) -> String {
    let raw = std::str::from_utf8(bytes).unwrap().replace("\r\n", "\n");
    let (headers, _) = raw.split_once("\n\n").unwrap();
    let message = MessageParser::default().parse(bytes).unwrap();
    let part = |part: Option<std::borrow::Cow<'_, str>>| part.unwrap().replace("\r\n", "\n").trim_end().to_owned();
    let subject = message.subject().unwrap();
    format!(
        "{headers}\n\n== {subject}\n\n{}\n\n== html\n\n{}\n",
        part(message.body_text(0)),
        part(message.body_html(0))
    )
}

#[test]
fn every_mail_in_every_language() {
    let mailer = composer();
    for language in Language::ALL {
        for (name, contexts) in samples::all() {
            let bytes = eml(&mailer, *language, &contexts[0]);
            insta::assert_snapshot!(format!("{name}_{}", language.tag()), readable(&bytes));
        }
    }
}

#[test]
fn both_parts_say_the_same_links() {
    let mailer = composer();
    for language in Language::ALL {
        for (name, contexts) in samples::all() {
            for context in &contexts {
                let message = eml(&mailer, *language, context);
                let message = MessageParser::default().parse(&message).unwrap();
                let (text, html) = (message.body_text(0).unwrap(), message.body_html(0).unwrap());
                let linked = |text: &str| {
                    let mut found: Vec<String> = text
                        .split(['"', '\'', ' ', '\n', '\r', '<', '>', '(', ')'])
                        .filter(|word| word.starts_with("https://"))
                        .map(|word| word.trim_end_matches(['.', ',']).to_owned())
                        .collect();
                    found.sort();
                    found.dedup();
                    found
                };
                assert_eq!(linked(&text), linked(&html), "{name} in {}", language.tag());
            }
        }
    }
}

#[test]
fn the_same_message_has_the_same_bytes() {
    let (one, two) = (composer(), composer());
    let context = &samples::all()[0].1[0];
    assert_eq!(eml(&one, Language::It, context), eml(&two, Language::It, context));
}

/// Beside the link for one click stands a mailbox, where the operator has named one.
#[test]
fn people_may_unsubscribe_by_mail_where_a_mailbox_is_named() {
    let mut config = Config::for_tests();
    super::bench::public(None)(&mut config);
    config.unsubscribe_mailbox = Some(EmailAddress::parse("stop@reviews.example").unwrap());
    let clock: Arc<dyn Clock> = Arc::new(SteppedClock::new(Timestamp::EPOCH));
    let mailer = Mailer::new(&config, &clock).unwrap();
    for (name, contexts) in samples::all() {
        let bytes = eml(&mailer, Language::En, &contexts[0]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let header = text.lines().find_map(|line| line.strip_prefix("List-Unsubscribe: "));
        let Some(url) = contexts[0].unsubscribe_url() else {
            assert_eq!(header, None, "{name}: what a person asked for has no list to leave");
            continue;
        };
        let encoded = url.replace(':', "%3A").replace('/', "%2F");
        let both = format!("<{url}>,<mailto:stop@reviews.example?subject={encoded}>");
        assert_eq!(header, Some(both.as_str()), "{name}: one click first, then the mailbox");
        assert!(text.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{name}");
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        let ways = parsed.list_unsubscribe().as_address().map(|ways| ways.iter().count());
        assert_eq!(ways, Some(2), "{name}: a mail program finds both");
    }
}

/// One click needs an `https` link (RFC 8058, 3.1); without one the link itself still stands there.
#[test]
fn one_click_is_offered_only_where_the_link_is_https() {
    let composer = composer();
    for (url, offered) in [("https://reviews.example/u/x", true), ("http://reviews.example/u/x", false)] {
        let (_, contexts) = samples::all().into_iter().find(|(name, _)| *name == "invitation").unwrap();
        let mut context = contexts[0].clone();
        let MailContext::Invitation(invitation) = &mut context else { panic!("an invitation") };
        invitation.unsubscribe_url = url.to_owned();
        let bytes = eml(&composer, Language::En, &context);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(text.contains(&format!("\r\nList-Unsubscribe: <{url}>\r\n")), "{text}");
        assert_eq!(text.contains("\r\nList-Unsubscribe-Post: "), offered, "{url}");
    }
}
