//! Jobs of mails, told apart by shop: which stand in the queue, which come next, how many become due in which hour. Nothing is written for a
//! mail before it is tried, so whose it is stands in the table of its subject, which its letter names ([`Owner`]).

use std::collections::BTreeMap;

use diesel::dsl::{AsExprOf, sql};
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool};

use super::super::letter::Owner;
use crate::db::schema::jobs;
use crate::db::{self, Connection};
use crate::jobs::Subject;
use crate::kernel::id::ShopId;
use crate::kernel::time::Timestamp;

/// A job that is not parked: a literal, so that the partial index is seen to fit.
const LIVE: &str = "parked = 0";
/// Nothing about this subject was tried and still is to be: what was stands in the outbox, with its life.
const UNTRIED: &str = "NOT EXISTS (SELECT 1 FROM messages AS m WHERE m.kind = jobs.kind AND m.subject = jobs.subject \
                       AND m.state IN ('queued', 'parked', 'held'))";

/// The job of a mail, as it stands in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mail) struct Queued {
    pub(in crate::mail) subject: Subject,
    pub(in crate::mail) due: Timestamp,
    /// A worker has it, or failed on it.
    pub(in crate::mail) begun: bool,
    /// Given up, for somebody to look.
    pub(in crate::mail) parked: bool,
    /// Why it was sent away last, in words.
    pub(in crate::mail) why: Option<String>,
}

type Row = (Vec<u8>, i64, i64, i64, Option<String>);

impl Queued {
    fn of((subject, due, attempts, parked, why): Row) -> db::Result<Self> {
        let due = Timestamp::from_millis(due);
        Ok(Self { subject: super::subject(&subject)?, due, begun: attempts > 0, parked: parked == 1, why })
    }
}

/// Jobs of one kind, of one shop or of all.
#[derive(Clone, Copy, Debug)]
pub(in crate::mail) struct Kind {
    pub(in crate::mail) kind: &'static str,
    pub(in crate::mail) of: Option<(Owner, ShopId)>,
}

const COLUMNS: (jobs::subject, jobs::due_at, jobs::attempts, jobs::parked, jobs::last_error) =
    (jobs::subject, jobs::due_at, jobs::attempts, jobs::parked, jobs::last_error);

/// A shop's jobs of one kind of which nothing was tried, the newest subject first, before one of them; `with`: that one too.
pub(in crate::mail) fn untried(
    conn: &mut Connection,
    which: Kind,
    before: Option<(Subject, bool)>,
    limit: i64,
) -> db::Result<Vec<Queued>> {
    let mut query = jobs::table.filter(jobs::kind.eq(which.kind)).filter(sql::<Bool>(UNTRIED)).into_boxed();
    if let Some((owner, shop)) = which.of {
        query = query.filter(of_shop(owner, shop));
    }
    if let Some((subject, with)) = before {
        let bytes = subject.as_bytes().to_vec();
        query = if with { query.filter(jobs::subject.le(bytes)) } else { query.filter(jobs::subject.lt(bytes)) };
    }
    let rows: Vec<Row> = query.order(jobs::subject.desc()).limit(limit).select(COLUMNS).load(conn)?;
    rows.into_iter().map(Queued::of).collect()
}

/// Which come next of one kind.
pub(in crate::mail) fn next(conn: &mut Connection, which: Kind, limit: i64) -> db::Result<Vec<Queued>> {
    let mut query = jobs::table.filter(jobs::kind.eq(which.kind)).filter(sql::<Bool>(LIVE)).into_boxed();
    if let Some((owner, shop)) = which.of {
        query = query.filter(of_shop(owner, shop));
    }
    let rows: Vec<Row> = query.order((jobs::due_at, jobs::subject)).limit(limit).select(COLUMNS).load(conn)?;
    rows.into_iter().map(Queued::of).collect()
}

/// The jobs of these subjects.
pub(in crate::mail) fn about(conn: &mut Connection, kind: &str, subjects: &[Subject]) -> db::Result<Vec<Queued>> {
    let keys: Vec<Vec<u8>> = subjects.iter().map(|subject| subject.as_bytes().to_vec()).collect();
    let rows: Vec<Row> = jobs::table
        .filter(jobs::kind.eq(kind))
        .filter(jobs::subject.eq_any(keys))
        .order(jobs::subject)
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(Queued::of).collect()
}

/// What of a shop's mail stands in the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::mail) struct Standing {
    /// How many become due in which hour since 1970.
    pub(in crate::mail) hours: BTreeMap<i64, i64>,
    /// Those whose time has come: they wait for their turn.
    pub(in crate::mail) due: i64,
    /// Those whose time has not come.
    pub(in crate::mail) later: i64,
}

impl Standing {
    /// Adds what of one kind stands there.
    pub(in crate::mail) fn add(
        &mut self,
        conn: &mut Connection,
        (kind, owner, shop): (&str, Owner, ShopId),
        now: Timestamp,
    ) -> db::Result<()> {
        let hour = || sql::<BigInt>("due_at / 3600000");
        let come = format!("CAST(CASE WHEN due_at <= {} OR {SENT_AWAY} THEN 1 ELSE 0 END AS BIGINT)", now.millis());
        let come = || sql::<BigInt>(&come);
        let rows: Vec<(i64, i64, i64)> = jobs::table
            .filter(jobs::kind.eq(kind))
            .filter(sql::<Bool>(LIVE))
            .filter(of_shop(owner, shop))
            .group_by((hour(), come()))
            .select((hour(), come(), sql::<BigInt>("count(*)")))
            .load(conn)?;
        for (hour, come, count) in rows {
            *self.hours.entry(hour).or_default() += count;
            if come == 1 { self.due += count } else { self.later += count }
        }
        Ok(())
    }
}

/// Its time had come once: it waits for a turn, or a worker has it.
const SENT_AWAY: &str = "attempts > 0 OR last_error IS NOT NULL";

type OfShop = SqlLiteral<Bool, UncheckedBind<SqlLiteral<Bool>, AsExprOf<Vec<u8>, Binary>>>;

/// Jobs whose subject is a shop's.
fn of_shop(owner: Owner, shop: ShopId) -> OfShop {
    let Owner { table, subject, shop: column } = owner;
    let whose = format!("EXISTS (SELECT 1 FROM {table} AS o WHERE o.{subject} = jobs.subject AND o.{column} = ");
    sql::<Bool>(&whose).bind::<Binary, Vec<u8>>(shop.as_bytes().to_vec()).sql(")")
}
