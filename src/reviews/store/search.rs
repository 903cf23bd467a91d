//! What reviews are found by. SQLite keeps the terms in a table of FTS5 whose row ids are the spots; PostgreSQL beside the
//! spot, as a tsvector under a GIN index. Neither cuts nor folds: it stores and compares the terms it is given.

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Text};
use diesel::{PgConnection, SqliteConnection};

use crate::db::schema::{search_spots as spots, search_todo as todo};
use crate::db::{self, Connection};
use crate::kernel::id::{ReviewId, ShopId};

/// Spots of one millisecond.
const MILLISECOND: i64 = 1 << 21;
/// How often a spot that others took meanwhile is looked for anew.
const TRIES: usize = 8;
/// Rows that PostgreSQL reads from the near end of a lane before it asks the index of terms, and then at most from that.
const NEAR: i64 = 400;
const FAR: i64 = 20_000;

/// A review to be made findable.
#[derive(Clone, Copy, Debug)]
pub(in crate::reviews) struct Findable<'a> {
    /// Where it stands in the order of time, if nobody stands there yet.
    pub(in crate::reviews) spot: i64,
    /// What its list is of.
    pub(in crate::reviews) lane: i64,
    /// The shop of the review.
    pub(in crate::reviews) shop: ShopId,
    /// The review.
    pub(in crate::reviews) review: ReviewId,
    /// Each with the mark of its lane.
    pub(in crate::reviews) terms: &'a [String],
}

/// A question to the index.
#[derive(Clone, Copy, Debug)]
pub(in crate::reviews) struct Ask<'a> {
    /// Which lane.
    pub(in crate::reviews) lane: i64,
    /// All of these terms.
    pub(in crate::reviews) whole: &'a [String],
    /// And one that begins like this.
    pub(in crate::reviews) beginning: Option<&'a str>,
    /// From this spot on.
    pub(in crate::reviews) from: i64,
    /// Up to before this one.
    pub(in crate::reviews) to: i64,
    /// Oldest first instead of newest first.
    pub(in crate::reviews) oldest_first: bool,
    /// How many at most.
    pub(in crate::reviews) take: i64,
}

/// A review that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub(in crate::reviews) struct Hit {
    /// Where it stands in the order of time.
    #[diesel(sql_type = BigInt)]
    pub(in crate::reviews) spot: i64,
    /// Which review.
    #[diesel(sql_type = Binary)]
    pub(in crate::reviews) review: ReviewId,
}

/// Takes a review out of the index.
pub(in crate::reviews) fn unfind(tx: &mut Connection, shop: ShopId, review: ReviewId) -> db::Result<()> {
    let here = spots::shop_id.eq(shop).and(spots::review_id.eq(review));
    if let Connection::Sqlite(conn) = tx {
        let known: Option<i64> = spots::table.filter(here).select(spots::spot).first(conn).optional()?;
        if let Some(spot) = known {
            diesel::sql_query("DELETE FROM search_words WHERE rowid = ?").bind::<BigInt, _>(spot).execute(conn)?;
        }
    }
    diesel::delete(spots::table.filter(here)).execute(tx)?;
    Ok(())
}

/// Puts a review into the index, which must not have it.
pub(in crate::reviews) fn make_findable(tx: &mut Connection, mut new: Findable<'_>) -> db::Result<()> {
    for _ in 0..TRIES {
        let n = match tx {
            Connection::Pg(conn) => insert_postgres(conn, &new)?,
            Connection::Sqlite(conn) => insert_sqlite(conn, &new)?,
        };
        if n == 1 {
            return Ok(());
        }
        // Taken: the next after all of this millisecond.
        let start = new.spot - new.spot % MILLISECOND;
        let here = spots::table.filter(spots::spot.ge(start)).filter(spots::spot.lt(start + MILLISECOND));
        let last: Option<i64> = here.select(max(spots::spot)).first(tx)?;
        new.spot = last.unwrap_or(new.spot) + 1;
    }
    Err(db::Error::Unavailable("many reviews were written in the same instant".to_owned()))
}

fn insert_postgres(conn: &mut PgConnection, new: &Findable<'_>) -> QueryResult<usize> {
    diesel::sql_query(
        "INSERT INTO search_spots (spot, lane, shop_id, review_id, terms) VALUES ($1, $2, $3, $4, array_to_tsvector($5)) \
         ON CONFLICT (spot) DO NOTHING",
    )
    .bind::<BigInt, _>(new.spot)
    .bind::<BigInt, _>(new.lane)
    .bind::<Binary, _>(new.shop)
    .bind::<Binary, _>(new.review)
    .bind::<Array<Text>, _>(new.terms)
    .execute(conn)
}

