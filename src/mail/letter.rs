//! What a room brings: a [`Letter`] says at send time whom to write what, and stores in its own rows how it ended.
//! A room never sends, never composes and never sees a transport; this ground never reads a room's tables.

use crate::context::Context;
use crate::db;
use crate::jobs::Subject;
use crate::kernel::email::EmailAddress;
use crate::kernel::id::{MessageId, OrderId, ShopId};
use crate::kernel::locale::Language;
use crate::kernel::time::Timestamp;
use crate::kernel::zone::Zone;

use super::context::MailContext;
use super::identity::Identity;
use super::returned::Back;

/// One kind of mail.
pub trait Letter: Send + Sync {
    /// The kind of its jobs and of its messages.
    fn kind(&self) -> &'static str;

    /// Whether somebody waits for it: then neither quiet hours nor the brake of a shop hold it.
    fn is_awaited(&self) -> bool {
        false
    }

    /// Where the subjects of this kind stand, so that a shop's jobs are told from those of others. `None`: no shop sees its mails of this
    /// kind before they are tried.
    fn owner(&self) -> Option<Owner> {
        None
    }

    /// Reads everything again at send time and says what to send, if anything still is. Reads only.
    ///
    /// # Errors
    /// The database's: the job is tried again later.
    fn draft(&self, conn: &mut db::Connection, ctx: &Context, subject: Subject) -> db::Result<Draft>;

    /// [`Letter::draft`] for many, in the order of their subjects, of which none stands twice. A room that sends many reads them in a
    /// bounded number of statements.
    ///
    /// # Errors
    /// The database's: each is read by itself then.
    fn drafts(&self, conn: &mut db::Connection, ctx: &Context, subjects: &[Subject]) -> db::Result<Vec<Draft>> {
        subjects.iter().map(|subject| self.draft(conn, ctx, *subject)).collect()
    }

    /// Stores in the room's rows what became of it, in the same write as the message's own row and the end of the job.
    /// Called for every change of the message's state, also for [`Draft::Drop`] and [`Draft::Hold`].
    ///
    /// # Errors
    /// The database's: nothing of the write is stored.
    fn settle(&self, tx: &mut db::Connection, ctx: &Context, subject: Subject, what: &Settled) -> db::Result<()>;

    /// [`Letter::settle`] for many mails that left, sorted by subject, in one write. A room that sends many does it in a bounded number of
    /// statements.
    ///
    /// # Errors
    /// The database's: nothing of the write is stored.
    fn settle_left(&self, tx: &mut db::Connection, ctx: &Context, left: &[(Subject, Settled)]) -> db::Result<()> {
        left.iter().try_for_each(|(subject, what)| self.settle(tx, ctx, *subject, what))
    }

    /// The order whose customer it is written to: a bounce or a complaint is about that person. `None` where it is written to somebody
    /// else, or the subject is gone.
    ///
    /// # Errors
    /// The database's.
    fn order(&self, _conn: &mut db::Connection, _subject: Subject) -> db::Result<Option<OrderId>> {
        Ok(None)
    }

    /// A mail of this kind that had left came back, perhaps days later: stores what that means in the room's rows, in the same write.
    /// The person is left alone by whoever calls this. Says whether the mail shall go out once more at [`Back::again`].
    ///
    /// # Errors
    /// The database's: nothing of the write is stored.
    fn returned(&self, _tx: &mut db::Connection, _ctx: &Context, _subject: Subject, _what: &Back) -> db::Result<bool> {
        Ok(false)
    }
}

/// The table in which the subjects of a kind stand, by name: the queue knows no shops, and this ground reads nothing else there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The table.
    pub(super) table: &'static str,
    /// Its column with the subject.
    pub(super) subject: &'static str,
    /// Its column with the shop.
    pub(super) shop: &'static str,
}

impl Owner {
    /// A table with `id` and `shop_id`.
    pub const fn of(table: &'static str) -> Self {
        Self { table, subject: "id", shop: "shop_id" }
    }

