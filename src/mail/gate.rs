//! The last question before a mail leaves: may it, now? Holds what the operator or a brake holds, sends to another hour what quiet hours
//! or the shop's own forbid, and asks the pace. Reads in the same snapshot as the letter; counts only what is about to leave.

use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::kernel::pace::{Limit, QuietHours};
use crate::kernel::time::Timestamp;

use super::brake::INSTANCE_PAUSED;
use super::letter::Mail;
use super::pace::{Leaving, Pace, Pass, SENT_AWAY, Wait};
use super::store::brake as store;
use super::store::queue::LIMIT;

/// What may stand in a mail's way.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Held for this reason.
    held: Option<&'static str>,
    /// The limits of this shop alone.
    own: Vec<Limit>,
    /// How often the recipient's domain asked for patience.
    refusals: Option<i64>,
}

/// The answer.
pub(super) enum Leave<'a> {
    /// Now, in this lane.
    Now(Pass<'a>),
    /// Not before, in words for the queue.
    Later(Timestamp, String),
    /// As soon as a dialogue with its domain has ended.
    Soon,
    /// Not before whoever holds it lets go.
    Held(&'static str),
}

/// Reads what stands in the way of a shop's mail to a domain. `awaited`: somebody waits for it.
pub(super) fn look(
    conn: &mut Connection,
    (shop, domain): (ShopId, &str),
    awaited: bool,
    now: Timestamp,
) -> db::Result<Seen> {
    let (paused, refusals, standing) = store::in_the_way(conn, shop, domain, now)?;
    let held = match standing.brake {
        _ if paused => Some(INSTANCE_PAUSED),
        Some(brake) if !awaited => Some(brake.reason()),
        _ => None,
    };
    Ok(Seen { held, own: standing.every_limit(), refusals })
}

/// Whether a mail may leave now. A mail that may was counted.
pub(super) async fn leave<'a>(
    pace: &'a Pace,
    ctx: &Context,
    (mail, sender, awaited): (&Mail, &str, bool),
    seen: &Seen,
) -> db::Result<Leave<'a>> {
    let now = ctx.now();
    if let Some(reason) = seen.held {
        return Ok(Leave::Held(reason));
    }
    if let Some(quiet) = pace.quiet().filter(|_| !awaited) {
        let open = mail.zone.next_hour_window(now, quiet.to, quiet.from);
        if open > now {
            return Ok(Leave::Later(open, "quiet hours where the recipient lives".to_owned()));
        }
    }
    if let Some((from, to)) = mail.hours.filter(|_| !awaited) {
        let open = mail.zone.next_hour_window(now, from, to);
        // Where they open in quiet hours only, they yield: otherwise each would send the mail to the other for ever.
        let lets = |quiet: QuietHours| mail.zone.next_hour_window(open, quiet.to, quiet.from) == open;
        if open > now && pace.quiet().is_none_or(lets) {
            return Ok(Leave::Later(open, "the shop's hours where the recipient lives".to_owned()));
        }
    }
    let domain = mail.to.domain();
    let pass = match pace.enter((mail.shop_id, domain), &seen.own, now) {
        Ok(pass) => pass,
        Err(Wait::Soon) => return Ok(Leave::Soon),
        Err(Wait::Until(at)) => return Ok(Leave::Later(at, SENT_AWAY.to_owned())),
        Err(Wait::Own(at, limit)) => return Ok(Leave::Later(at, format!("{LIMIT}{limit} of one shop"))),
    };
    let leaving = Leaving { shop: mail.shop_id, domain, sender, awaited, own: &seen.own, refusals: seen.refusals };
    match pace.turn(ctx, leaving).await? {
        None => Ok(Leave::Now(pass)),
        Some((at, limit)) => Ok(Leave::Later(at, format!("{LIMIT}{limit}"))),
    }
}
