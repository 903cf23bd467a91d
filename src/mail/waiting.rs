//! Mails before their first attempt, one by one: which they are, when they are tried, what they wait for. Reads only.
//!
//! Nothing is written for a mail that is planned: it is a job, and what it will say is read when it leaves. So what waits is told by the same
//! code that sends: the jobs of a shop are drafted again, and each draft names the message that it will be, under the id that it keeps
//! once it is tried. What was tried and will be again stands in the outbox, with its attempts.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::db::{self, Connection};
use crate::jobs::Subject;
use crate::kernel::id::{MessageId, OrderId, ShopId};
use crate::kernel::time::Timestamp;

use super::compose::message_id;
use super::letter::{Draft, Letter, Owner};
use super::letters::Letters;
use super::store::queue::LIMIT;
use super::store::waiting::{self as store, Kind, Queued, Standing};
use super::store::{self as outbox, Listed};

/// Its time has not come.
pub const SCHEDULED: &str = "scheduled";
/// Its time has come; it waits for its turn.
pub const QUEUED: &str = "queued";
/// The service failed on it; somebody has to look.
pub const PARKED: &str = "parked";

/// A mail that stands in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The message it will be, or is already.
    pub id: MessageId,
    /// Whose.
    pub shop: ShopId,
    /// What kind of mail.
    pub kind: &'static str,
    /// What it is about.
    pub subject: Subject,
    /// The order whose customer it is written to.
    pub order: Option<OrderId>,
    /// To whom, masked; none where it would not be sent as things stand.
    pub to: Option<String>,
    /// [`SCHEDULED`], [`QUEUED`] or [`PARKED`].
    pub state: &'static str,
    /// Why it would not be sent as things stand: a code.
    pub reason: Option<&'static str>,
    /// What it waits for, in words.
    pub waits_for: Option<String>,
    /// When it is tried.
    pub due: Timestamp,
}

/// Where a page of what waits ended. Subjects never move, whatever becomes of their jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place([u8; 16], String);

impl Waiting {
    /// Its place in the list.
    pub fn place(&self) -> Place {
        Place(*self.subject.as_bytes(), self.kind.to_owned())
    }
}

/// Who looks: at the mails of these letters, as they stand now.
#[derive(Clone)]
pub struct Watch {
    /// What drafts are made with.
    pub ctx: Context,
    /// Every kind of mail.
    pub letters: Letters,
}

/// A job of a kind.
type Job<'a> = (&'a dyn Letter, Queued);

impl Watch {
    /// A shop's mails of which nothing was tried, those about the newest subjects first, after the place where the last page ended.
    ///
    /// # Errors
    /// The database's.
    pub fn untried(
        &self,
        conn: &mut Connection,
        shop: ShopId,
        after: Option<Place>,
        limit: i64,
    ) -> db::Result<Vec<Waiting>> {
        let (mut found, mut after) = (Vec::new(), after);
        let enough = usize::try_from(limit).unwrap_or(usize::MAX);
        loop {
            let jobs = self.page(conn, shop, after.as_ref(), limit)?;
            let last = jobs.last().map(|(letter, job)| Place(*job.subject.as_bytes(), letter.kind().to_owned()));
            let more = jobs.len() >= enough;
            found.extend(self.drafted(conn, jobs, false)?);
            if found.len() >= enough || !more {
                found.truncate(enough);
                return Ok(found);
            }
            // Some will never be mails, or are told in the outbox.
            after = last;
        }
    }

