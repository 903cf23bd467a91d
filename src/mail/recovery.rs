//! A mail server whose line failed is asked every second whether it is back: for its greeting alone, without a login or a mail. When it is,
//! a few of the mails that were held for it try it, and the first one that is taken lets the others go. So mail leaves within seconds of
//! the end of a fault. A line that is still broken costs a few mails an entry in their log, and those an attempt that were handed over: they
//! may have arrived. The same tick calls back mails that were sent away from a slow domain that has become quick.
//!
//! A server that spoke and refused is left alone for as long as the hold says ([`super::hold`]). Called by a tick, which may be missed: what
//! is held comes again by itself.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::context::Context;
use crate::db;
use crate::jobs;
use crate::kernel::time::Timestamp;

use super::mailer::Mailer;
use super::outcome::MAIL_SERVER_DOWN;
use super::pace::{MOST_MS, SENT_AWAY};
use super::store::{self, Hold, Release};

/// How often the tick is called: six fields, UTC.
pub const ASK_AGAIN: &str = "* * * * * *";

/// Mails that try a server first that is back.
const FIRST: i64 = 4;
/// Held messages let go in one write.
const RELEASED: i64 = 500;
/// Writes at most for those who are called back: who is sent away again meanwhile is not called back for ever.
const CALLED_BACK: usize = 20;

/// Whether mails may be held for a mail server that is back: so at start, and after each hold that was seen.
#[derive(Debug)]
pub(super) struct Recovery(AtomicBool);

impl Default for Recovery {
    fn default() -> Self {
        Self(AtomicBool::new(true))
    }
}

impl Mailer {
    /// Asks a mail server that is held for a failed line whether it is back, and lets mails go that were held for one that is, or sent away
    /// from a domain that was slow and is quick again.
    ///
    /// # Errors
    /// The database's.
    pub async fn ask_again(&self, ctx: &Context, kinds: &[&'static str]) -> db::Result<()> {
        if self.pace().is_quick_again() {
            call_back(ctx, kinds).await?;
        }
        let Some(server) = self.server() else { return Ok(()) };
        let name = server.name();
        let about = name.clone();
        let Some(hold) = ctx.db().read(move |conn| store::hold(conn, &about)).await? else {
            return if self.recovery.0.swap(false, Ordering::Relaxed) { let_all_go(ctx, kinds).await } else { Ok(()) };
        };
        self.recovery.0.store(true, Ordering::Relaxed);
        let now = ctx.now();
        let asked = hold.until > now && hold.line.is_asked(hold.refusals, now.since(hold.at));
        if asked && server.greets().await {
            tracing::info!(transport = name, "the mail server greets again; a few mails try it");
            let first: Vec<&'static str> = kinds.to_vec();
            let now = ctx.now();
            ctx.db().write(move |tx| let_first_go(tx, &name, &hold, &first, now)).await?;
        }
        Ok(())
    }
}

/// Ends the hold's time and puts a few of those back that it held.
fn let_first_go(
    tx: &mut db::Connection,
    transport: &str,
    hold: &Hold,
    kinds: &[&'static str],
    now: Timestamp,
) -> db::Result<()> {
    if !store::try_again(tx, transport, hold, now)? {
        return Ok(());
    }
    let mut room = FIRST;
    for kind in kinds {
        let released = store::release(tx, down(kind), now, room)?;
        room = room.saturating_sub(i64::try_from(released).unwrap_or(room));
        if room == 0 {
            break;
        }
    }
    Ok(())
}

/// Those who were sent away from a domain that was slow ask again now: the domain has become quick.
async fn call_back(ctx: &Context, kinds: &[&'static str]) -> db::Result<()> {
    let now = ctx.now();
    let span = (now, now.plus_ms(MOST_MS));
    for kind in kinds.iter().copied() {
        for _ in 0..CALLED_BACK {
            if ctx.db().write(move |tx| jobs::hasten(tx, (kind, SENT_AWAY), span, RELEASED)).await? == 0 {
                break;
            }
        }
    }
    Ok(())
}

async fn let_all_go(ctx: &Context, kinds: &[&'static str]) -> db::Result<()> {
    let now = ctx.now();
    for kind in kinds.iter().copied() {
        while ctx.db().write(move |tx| store::release(tx, down(kind), now, RELEASED)).await? > 0 {}
    }
    Ok(())
}

/// What of a kind is held for a mail server.
fn down(kind: &'static str) -> Release<'static> {
    Release { kind, reasons: &[MAIL_SERVER_DOWN], shop: None }
}
