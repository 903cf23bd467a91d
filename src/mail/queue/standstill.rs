//! What keeps mail from moving at all: who or what holds it, which mail, since when, and who ends it by what. Reads only.

use serde::Serialize;

use crate::db::{self, Connection};
use crate::kernel::time::Timestamp;

use super::super::brake::{self, Brake, Grip, INSTANCE_PAUSED};
use super::super::mailer::{Mailer, NO_PUBLIC_URL};
use super::super::outcome::MAIL_SERVER_DOWN;
use super::super::store::queue as store;

/// The shop holds its invitations itself.
pub const SHOP_PAUSED: &str = "shop_paused";

/// Something that holds mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standstill {
    /// The reason code that held messages and orders carry.
    pub reason: &'static str,
    /// Which mail it holds.
    pub mail: Held,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// When it ends by itself, where it does.
    pub until: Option<Timestamp>,
    /// Who ends it, by what: a sentence.
    pub ends: &'static str,
}

/// Which mail is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// Every mail.
    All,
    /// Every mail but those that somebody waits for: fresh links and statements of reasons.
    AllButAwaited,
    /// Invitations and reminders.
    Questions,
}

/// What holds all mail of the instance.
///
/// # Errors
/// The database's.
pub fn of_all(conn: &mut Connection, mailer: &Mailer, now: Timestamp) -> db::Result<Vec<Standstill>> {
    let mut all = Vec::new();
    all.extend(brake::pause(conn)?.map(|(since, _)| Standstill {
        reason: INSTANCE_PAUSED,
        mail: Held::All,
        since: Some(since),
        until: None,
        ends: "The operator lets all mail go: attesta mail resume.",
    }));
    all.extend(mailer.held().map(|reason| Standstill {
        reason,
        mail: Held::All,
        since: None,
        until: None,
        ends: if reason == NO_PUBLIC_URL {
            "The operator sets public_url, so that the links in mails lead somewhere."
        } else {
            "The operator sets smtp_url: no mail server is named."
        },
    }));
    let down = store::transports(conn, now)?.into_iter().map(|hold| hold.until).max();
    all.extend(down.map(|until| Standstill {
        reason: MAIL_SERVER_DOWN,
        mail: Held::All,
        since: None,
        until: Some(until),
        ends: "The mail server cannot be used; it is tried again by itself, then at the latest.",
    }));
    Ok(all)
}

/// What a brake holds of a shop's mail.
pub fn of_brake(brake: &Brake) -> Standstill {
    let (until, ends) = match brake.grip {
        Grip::Paused(until) => {
            (Some(until), "It ends by itself then, or when the shop resumes it: POST /v1/shops/{shop}/mail/resume.")
        }
        Grip::Stopped => (None, "Only the operator lets the shop's mail go: attesta mail resume --shop."),
    };
    Standstill { reason: brake.reason(), mail: Held::AllButAwaited, since: Some(brake.at), until, ends }
}

/// What a shop holds that pauses itself.
pub fn of_shop_itself() -> Standstill {
    let ends = "The shop sends again: POST /v1/shops/{shop}/resume.";
    Standstill { reason: SHOP_PAUSED, mail: Held::Questions, since: None, until: None, ends }
}

/// When all of these have ended; none where one does not end by itself.
pub(super) fn ended(stills: &[Standstill], now: Timestamp) -> Option<Timestamp> {
    stills.iter().try_fold(now, |last, still| still.until.map(|until| last.max(until)))
}