fn insert_sqlite(conn: &mut SqliteConnection, new: &Findable<'_>) -> QueryResult<usize> {
    let row = (
        spots::spot.eq(new.spot),
        spots::lane.eq(new.lane),
        spots::shop_id.eq(new.shop),
        spots::review_id.eq(new.review),
    );
    let n = diesel::insert_into(spots::table).values(row).on_conflict(spots::spot).do_nothing().execute(conn)?;
    if n == 1 {
        diesel::sql_query("INSERT INTO search_words (rowid, terms) VALUES (?, ?)")
            .bind::<BigInt, _>(new.spot)
            .bind::<Text, _>(new.terms.join(" "))
            .execute(conn)?;
    }
    Ok(n)
}

/// What matches, in the order of time.
pub(in crate::reviews) fn hits(conn: &mut Connection, ask: &Ask<'_>) -> db::Result<Vec<Hit>> {
    match conn {
        Connection::Pg(conn) => hits_postgres(conn, ask),
        Connection::Sqlite(conn) => Ok(hits_sqlite(conn, ask)?),
    }
}

/// Terms are letters and digits (and the sign of a facet): nothing in them ends a quotation in either language.
fn question(ask: &Ask<'_>, quote: char, and: &str, open: &str) -> String {
    let whole = ask.whole.iter().map(|term| format!("{quote}{term}{quote}"));
    let beginning = ask.beginning.map(|term| format!("{quote}{term}{quote}{open}"));
    whole.chain(beginning).collect::<Vec<_>>().join(and)
}

/// FTS5 walks the lists of the terms side by side, from either end, and stops when the page is full.
fn hits_sqlite(conn: &mut SqliteConnection, ask: &Ask<'_>) -> QueryResult<Vec<Hit>> {
    let order = if ask.oldest_first { "ASC" } else { "DESC" };
    diesel::sql_query(format!(
        "SELECT s.spot, s.review_id AS review FROM search_words CROSS JOIN search_spots s ON s.spot = search_words.rowid \
         WHERE search_words MATCH ? AND search_words.rowid >= ? AND search_words.rowid < ? AND s.lane = ? \
         ORDER BY search_words.rowid {order} LIMIT ?"
    ))
    .bind::<Text, _>(question(ask, '"', " AND ", " *"))
    .bind::<BigInt, _>(ask.from)
    .bind::<BigInt, _>(ask.to)
    .bind::<BigInt, _>(ask.lane)
    .bind::<BigInt, _>(ask.take)
    .load(conn)
}

/// GIN gives its hits in no order, so that a frequent term would have to be sorted as a whole: the near end of the lane is
/// read first. What is not found there is rare enough for the index; where it is not, more of the lane is read.
fn hits_postgres(conn: &mut PgConnection, ask: &Ask<'_>) -> db::Result<Vec<Hit>> {
    let question = question(ask, '\'', " & ", ":*");
    let (mut found, mut rest) = near(conn, ask, &question, NEAR)?;
    if let Some(left) = rest.take() {
        match far(conn, &left, &question)? {
            Some(hits) => found.extend(hits),
            None => rest = Some(left),
        }
    }
    let mut width = NEAR;
    while let Some(left) = rest {
        width = (width * 8).min(FAR * 8);
        let (more, next) = near(conn, &left, &question, width)?;
        found.extend(more);
        rest = next;
    }
    Ok(found)
}

/// A row of a lane and whether it matches.
#[derive(QueryableByName)]
struct Seen {
    #[diesel(embed)]
    hit: Hit,
    #[diesel(sql_type = Bool)]
    matches: bool,
}