    /// A table whose rows are the shops themselves.
    pub const fn shops(table: &'static str) -> Self {
        Self { table, subject: "id", shop: "id" }
    }
}

/// What a letter wants.
#[derive(Clone, Debug)]
pub enum Draft {
    /// Send this.
    Send(Box<Mail>),
    /// Send this, not before then: where it comes too early, it comes again at that time.
    SendFrom(Timestamp, Box<Mail>),
    /// There is nothing to send any more, and why.
    Drop(Stop),
    /// Not now, and why; whoever ends the reason calls [`super::release`].
    Hold(Stop),
    /// The subject is gone: the job ends without a trace.
    Gone,
}

/// Why a letter is not sent.
#[derive(Clone, Debug)]
pub struct Stop {
    /// Whose message it is.
    pub shop_id: ShopId,
    /// As in [`Mail::edition`].
    pub edition: i64,
    /// The room's reason code.
    pub reason: &'static str,
}

/// One mail to one person.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Whose message it is.
    pub shop_id: ShopId,
    /// 0 for a subject that is written about once. Where the same subject may be written about again (a new version of a reply, another
    /// fresh link, another address after the first one bounced), a number that differs each time: the same subject and edition are never
    /// sent twice, and share one Message-ID.
    pub edition: i64,
    /// To whom.
    pub to: EmailAddress,
    /// How the shop wishes to appear as sender.
    pub identity: Identity,
    /// Where answers go: the shop's contact, if it has one.
    pub reply_to: Option<EmailAddress>,
    /// In which language.
    pub language: Language,
    /// The recipient's clock, as far as it is known.
    pub zone: Zone,
    /// The hours on that clock in which the shop writes, from and to; `None`: at any hour. Not asked where somebody waits for the mail.
    pub hours: Option<(u8, u8)>,
    /// What it says. Its frame names sender and recipient; a test order's mail is only ever captured.
    pub context: MailContext,
}

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The message.
    pub message: MessageId,
    /// As in [`Mail::edition`].
    pub edition: i64,
    /// When.
    pub at: Timestamp,
    /// How.
    pub fate: Fate,
}

/// Where a message stands after an attempt, or after there was none. Reasons are codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The mail server said 250.
    Sent,
    /// Kept in the mailbox of this instance; nothing left it.
    Captured,
    /// Tried again at this time.
    Waiting(&'static str, Timestamp),
    /// Refused as such; tried again at this time, rarely.
    Parked(&'static str, Timestamp),
    /// Not tried before a condition ends; at this time, where it is known.
    Held(&'static str, Option<Timestamp>),
    /// The mailbox does not exist: the person gets no more mail.
    Bounced(&'static str),
    /// Given up.
    Failed(&'static str),
    /// The letter itself withdrew.
    Dropped(&'static str),
}

impl Fate {
    /// The state of the message's row.
    pub fn state(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Captured => "captured",
            Self::Waiting(..) => "queued",
            Self::Parked(..) => "parked",
            Self::Held(..) => "held",
            Self::Bounced(_) | Self::Failed(_) => "failed",
            Self::Dropped(_) => "cancelled",
        }
    }

    /// The reason code, where there is one.
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Sent | Self::Captured => None,
            Self::Waiting(reason, _)
            | Self::Parked(reason, _)
            | Self::Held(reason, _)
            | Self::Bounced(reason)
            | Self::Failed(reason)
            | Self::Dropped(reason) => Some(reason),
        }
    }

    /// When it is tried again, where that is known.
    pub fn next_at(self) -> Option<Timestamp> {
        match self {
            Self::Waiting(_, at) | Self::Parked(_, at) => Some(at),
            Self::Held(_, at) => at,
            Self::Sent | Self::Captured | Self::Bounced(_) | Self::Failed(_) | Self::Dropped(_) => None,
        }
    }
}
