//! Every query of the queue. Claiming and finishing are statements per batch, not per job.

use std::collections::HashSet;

use diesel::backend::Backend;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, BigInt, Binary, Bool, HasSqlType, Text};

use super::{Claim, MAX_ATTEMPTS, Outcome, Subject};
use crate::db::schema::jobs;
use crate::db::{self, Connection, Prepared, column, each, prepared};
use crate::kernel::time::Timestamp;

/// Puts a job into the queue inside the caller's transaction, or moves the one that is there: its time becomes `due`,
/// its failures are forgotten, and a worker that holds it loses the claim.
///
/// # Errors
/// The database's.
pub fn enqueue(tx: &mut Connection, kind: &'static str, subject: Subject, due: Timestamp) -> db::Result<()> {
    enqueue_many(tx, kind, &[(subject, due)])
}

/// [`enqueue`] for many, in a bounded number of statements on PostgreSQL. `items` must not name a subject twice.
///
/// # Errors
/// The database's.
pub fn enqueue_many(tx: &mut Connection, kind: &'static str, items: &[(Subject, Timestamp)]) -> db::Result<()> {
    match tx {
        Connection::Pg(conn) => {
            let mut items = items.to_vec();
            items.sort_unstable();
            let (subjects, dues): (Vec<Vec<u8>>, Vec<i64>) =
                items.iter().map(|(subject, due)| (subject.as_bytes().to_vec(), due.millis())).unzip();
            prepared(
                "INSERT INTO jobs (kind, subject, due_at, fence, attempts, parked) \
                 SELECT ?, s, d, 0, 0, 0 FROM UNNEST(?, ?) AS t (s, d) ON CONFLICT (kind, subject) DO UPDATE SET \
                 due_at = excluded.due_at, fence = jobs.fence + 1, attempts = 0, parked = 0, last_error = NULL",
            )
            .bind::<Text, _>(kind)
            .bind::<Array<Binary>, _>(subjects)
            .bind::<Array<BigInt>, _>(dues)
            .execute(conn)?;
        }
        Connection::Sqlite(conn) => {
            for (subject, due) in items {
                // A job that is there is the rarer case, and a plain insert is cheaper than an upsert.
                let moved = prepared(
                    "UPDATE jobs SET due_at = ?, fence = fence + 1, attempts = 0, parked = 0, last_error = NULL \
                     WHERE kind = ? AND subject = ?",
                )
                .bind::<BigInt, _>(due.millis())
                .bind::<Text, _>(kind)
                .bind::<Binary, _>(subject.as_bytes().as_slice());
                if moved.execute(conn)? == 0 {
                    insert(conn, kind, *subject, *due)?;
                }
            }
        }
    }
    Ok(())
}

/// Puts jobs into the queue whose subjects are new, so that none of them can be there already.
///
/// # Errors
/// The database's.
pub fn enqueue_new(tx: &mut Connection, kind: &'static str, items: &[(Subject, Timestamp)]) -> db::Result<()> {
    let Connection::Sqlite(conn) = tx else { return enqueue_many(tx, kind, items) };
    items.iter().try_for_each(|(subject, due)| insert(conn, kind, *subject, *due))
}

