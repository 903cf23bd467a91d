//! What follows from a bounce or a complaint: the row that is counted, the person who is left alone, the room that is told, and whether the
//! mail goes out once more. All of it in one transaction, all of it once, however often and by whomever it is told.

use super::Letters;
use crate::context::Context;
use crate::db::{self, Connection};
use crate::invitations::{self, Reach, Suppression, SuppressionReason};
use crate::kernel::id::{MessageId, OrderId, ShopId};
use crate::kernel::time::{DAY, HOUR, Timestamp};
use crate::keyring::PersonHash;
use crate::mail::Letter;
use crate::mail::returned::{self, Back, Left, ReturnKind, ReturnOf, ReturnSource, Returned};
use crate::orders::{self, Actor};

/// How long after it left a mail may come back.
const MAY_RETURN_MS: i64 = 90 * DAY;
/// After how many days a mail goes out again that came back for now, the first time and the second. Then it is given up.
const AGAIN_AFTER_DAYS: [i64; 2] = [1, 3];

/// News of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct News {
    /// Which message.
    pub(super) message: MessageId,
    /// How it came back.
    pub(super) kind: ReturnKind,
    /// Nothing comes of sending it again: it would be refused as this one was.
    pub(super) last: bool,
    /// Who says so.
    pub(super) source: ReturnSource,
    /// The RFC 3463 status, where one was given.
    pub(super) status: Option<String>,
    /// What was said.
    pub(super) detail: String,
}

/// What became of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// Written down, with all that follows.
    Recorded,
    /// Known already.
    Known,
    /// No such message ever left this instance.
    Stranger,
    /// It left too long ago.
    TooLate,
}

/// Takes news in.
pub(super) async fn record(ctx: &Context, letters: &Letters, news: News) -> db::Result<Taken> {
    let (inside, letters) = (ctx.clone(), letters.clone());
    let (message, kind, source) = (news.message, news.kind, news.source);
    let taken = ctx.db().write(move |tx| take(tx, &inside, &letters, &news)).await?;
    tracing::info!(%message, kind = kind.as_str(), source = source.as_str(), ?taken, "a mail came back");
    Ok(taken)
}

fn take(tx: &mut Connection, ctx: &Context, letters: &Letters, news: &News) -> db::Result<Taken> {
    let now = ctx.now();
    let Some(left) = returned::left(tx, news.message)? else { return Ok(Taken::Stranger) };
    if now.since(left.sent_at) > MAY_RETURN_MS {
        return Ok(Taken::TooLate);
    }
    let returned = Returned::new(now, news.kind, news.source).saying(news.status.as_deref(), &news.detail);
    let row = ReturnOf { message: news.message, shop: left.shop, sent_at: left.sent_at, returned };
    if !returned::note_returned(tx, &row)? {
        return Ok(Taken::Known);
    }
    let Some(letter) = letters.of(&left.kind) else { return Ok(Taken::Recorded) };
    let told = told(tx, (&row, left.edition), news.last, now)?;
    let person = match letter.order(tx, left.subject)? {
        Some(order) => addressee(tx, &left, order)?,
        None => None,
    };
    // The room first: what is planned for this order ends with the reason of this mail, the rest with that of the suppression. Where the
    // order names somebody else since, the room turns to them, so whom this mail went to is read before.
    let wanted = letter.returned(tx, ctx, left.subject, &told)?;
    leave_alone(tx, (left.shop, person), news.kind, now)?;
    if let (true, Some(again)) = (wanted, told.again) {
        send_again(tx, &row, (letter, &left), again)?;
    }
    Ok(Taken::Recorded)
}

/// What the room is told. The row itself is counted already.
fn told(tx: &mut Connection, (row, edition): (&ReturnOf, i64), last: bool, now: Timestamp) -> db::Result<Back> {
    let again = match row.returned.kind {
        ReturnKind::HardBounce | ReturnKind::Complaint => None,
        ReturnKind::SoftBounce if last => None,
        ReturnKind::SoftBounce => {
            let times = returned::times_returned(tx, row.message, ReturnKind::SoftBounce)?;
            let days = usize::try_from(times - 1).ok().and_then(|past| AGAIN_AFTER_DAYS.get(past));
            days.map(|days| again_at(row.sent_at, *days, now))
        }
    };
    Ok(Back { returned: row.returned.clone(), edition, sent_at: row.sent_at, again })
}

/// So many days later, at the hour at which it left first: that hour was one at which the shop writes.
fn again_at(sent_at: Timestamp, days: i64, now: Timestamp) -> Timestamp {
    let mut at = sent_at.plus_ms(days * DAY);
    // News may take days themselves.
    while at.since(now) < 12 * HOUR {
        at = at.plus_ms(DAY);
    }
    at
}

/// Whom a mail about an order went to. The shop may have corrected the address since: the invitation remembers to whom it went, and nobody
/// who was not written to pays for it. Where the order was turned to another address since, nobody knows the one before any more.
fn addressee(tx: &mut Connection, left: &Left, order: OrderId) -> db::Result<Option<PersonHash>> {
    let (kind, shop) = (left.kind.as_str(), left.shop);
    let row = invitations::about(tx, shop, order)?;
    if row.as_ref().is_some_and(|row| !row.is_current(kind, left.edition)) {
        return Ok(None);
    }
    let asked = row.and_then(|row| row.person);
    let named = orders::person(tx, shop, order)?;
    Ok(match (asked, named) {
        (Some(asked), Some(named)) if asked != named => (kind == invitations::INVITATION).then_some(asked),
        _ => asked.or(named),
    })
}

/// The person gets no more mail, as far as what they or their server said reaches.
fn leave_alone(
    tx: &mut Connection,
    (shop, person): (ShopId, Option<PersonHash>),
    kind: ReturnKind,
    at: Timestamp,
) -> db::Result<()> {
    let (reach, reason) = match kind {
        ReturnKind::HardBounce => (Reach::Instance, SuppressionReason::HardBounce),
        ReturnKind::Complaint => (Reach::Shop(shop), SuppressionReason::Complaint),
        ReturnKind::SoftBounce => return Ok(()),
    };
    let Some(person) = person else { return Ok(()) };
    invitations::suppress(tx, shop, &Suppression { person, reach, reason, at }, Actor::Attesta)
}

fn send_again(
    tx: &mut Connection,
    row: &ReturnOf,
    (letter, left): (&dyn Letter, &Left),
    at: Timestamp,
) -> db::Result<()> {
    returned::send_again(tx, row.message, (letter.kind(), left.subject), at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_goes_out_again_at_its_own_hour_and_never_within_half_a_day() {
        let sent = Timestamp::parse("2026-03-01T09:30:00Z").unwrap();
        let at = |now: &str, days| again_at(sent, days, Timestamp::parse(now).unwrap()).to_string();
        assert_eq!(at("2026-03-01T09:31:00Z", 1), "2026-03-02T09:30:00.000Z");
        assert_eq!(at("2026-03-01T09:31:00Z", 3), "2026-03-04T09:30:00.000Z");
        assert_eq!(at("2026-03-02T09:00:00Z", 1), "2026-03-03T09:30:00.000Z");
        assert_eq!(at("2026-03-06T23:00:00Z", 1), "2026-03-08T09:30:00.000Z");
    }
}