    /// The next jobs of a shop, of every kind.
    fn page(&self, conn: &mut Connection, shop: ShopId, after: Option<&Place>, limit: i64) -> db::Result<Vec<Job<'_>>> {
        let mut jobs: Vec<Job<'_>> = Vec::new();
        for (letter, owner) in self.owned() {
            let which = Kind { kind: letter.kind(), of: Some((owner, shop)) };
            // Of jobs about one subject the kinds stand in the order of their names.
            let before = after.map(|Place(bytes, kind)| (Subject::from_bytes(*bytes), letter.kind() > kind.as_str()));
            jobs.extend(store::untried(conn, which, before, limit)?.into_iter().map(|job| (letter, job)));
        }
        jobs.sort_by(|(a, x), (b, y)| y.subject.cmp(&x.subject).then_with(|| a.kind().cmp(b.kind())));
        jobs.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(jobs)
    }

    /// What leaves next, of one shop or of all, tried before or not.
    ///
    /// # Errors
    /// The database's.
    pub fn next(&self, conn: &mut Connection, shop: Option<ShopId>, limit: i64) -> db::Result<Vec<Waiting>> {
        let mut jobs: Vec<Job<'_>> = Vec::new();
        for (letter, owner) in self.owned() {
            let which = Kind { kind: letter.kind(), of: shop.map(|shop| (owner, shop)) };
            jobs.extend(store::next(conn, which, limit)?.into_iter().map(|job| (letter, job)));
        }
        jobs.sort_by_key(|(_, job)| (job.due, job.subject));
        jobs.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        self.drafted(conn, jobs, true)
    }

    /// How much of a shop's mail stands in the queue.
    pub(super) fn standing(&self, conn: &mut Connection, shop: ShopId) -> db::Result<Standing> {
        let mut all = Standing::default();
        for (letter, owner) in self.owned() {
            all.add(conn, (letter.kind(), owner, shop), self.ctx.now())?;
        }
        Ok(all)
    }

    /// Mails about these subjects, of any kind, of which nothing was tried.
    ///
    /// # Errors
    /// The database's.
    pub fn about(&self, conn: &mut Connection, subjects: &[Subject]) -> db::Result<Vec<Waiting>> {
        let mut jobs: Vec<Job<'_>> = Vec::new();
        for letter in self.letters.all() {
            jobs.extend(store::about(conn, letter.kind(), subjects)?.into_iter().map(|job| (letter, job)));
        }
        self.drafted(conn, jobs, false)
    }

    /// What the queue says of mails that are tried again: when, and what they wait for. The outbox knows when they were last looked at.
    ///
    /// # Errors
    /// The database's.
    pub fn tried_again(
        &self,
        conn: &mut Connection,
        listed: &[Listed],
    ) -> db::Result<HashMap<MessageId, (Timestamp, Option<String>)>> {
        let open = |one: &&Listed| matches!(one.message.state.as_str(), "queued" | "parked");
        let mut told = HashMap::new();
        for letter in self.letters.all() {
            let mine: Vec<&Listed> = listed.iter().filter(|one| one.kind == letter.kind()).filter(open).collect();
            if mine.is_empty() {
                continue;
            }
            let subjects: Vec<Subject> = mine.iter().map(|one| one.subject).collect();
            let jobs = store::about(conn, letter.kind(), &subjects)?;
            for job in jobs.into_iter().filter(|job| !job.parked && !job.begun) {
                let again = (job.due, waits_for(&job));
                let these = mine.iter().filter(|one| one.subject == job.subject);
                told.extend(these.map(|one| (one.message.id, again.clone())));
            }
        }
        Ok(told)
    }

    fn owned(&self) -> impl Iterator<Item = (&dyn Letter, Owner)> {
        self.letters.all().filter_map(|letter| Some((letter, letter.owner()?)))
    }

    /// The mails behind these jobs, in their order. `tried`: also those that stand in the outbox already.
    fn drafted(&self, conn: &mut Connection, jobs: Vec<Job<'_>>, tried: bool) -> db::Result<Vec<Waiting>> {
        let mut drafts: HashMap<(&'static str, Subject), Draft> = HashMap::new();
        for letter in self.letters.all() {
            let mine = jobs.iter().filter(|(of, _)| of.kind() == letter.kind());
            let subjects: Vec<Subject> = mine.map(|(_, job)| job.subject).collect();
            let read = self.read(conn, letter, &subjects)?;
            drafts.extend(subjects.into_iter().map(|subject| (letter.kind(), subject)).zip(read));
        }
        let mut all = Vec::with_capacity(jobs.len());
        for (letter, job) in jobs {
            let draft = drafts.remove(&(letter.kind(), job.subject)).unwrap_or(Draft::Gone);
            all.extend(self.waiting(conn, (letter, job), draft)?);
        }
        if !tried {
            let ids: Vec<MessageId> = all.iter().map(|one| one.id).collect();
            let known: HashSet<MessageId> = outbox::standings(conn, &ids)?.into_keys().collect();
            all.retain(|one| !known.contains(&one.id));
        }
        Ok(all)
    }

    /// Drafts in the order of their subjects. One that cannot be read keeps no other.
    fn read(&self, conn: &mut Connection, letter: &dyn Letter, subjects: &[Subject]) -> db::Result<Vec<Draft>> {
        if subjects.is_empty() {
            return Ok(Vec::new());
        }
        match letter.drafts(conn, &self.ctx, subjects) {
            Err(db::Error::Corrupt(_)) => subjects
                .iter()
                .map(|subject| match letter.draft(conn, &self.ctx, *subject) {
                    Err(db::Error::Corrupt(_)) => Ok(Draft::Gone),
                    read => read,
                })
                .collect(),
            read => read,
        }
    }

    fn waiting(&self, conn: &mut Connection, (letter, job): Job<'_>, draft: Draft) -> db::Result<Option<Waiting>> {
        let (shop, edition, to, reason) = match draft {
            Draft::Send(mail) | Draft::SendFrom(_, mail) => {
                (mail.shop_id, mail.edition, Some(mail.to.to_string()), None)
            }
            Draft::Drop(stop) | Draft::Hold(stop) => (stop.shop_id, stop.edition, None, Some(stop.reason)),
            Draft::Gone => return Ok(None),
        };
        let (state, waits_for) = state(&job, self.ctx.now());
        Ok(Some(Waiting {
            id: message_id(letter.kind(), job.subject, edition),
            shop,
            kind: letter.kind(),
            subject: job.subject,
            order: letter.order(conn, job.subject)?,
            to,
            state,
            reason,
            waits_for,
            due: job.due,
        }))
    }
}

