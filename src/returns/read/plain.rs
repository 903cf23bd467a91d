//! Bounces in plain words, as mail systems wrote them before there was a format, and some still do. Read only where the address it came to
//! has named the message already; nothing of who it is about is taken from the words.

use std::borrow::Cow;

use mail_parser::{Message, MimeHeaders};

use super::auto::is_from_mail_system;
use super::status::{Said, weigh};
use super::{Bounce, Report};

/// Characters of the words that are read.
const READ: usize = 16 << 10;
/// Characters of the line that is kept.
const KEPT: usize = 300;
/// From a line with one of these on the mail itself is quoted: its words are ours.
const QUOTED: [&str; 5] =
    ["copy of the message", "original message", "message header follows", "unsent message", "your message follows"];
/// Subjects of bounces.
const SUBJECTS: [&str; 20] = [
    "undeliver",
    "delivery",
    "returned mail",
    "mail returned",
    "failure notice",
    "nondeliver",
    "non-deliver",
    "not deliver",
    "mail system error",
    "failed mail",
    "message status",
    "rejected",
    "mail error",
    "user unknown",
    "could not be delivered",
    "non remis",
    "mancata consegna",
    "non recapitat",
    "unzustellbar",
    "no entregado",
];
/// Somebody still tries.
const TRYING: [&str; 13] = [
    "warning message only",
    "is a warning",
    "do not need to resend",
    "don't need to resend",
    "no action is required",
    "still being",
    "will be retried",
    "will continue to",
    "attempts will continue",
    "continue trying",
    "has been delayed",
    "is delayed",
    "temporarily deferred",
];

/// Reads the words.
pub(super) fn read(mail: &Message<'_>) -> Report {
    let subject = mail.subject().unwrap_or_default().to_lowercase();
    let report = mail.content_type().and_then(|kind| kind.attribute("report-type")).is_some();
    let named = report || SUBJECTS.iter().any(|word| subject.contains(word));
    if !named && !is_from_mail_system(mail) && mail.header_raw("X-Failed-Recipients").is_none() {
        return Report::Other;
    }
    let words = words(mail);
    let folded = words.to_lowercase();
    if TRYING.iter().any(|phrase| folded.contains(phrase)) || subject.contains("delayed") {
        return Report::Delay;
    }
    let line = telling_line(&words);
    if line.is_none() && !is_from_mail_system(mail) {
        return Report::Other;
    }
    let said = Said::of(line.unwrap_or(&words));
    let detail = line.unwrap_or(subject.as_str()).chars().take(KEPT).collect();
    Report::Bounce(Bounce { kind: weigh(&said), status: said.status_text(), detail })
}

/// The first line by which the verdict can be told.
fn telling_line(words: &str) -> Option<&str> {
    let lines = || words.lines().map(str::trim).filter(|line| !line.is_empty());
    lines()
        .find(|line| Said::of(line).status.is_some())
        .or_else(|| lines().find(|line| super::status::speaks_of_mailbox(line)))
        .or_else(|| lines().find(|line| Said::of(line).is_evident()))
}

/// What the mail system says, without the mail it quotes.
fn words(mail: &Message<'_>) -> String {
    let text = mail.body_text(0).unwrap_or(Cow::Borrowed(""));
    let mut words = String::new();
    for line in text.lines() {
        let folded = line.trim_start().to_lowercase();
        let header = folded.starts_with("received:") || folded.starts_with("return-path:");
        if words.len() > READ || header || QUOTED.iter().any(|mark| folded.contains(mark)) {
            break;
        }
        words.push_str(line);
        words.push('\n');
    }
    words
}
