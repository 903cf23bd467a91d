//! What is read before a mail leaves, in one moment of the data: the letter as it stands now, its message, the shop's own words, and whatever
//! may stand in its way. Mails that are about to leave at the same time are read together; where that fails, each by itself, so that one
//! that cannot be read keeps no other. Reads only.

use std::collections::HashMap;
use std::sync::Arc;

use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs::Subject;
use crate::kernel::id::{MessageId, ShopId};
use crate::kernel::locale::Language;
use crate::kernel::time::Timestamp;

use super::compose::message_id;
use super::gate;
use super::gather::Gather;
use super::letter::{Draft, Letter, Mail};
use super::mailer::Mailer;
use super::own::{self, Own};
use super::store::{self, Hold, Standing};

/// Mails in one read at most.
const MOST: usize = 16;

/// What stands in the outbox before anything is sent.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) standing: Option<Standing>,
    pub(super) hold: Option<Hold>,
    /// The shop's own words for this mail.
    pub(super) own: Option<Arc<Own>>,
    pub(super) gate: gate::Seen,
}

impl Seen {
    /// A mail that left is never sent again, whatever asks for it: another mail about the same subject has another edition.
    pub(super) fn is_over(&self) -> bool {
        self.standing.as_ref().is_some_and(|row| matches!(row.state.as_str(), "sent" | "captured"))
    }

    pub(super) fn is_held_for(&self, reason: &str) -> bool {
        self.standing.as_ref().is_some_and(|row| row.state == "held" && row.reason.as_deref() == Some(reason))
    }

    pub(super) fn attempts(&self) -> i64 {
        self.standing.as_ref().map_or(0, |row| row.attempts)
    }
}

/// A letter with what was seen beside it.
pub(super) type Look = (Draft, Seen);

/// Who looks.
#[derive(Clone)]
pub(super) struct Eyes {
    pub(super) ctx: Context,
    pub(super) letter: Arc<dyn Letter>,
    pub(super) mailer: Arc<Mailer>,
}

/// Where letters of one kind gather that are about to leave.
#[derive(Default)]
pub(super) struct Looks(Gather<Subject, Option<Look>>);

impl Looks {
    /// Looks at one letter, with its neighbours.
    pub(super) async fn look(&self, eyes: &Eyes, subject: Subject) -> db::Result<Look> {
        let together = self.0.join(subject, MOST, |subjects| async {
            let many = subjects.len();
            match read(eyes, subjects).await {
                Ok(looked) => looked.into_iter().map(Some).collect(),
                Err(_) => (0..many).map(|_| None).collect(),
            }
        });
        if let Some(Some(looked)) = together.await {
            return Ok(looked);
        }
        let gone = || db::Error::Unavailable("the letter was not read".to_owned());
        read(eyes, vec![subject]).await?.pop().ok_or_else(gone)
    }
}

/// One read for these letters, in their order.
async fn read(eyes: &Eyes, subjects: Vec<Subject>) -> db::Result<Vec<Look>> {
    let Eyes { ctx, letter, mailer } = eyes.clone();
    let all = move |conn: &mut Connection| {
        let drafts = letter.drafts(conn, &ctx, &subjects)?;
        let named: Vec<(Option<MessageId>, Draft)> =
            subjects.iter().zip(drafts).map(|(subject, draft)| (message(&*letter, *subject, &draft), draft)).collect();
        let ids: Vec<MessageId> = named.iter().filter_map(|(id, _)| *id).collect();
        let mut standings = store::standings(conn, &ids)?;
        let mut around = Around::new(&*letter, &mailer, ctx.now());
        let look = |(id, draft): (Option<MessageId>, Draft)| {
            let standing = id.and_then(|id| standings.remove(&id));
            let seen = match &draft {
                Draft::Send(mail) | Draft::SendFrom(_, mail) => around.see(conn, mail)?,
                Draft::Drop(_) | Draft::Hold(_) | Draft::Gone => Seen::default(),
            };
            Ok((draft, Seen { standing, ..seen }))
        };
        named.into_iter().map(look).collect()
    };
    eyes.ctx.db().read(all).await
}

/// The message that a draft is about.
fn message(letter: &dyn Letter, subject: Subject, draft: &Draft) -> Option<MessageId> {
    let edition = match draft {
        Draft::Send(mail) | Draft::SendFrom(_, mail) => mail.edition,
        Draft::Drop(stop) | Draft::Hold(stop) => stop.edition,
        Draft::Gone => return None,
    };
    Some(message_id(letter.kind(), subject, edition))
}

/// What many mails share: each is asked for once in a read.
struct Around<'a> {
    letter: &'a dyn Letter,
    mailer: &'a Mailer,
    now: Timestamp,
    holds: HashMap<String, Option<Hold>>,
    own: HashMap<(ShopId, &'static str, Language), Option<Arc<Own>>>,
    gates: HashMap<(ShopId, String), gate::Seen>,
}

impl<'a> Around<'a> {
    fn new(letter: &'a dyn Letter, mailer: &'a Mailer, now: Timestamp) -> Self {
        Self { letter, mailer, now, holds: HashMap::new(), own: HashMap::new(), gates: HashMap::new() }
    }

    fn see(&mut self, conn: &mut Connection, mail: &Mail) -> db::Result<Seen> {
        let hold = match self.mailer.carrier(mail) {
            Ok(carrier) => self.hold(conn, carrier.name())?,
            Err(_) => None,
        };
        let gate = if self.mailer.limits_hold_for(mail) { self.gate(conn, mail)? } else { gate::Seen::default() };
        Ok(Seen { standing: None, hold, own: self.own(conn, mail)?, gate })
    }

    fn hold(&mut self, conn: &mut Connection, transport: String) -> db::Result<Option<Hold>> {
        once(&mut self.holds, transport, |transport| store::hold(conn, transport))
    }

    fn own(&mut self, conn: &mut Connection, mail: &Mail) -> db::Result<Option<Arc<Own>>> {
        let which = (mail.shop_id, mail.context.template(), mail.language);
        once(&mut self.own, which, |(shop, template, language)| {
            let kept = own::current(conn, *shop, template, *language)?;
            Ok(kept.map(|kept| kept.own).filter(|own| !own.is_empty()).map(Arc::new))
        })
    }

    fn gate(&mut self, conn: &mut Connection, mail: &Mail) -> db::Result<gate::Seen> {
        let (awaited, now) = (self.letter.is_awaited(), self.now);
        let which = (mail.shop_id, mail.to.domain().to_owned());
        once(&mut self.gates, which, |(shop, domain)| gate::look(conn, (*shop, domain), awaited, now))
    }
}

/// The value of a key, asked for the first time only.
fn once<K: Eq + std::hash::Hash, V: Clone>(
    known: &mut HashMap<K, V>,
    key: K,
    ask: impl FnOnce(&K) -> db::Result<V>,
) -> db::Result<V> {
    if let Some(value) = known.get(&key) {
        return Ok(value.clone());
    }
    let value = ask(&key)?;
    known.insert(key, value.clone());
    Ok(value)
}

#[cfg(test)]
mod tests;