/// Where a job stands, and what it waits for. What a worker failed on is not for everybody's eyes.
fn state(job: &Queued, now: Timestamp) -> (&'static str, Option<String>) {
    match &job.why {
        _ if job.parked => (PARKED, None),
        _ if job.begun => (QUEUED, None),
        None if job.due > now => (SCHEDULED, None),
        _ => (QUEUED, waits_for(job)),
    }
}

/// In words; the reason code of an attempt stands with its message.
fn waits_for(job: &Queued) -> Option<String> {
    let why = job.why.as_deref().filter(|why| why.contains(' '))?;
    Some(why.strip_prefix(LIMIT).unwrap_or(why).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_says_where_its_mail_stands_and_what_is_in_its_way() {
        let now = Timestamp::from_millis(1_000);
        let job = |due: i64, begun: bool, why: Option<&str>| {
            let due = Timestamp::from_millis(due);
            Queued { subject: Subject::from_bytes([1; 16]), due, begun, parked: false, why: why.map(str::to_owned) }
        };
        let said = |job: Queued| {
            let (state, waits_for) = state(&job, now);
            (state, waits_for.unwrap_or_default())
        };
        assert_eq!(said(job(1_001, false, None)), (SCHEDULED, String::new()));
        assert_eq!(said(job(1_000, false, None)), (QUEUED, String::new()));
        assert_eq!(said(job(9_000, true, None)), (QUEUED, String::new()), "a worker has it until then");
        assert_eq!(said(job(9_000, false, Some("limit: 5 per hour"))), (QUEUED, "5 per hour".to_owned()), "its turn");
        let quiet = "quiet hours where the recipient lives";
        assert_eq!(said(job(9_000, false, Some(quiet))), (QUEUED, quiet.to_owned()));
        assert_eq!(said(job(9_000, false, Some("temporary_refusal"))), (QUEUED, String::new()), "the message says why");
        assert_eq!(said(job(9_000, true, Some("the database is locked"))), (QUEUED, String::new()), "ours to know");
        assert_eq!(said(Queued { parked: true, ..job(1, true, Some("it broke")) }), (PARKED, String::new()));
    }
}
