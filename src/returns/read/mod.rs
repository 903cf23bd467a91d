//! What a mail to a return address says: a bounce, a delay, a complaint, an automatic answer, or nothing for us. Pure: bytes in, one
//! [`Report`] out. Whose mail it is about is not asked here; nothing here may suppress anybody.
//!
//! The order of the questions matters: a report of its own MIME type is what it says it is, although many of them also call
//! themselves automatic; then come automatic answers (RFC 3834), and only then the old bounces in plain words, of which a hard one
//! needs evidence: a status, a reply code or a known phrase.

mod arf;
mod auto;
mod dsn;
mod fields;
mod plain;
mod status;

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders};

use crate::mail::returned::ReturnKind;

pub(super) use status::{Said, weigh, weigh_refusal};

/// What a mail says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Report {
    /// The mail did not arrive.
    Bounce(Bounce),
    /// Somebody still tries to deliver it.
    Delay,
    /// It was reported as unwanted.
    Complaint(String),
    /// An automatic answer, a receipt, or news of a success.
    Automatic,
    /// Anything else.
    Other,
}

/// A mail that did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bounce {
    /// For good or for now.
    pub(super) kind: ReturnKind,
    /// The RFC 3463 status, where one was given.
    pub(super) status: Option<String>,
    /// What was said.
    pub(super) detail: String,
}

/// Reads a mail. `to_signed`: it came to an address with a signed part, so that a bounce in plain words is believed to be one.
pub(super) fn read(raw: &[u8], to_signed: bool) -> Report {
    let Some(mail) = MessageParser::default().parse(raw) else { return Report::Other };
    if let Some(report) = report_of(&mail) {
        return report;
    }
    if auto::is_answer(&mail) {
        return Report::Automatic;
    }
    if to_signed { plain::read(&mail) } else { Report::Other }
}

/// A report with a MIME type of its own: RFC 3464, RFC 5965, RFC 8098.
fn report_of(mail: &Message<'_>) -> Option<Report> {
    if let Some(part) = part_of(mail, "delivery-status") {
        return dsn::read(part.contents());
    }
    if let Some(part) = part_of(mail, "feedback-report") {
        return Some(arf::read(part.contents()));
    }
    let receipt = part_of(mail, "disposition-notification").is_some();
    receipt.then_some(Report::Automatic)
}

/// The part `message/{subtype}`. Not searched in what is quoted: a bounce of a bounce is about the outer one.
fn part_of<'m>(mail: &'m Message<'m>, subtype: &str) -> Option<&'m MessagePart<'m>> {
    mail.parts.iter().find(|part| {
        let kind = part.content_type();
        kind.is_some_and(|kind| {
            kind.ctype().eq_ignore_ascii_case("message")
                && kind.subtype().is_some_and(|found| found.eq_ignore_ascii_case(subtype))
        })
    })
}

#[cfg(test)]
mod tests;