/// The hits among the next `width` rows of the lane, and what is still to be asked where they do not fill the page.
fn near<'a>(
    conn: &mut PgConnection,
    ask: &Ask<'a>,
    question: &str,
    width: i64,
) -> QueryResult<(Vec<Hit>, Option<Ask<'a>>)> {
    let order = if ask.oldest_first { "ASC" } else { "DESC" };
    let seen: Vec<Seen> = diesel::sql_query(format!(
        "SELECT spot, review_id AS review, terms @@ $1::tsquery AS matches FROM search_spots \
         WHERE lane = $2 AND spot >= $3 AND spot < $4 ORDER BY spot {order} LIMIT $5"
    ))
    .bind::<Text, _>(question)
    .bind::<BigInt, _>(ask.lane)
    .bind::<BigInt, _>(ask.from)
    .bind::<BigInt, _>(ask.to)
    .bind::<BigInt, _>(width)
    .load(conn)?;
    let whole = i64::try_from(seen.len()).unwrap_or(i64::MAX) < width;
    let end = seen.last().map(|last| last.hit.spot);
    let take = usize::try_from(ask.take).unwrap_or(usize::MAX);
    let found: Vec<Hit> = seen.into_iter().filter(|seen| seen.matches).map(|seen| seen.hit).take(take).collect();
    let missing = ask.take - i64::try_from(found.len()).unwrap_or(i64::MAX);
    let left = end.filter(|_| !whole && missing > 0).map(|end| {
        let next = Ask { take: missing, ..*ask };
        if ask.oldest_first { Ask { from: end + 1, ..next } } else { Ask { to: end, ..next } }
    });
    Ok((found, left))
}

/// The hits that the index of terms knows; none where there are too many to be sorted.
fn far(conn: &mut PgConnection, ask: &Ask<'_>, question: &str) -> QueryResult<Option<Vec<Hit>>> {
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = BigInt)]
        n: i64,
        #[diesel(embed)]
        hit: Option<Hit>,
    }
    // The planner, who knows nothing of marks, might rather read the table from its start.
    diesel::sql_query("SET LOCAL enable_seqscan = off").execute(conn)?;
    let order = if ask.oldest_first { "ASC" } else { "DESC" };
    let found: Vec<Counted> = diesel::sql_query(format!(
        "WITH hits AS MATERIALIZED (SELECT spot, lane, review_id FROM search_spots WHERE terms @@ $1::tsquery LIMIT $2), \
         page AS (SELECT spot, review_id FROM hits WHERE lane = $3 AND spot >= $4 AND spot < $5 ORDER BY spot {order} LIMIT $6) \
         SELECT n, spot, review_id AS review FROM (SELECT count(*) AS n FROM hits) AS all_hits LEFT JOIN page ON TRUE \
         ORDER BY spot {order}"
    ))
    .bind::<Text, _>(question)
    .bind::<BigInt, _>(FAR)
    .bind::<BigInt, _>(ask.lane)
    .bind::<BigInt, _>(ask.from)
    .bind::<BigInt, _>(ask.to)
    .bind::<BigInt, _>(ask.take)
    .load(conn)?;
    diesel::sql_query("SET LOCAL enable_seqscan = on").execute(conn)?;
    let all = found.iter().all(|row| row.n < FAR);
    Ok(all.then(|| found.into_iter().filter_map(|row| row.hit).collect()))
}

/// Whether a review waits to be made findable.
pub(in crate::reviews) fn any_waits(conn: &mut Connection) -> db::Result<bool> {
    let first: Option<ReviewId> = todo::table.select(todo::review_id).first(conn).optional()?;
    Ok(first.is_some())
}

/// Reviews that wait, `most` at the most; on PostgreSQL none that another node has in hand.
pub(in crate::reviews) fn waiting(tx: &mut Connection, most: i64) -> db::Result<Vec<(ShopId, ReviewId)>> {
    let next = todo::table.order((todo::shop_id, todo::review_id)).select((todo::shop_id, todo::review_id)).limit(most);
    Ok(match tx {
        Connection::Pg(conn) => next.for_update().skip_locked().load(conn)?,
        Connection::Sqlite(conn) => next.load(conn)?,
    })
}

/// A review that waits no more.
pub(in crate::reviews) fn indexed(tx: &mut Connection, shop: ShopId, review: ReviewId) -> db::Result<()> {
    diesel::delete(todo::table.find((shop, review))).execute(tx)?;
    Ok(())
}

/// Rows of the index, terms included.
#[cfg(test)]
pub(in crate::reviews) fn indexed_terms(conn: &mut Connection) -> db::Result<i64> {
    #[derive(QueryableByName)]
    struct N {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let rows: N =
        diesel::sql_query("SELECT (SELECT count(*) FROM search_words) + (SELECT count(*) FROM search_spots) AS n")
            .get_result(conn)?;
    Ok(rows.n)
}

/// Has a review wait.
#[cfg(test)]
pub(in crate::reviews) fn wait(tx: &mut Connection, shop: ShopId, review: ReviewId) -> db::Result<()> {
    let row = (todo::shop_id.eq(shop), todo::review_id.eq(review));
    crate::db::each!(tx, |c| diesel::insert_into(todo::table).values(row).execute(c))?;
    Ok(())
}