fn insert(conn: &mut SqliteConnection, kind: &str, subject: Subject, due: Timestamp) -> db::Result<()> {
    diesel::insert_into(jobs::table)
        .values((
            jobs::kind.eq(kind),
            jobs::subject.eq(subject.as_bytes().as_slice()),
            jobs::due_at.eq(due.millis()),
            jobs::fence.eq(0),
            jobs::attempts.eq(0),
            jobs::parked.eq(0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Holds a job until the end of the transaction, if it is there: on PostgreSQL a worker that is about to record how it ended
/// has done so before this returns, or waits until the caller is done.
///
/// # Errors
/// The database's.
pub fn hold(tx: &mut Connection, kind: &'static str, subject: Subject) -> db::Result<()> {
    if let Connection::Pg(pg) = tx {
        let bytes = subject.as_bytes().to_vec();
        let mine = jobs::table.filter(jobs::kind.eq(kind)).filter(jobs::subject.eq(bytes));
        mine.select(jobs::fence).for_update().first::<i64>(pg).optional()?;
    }
    Ok(())
}

/// [`hold`] for many, in the order of their subjects, in which everybody takes hold of jobs.
///
/// # Errors
/// The database's.
pub fn hold_many(tx: &mut Connection, kind: &'static str, subjects: &[Subject]) -> db::Result<()> {
    if let Connection::Pg(pg) = tx {
        let bytes = column(subjects, |subject| subject.as_bytes().to_vec());
        let theirs = jobs::table.filter(jobs::kind.eq(kind)).filter(jobs::subject.eq_any(bytes)).order(jobs::subject);
        theirs.select(jobs::fence).for_update().load::<i64>(pg)?;
    }
    Ok(())
}

/// Takes a job out of the queue; a worker that holds it loses the claim.
///
/// # Errors
/// The database's.
pub fn cancel(tx: &mut Connection, kind: &'static str, subject: Subject) -> db::Result<()> {
    diesel::delete(row(kind, subject)).execute(tx)?;
    Ok(())
}

/// [`cancel`] for many, in the order of their subjects, in which everybody takes hold of jobs.
///
/// # Errors
/// The database's.
pub fn cancel_many(tx: &mut Connection, kind: &'static str, subjects: &[Subject]) -> db::Result<()> {
    let mut sorted = subjects.to_vec();
    sorted.sort_unstable();
    match tx {
        _ if sorted.is_empty() => {}
        Connection::Pg(conn) => {
            prepared("DELETE FROM jobs USING UNNEST(?, ?) AS t (k, s) WHERE kind = t.k AND subject = t.s")
                .bind::<Array<Text>, _>(column(&sorted, |_| kind))
                .bind::<Array<Binary>, _>(column(&sorted, |subject| subject.as_bytes().to_vec()))
                .execute(conn)?;
        }
        Connection::Sqlite(_) => sorted.iter().try_for_each(|subject| cancel(tx, kind, *subject))?,
    }
    Ok(())
}

/// Makes jobs due that nobody works on and that were put off for this reason to a time until `until`, the next ones first; how many.
///
/// # Errors
/// The database's.
pub fn hasten(
    tx: &mut Connection,
    (kind, why): (&'static str, &str),
    (now, until): (Timestamp, Timestamp),
    limit: i64,
) -> db::Result<usize> {
    let put_off = jobs::table
        .filter(jobs::kind.eq(kind))
        .filter(sql::<Bool>("parked = 0"))
        .filter(jobs::due_at.gt(now.millis()))
        .filter(jobs::due_at.le(until.millis()))
        .filter(jobs::attempts.eq(0))
        .filter(jobs::last_error.eq(why))
        .order(jobs::due_at)
        .limit(limit)
        .select(jobs::subject);
    let subjects: Vec<Vec<u8>> = match tx {
        Connection::Pg(pg) => put_off.for_update().skip_locked().load(pg)?,
        Connection::Sqlite(sqlite) => put_off.load(sqlite)?,
    };
    for subject in &subjects {
        let mine = jobs::table.filter(jobs::kind.eq(kind)).filter(jobs::subject.eq(subject));
        diesel::update(mine).set(jobs::due_at.eq(now.millis())).execute(tx)?;
    }
    Ok(subjects.len())
}

/// When a job is due, if it is in the queue and not parked.
///
/// # Errors
/// The database's.
pub fn due_of(conn: &mut Connection, kind: &'static str, subject: Subject) -> db::Result<Option<Timestamp>> {
    let due = row(kind, subject).filter(jobs::parked.eq(0)).select(jobs::due_at).first::<i64>(conn).optional()?;
    Ok(due.map(Timestamp::from_millis))
}

/// Until when a worker holds a job, or is to have it again after it failed on it.
///
/// # Errors
/// The database's.
pub fn begun_until(conn: &mut Connection, kind: &'static str, subject: Subject) -> db::Result<Option<Timestamp>> {
    let begun = row(kind, subject).filter(jobs::parked.eq(0)).filter(jobs::attempts.gt(0));
    let until = begun.select(jobs::due_at).first::<i64>(conn).optional()?;
    Ok(until.map(Timestamp::from_millis))
}

/// A parked job: its kind, its subject, and why it was parked.
pub type Parked = (String, Vec<u8>, Option<String>);

/// Parked jobs by kind with their reasons, newest subjects last; at most `limit`.
///
/// # Errors
/// The database's.
pub fn parked(conn: &mut Connection, limit: i64) -> db::Result<Vec<Parked>> {
    let rows = jobs::table
        .filter(jobs::parked.eq(1))
        .order((jobs::kind, jobs::subject))
        .limit(limit)
        .select((jobs::kind, jobs::subject, jobs::last_error))
        .load(conn)?;
    Ok(rows)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn row<'a>(kind: &'a str, subject: Subject) -> _ {
    let bytes: Vec<u8> = subject.as_bytes().to_vec();
    jobs::table.filter(jobs::kind.eq(kind)).filter(jobs::subject.eq(bytes))
}

/// How many jobs to claim, and for how long.
#[derive(Clone, Copy)]
pub(super) struct Lease {
    /// Jobs due by then are claimed.
    pub(super) from: Timestamp,
    /// Others may claim them again from then on.
    pub(super) until: Timestamp,
    /// At most this many.
    pub(super) limit: i64,
}

impl Lease {
    fn bound<'a, DB>(&self, claim: Prepared<'a, DB>, kind: &'a str) -> Prepared<'a, DB>
    where
        DB: Backend + HasSqlType<BigInt> + HasSqlType<Text>,
        i64: ToSql<BigInt, DB>,
        &'a str: ToSql<Text, DB>,
    {
        claim
            .bind::<BigInt, _>(self.until.millis())
            .bind::<BigInt, _>(self.until.millis())
            .bind::<Text, _>(kind)
            .bind::<Text, _>(kind)
            .bind::<BigInt, _>(self.from.millis())
            .bind::<BigInt, _>(self.limit)
    }
}

/// Claims due jobs of one kind. A fence is as high as the end of its lease at least, so that a job which was taken out of the queue and put
/// into it again has none that an earlier claim of it could show.
pub(super) fn claim(tx: &mut Connection, kind: &'static str, lease: &Lease) -> db::Result<Vec<Claim>> {
    let rows: Vec<Claimed> = match tx {
        Connection::Pg(conn) => lease
            .bound(
                prepared(
                    "UPDATE jobs SET due_at = ?, fence = GREATEST(fence + 1, ?), attempts = attempts + 1 \
                 WHERE kind = ? AND subject IN (SELECT subject FROM jobs WHERE kind = ? AND parked = 0 AND due_at <= ? \
                 ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED) RETURNING subject, fence, attempts",
                ),
                kind,
            )
            .load(conn)?,
        Connection::Sqlite(conn) => lease
            .bound(
                prepared(
                    "UPDATE jobs SET due_at = ?, fence = max(fence + 1, ?), attempts = attempts + 1 \
                 WHERE kind = ? AND subject IN (SELECT subject FROM jobs WHERE kind = ? AND parked = 0 AND due_at <= ? \
                 ORDER BY due_at LIMIT ?) RETURNING subject, fence, attempts",
                ),
                kind,
            )
            .load(conn)?,
    };
    rows.into_iter().map(|row| row.claim(kind, lease.until)).collect()
}

/// Whether a job of this kind is due.
pub(super) fn any_due(conn: &mut Connection, kind: &'static str, now: Timestamp) -> db::Result<bool> {
    // A literal, which SQLite can compare with what its partial index holds; a bound value it cannot.
    let live = jobs::table.filter(jobs::kind.eq(kind)).filter(sql::<Bool>("parked = 0"));
    let due = live.filter(jobs::due_at.le(now.millis()));
    Ok(diesel::select(diesel::dsl::exists(due)).get_result(conn)?)
}

#[derive(QueryableByName)]
struct Claimed {
    #[diesel(sql_type = Binary)]
    subject: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    fence: i64,
    #[diesel(sql_type = BigInt)]
    attempts: i64,
}

impl Claimed {
    fn claim(self, kind: &'static str, until: Timestamp) -> db::Result<Claim> {
        let bytes = self.subject.try_into().map_err(|_bytes| db::Error::corrupt("jobs.subject"))?;
        Ok(Claim {
            kind,
            subject: Subject::from_bytes(bytes),
            fence: self.fence,
            attempts: self.attempts,
            retry_at: Timestamp::from_millis(0),
            until,
        })
    }
}

/// Records how a claim ended, if it still holds.
pub(super) fn finish(tx: &mut Connection, claim: &Claim, outcome: &Outcome) -> db::Result<()> {
    let held = row(claim.kind, claim.subject).filter(jobs::fence.eq(claim.fence));
    let changed = match outcome {
        Outcome::Done => each!(tx, |c| diesel::delete(held).execute(c)?),
        Outcome::RetryAt(at, why) => diesel::update(held)
            .set((jobs::due_at.eq(at.millis()), jobs::attempts.eq(0), jobs::last_error.eq(Some(why.as_str()))))
            .execute(tx)?,
        Outcome::Retry(why) if claim.attempts < MAX_ATTEMPTS => diesel::update(held)
            .set((jobs::due_at.eq(claim.retry_at.millis()), jobs::last_error.eq(Some(why.as_str()))))
            .execute(tx)?,
        Outcome::Retry(why) | Outcome::Failed(why) => {
            diesel::update(held).set((jobs::parked.eq(1), jobs::last_error.eq(Some(why.as_str())))).execute(tx)?
        }
    };
    if changed == 1 { Ok(()) } else { Err(db::Error::LeaseLost) }
}

/// Takes jobs of one kind out of the queue that are done, and says of each claim whether it still held.
///
/// # Errors
/// The database's.
pub fn finish_done(tx: &mut Connection, kind: &'static str, claims: &[&Claim]) -> db::Result<Vec<bool>> {
    match tx {
        Connection::Pg(conn) => {
            // In one order everywhere, so that nobody who takes hold of several waits for somebody who waits for them.
            let mut sorted = claims.to_vec();
            sorted.sort_unstable_by_key(|claim| claim.subject);
            let gone: Vec<Gone> = prepared(
                // The kind stands beside each subject: asked for once, all jobs of that kind may be read for it.
                "DELETE FROM jobs USING UNNEST(?, ?, ?) AS t (k, s, f) WHERE kind = t.k AND subject = t.s AND fence = t.f \
                 RETURNING subject, fence",
            )
            .bind::<Array<Text>, _>(column(&sorted, |_| kind))
            .bind::<Array<Binary>, _>(column(&sorted, |claim| claim.subject.as_bytes().to_vec()))
            .bind::<Array<BigInt>, _>(column(&sorted, |claim| claim.fence))
            .load(conn)?;
            let gone: HashSet<(Vec<u8>, i64)> = gone.into_iter().map(|row| (row.subject, row.fence)).collect();
            Ok(claims.iter().map(|claim| gone.contains(&(claim.subject.as_bytes().to_vec(), claim.fence))).collect())
        }
        Connection::Sqlite(_) => claims
            .iter()
            .map(|claim| match finish(tx, claim, &Outcome::Done) {
                Ok(()) => Ok(true),
                Err(db::Error::LeaseLost) => Ok(false),
                Err(error) => Err(error),
            })
            .collect(),
    }
}

#[derive(QueryableByName)]
struct Gone {
    #[diesel(sql_type = Binary)]
    subject: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    fence: i64,
}
