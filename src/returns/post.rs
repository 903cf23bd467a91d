//! One mail that came back: finds the message it is about by the signed part, reads what it says, and has it recorded. Used by the listener
//! for each recipient; knows nothing of sockets.

use super::Letters;
use super::read::{self, Report};
use super::record::{self, News, Taken};
use crate::context::Context;
use crate::db;
use crate::kernel::id::MessageId;
use crate::mail::returned::{ReturnKind, ReturnSource};
use crate::sign::return_path;

/// To whom a mail came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Addressee {
    /// An address with a signed part: this message.
    Message(MessageId),
    /// The mailbox itself: the signed part must stand in the mail.
    Mailbox,
}

/// What is answered to who brought the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A bounce or a complaint, taken in.
    Taken,
    /// One that is known already.
    Known,
    /// A delay or an automatic answer.
    Ignored,
    /// No bounce and no complaint.
    NotForUs,
    /// No signed part of ours in it, or more than one.
    Unsigned,
    /// About a message that never left, or left too long ago.
    Stranger,
}

/// The recipient of a dialogue, if mail for it is taken here.
pub(super) fn addressee(ctx: &Context, address: &str) -> Option<Addressee> {
    let mailbox = ctx.config().returns.mailbox.as_ref()?;
    let (local, domain) = address.rsplit_once('@')?;
    if !domain.eq_ignore_ascii_case(mailbox.domain()) {
        return None;
    }
    match local.split_once('+') {
        None => local.eq_ignore_ascii_case(mailbox.local_part()).then_some(Addressee::Mailbox),
        Some((name, part)) if name.eq_ignore_ascii_case(mailbox.local_part()) => {
            ctx.keyring().check_return(part).map(Addressee::Message)
        }
        Some(_) => None,
    }
}

/// Takes a mail in.
pub(super) async fn take(ctx: &Context, letters: &Letters, to: Addressee, raw: &[u8]) -> db::Result<Verdict> {
    let message = match to {
        Addressee::Message(message) => Some(message),
        Addressee::Mailbox => signed_in(ctx, raw),
    };
    let Some(message) = message else { return Ok(Verdict::Unsigned) };
    let news = match read::read(raw, matches!(to, Addressee::Message(_))) {
        Report::Bounce(bounce) => News {
            message,
            kind: bounce.kind,
            last: false,
            source: ReturnSource::Mail,
            status: bounce.status,
            detail: bounce.detail,
        },
        Report::Complaint(detail) => {
            let (kind, source) = (ReturnKind::Complaint, ReturnSource::Mail);
            News { message, kind, last: false, source, status: None, detail }
        }
        Report::Delay | Report::Automatic => return Ok(Verdict::Ignored),
        Report::Other => return Ok(Verdict::NotForUs),
    };
    Ok(match record::record(ctx, letters, news).await? {
        Taken::Recorded => Verdict::Taken,
        Taken::Known => Verdict::Known,
        Taken::Stranger | Taken::TooLate => Verdict::Stranger,
    })
}

/// The one message whose return address stands anywhere in the mail, as written or in a part that had to be decoded.
fn signed_in(ctx: &Context, raw: &[u8]) -> Option<MessageId> {
    let mut found = parts_in(ctx, &String::from_utf8_lossy(raw));
    if found.is_empty()
        && let Some(mail) = mail_parser::MessageParser::default().parse(raw)
    {
        found = mail.parts.iter().flat_map(|part| parts_in(ctx, &String::from_utf8_lossy(part.contents()))).collect();
    }
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

fn parts_in(ctx: &Context, text: &str) -> Vec<MessageId> {
    let Some(mailbox) = ctx.config().returns.mailbox.as_ref() else { return Vec::new() };
    let before = format!("{}+", mailbox.local_part());
    let folded = text.to_ascii_lowercase();
    let starts = folded.match_indices(&before).map(|(at, _)| at + before.len());
    let parts = starts.filter_map(|at| folded.get(at..at + return_path::LENGTH));
    // A text full of them is no bounce; it is not worth more work.
    parts.take(20).filter_map(|part| ctx.keyring().check_return(part)).collect()
}
