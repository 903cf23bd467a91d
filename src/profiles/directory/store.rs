//! Every query on `directory`: a row per shop, searched and sorted along its own indexes.

use diesel::dsl::{count_star, min, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Text};

use crate::db::schema::directory;
use crate::db::{self, Connection, each};
use crate::kernel::id::ShopId;
use crate::kernel::time::Timestamp;

use super::list::{Card, Group, Place, Query, Sort};

/// Categories and countries shown at most.
const GROUPS: i64 = 200;

/// Literal, so that both engines know that the partial indexes hold what is asked.
const LISTED: &str = "directory.listed = 1";

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = directory, treat_none_as_null = true)]
pub(super) struct Row {
    pub(super) shop_id: ShopId,
    pub(super) version: i64,
    pub(super) listed: i64,
    pub(super) domain: String,
    pub(super) name: String,
    pub(super) sort_name: String,
    pub(super) words: String,
    pub(super) category: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) country: Option<String>,
    pub(super) reviews: i64,
    pub(super) score_tenths: i64,
    pub(super) half_stars: i64,
    pub(super) newest_day: Option<i64>,
    pub(super) opened_at: Timestamp,
}

impl Row {
    fn card(self) -> Card {
        Card {
            id: self.shop_id,
            domain: self.domain,
            name: self.name,
            sort_name: self.sort_name,
            category: self.category,
            country: self.country,
            reviews: self.reviews,
            score_tenths: self.score_tenths,
            half_stars: self.half_stars,
            newest_day: self.newest_day,
            opened_at: self.opened_at,
        }
    }
}

/// One query that is narrowed as asked; a macro, since its type cannot be written down for two engines.
macro_rules! narrowed {
    ($query:expr, $asked:expr) => {{
        let mut query = $query.filter(sql::<Bool>(LISTED)).into_boxed();
        for word in &$asked.words {
            // A folded word holds letters and digits only: nothing in it means more to LIKE.
            query = query.filter(directory::words.like(format!("%{word}%")));
        }
        if let Some(kind) = &$asked.kind {
            query = query.filter(directory::kind.eq(kind.clone()));
        }
        if let Some(country) = &$asked.country {
            query = query.filter(directory::country.eq(country.as_str()));
        }
        query
    }};
}

/// A page, one row more than it may hold.
pub(super) fn page(conn: &mut Connection, asked: &Query) -> db::Result<Vec<Card>> {
    let mut query = narrowed!(directory::table.select(Row::as_select()), asked).limit(asked.limit.probe());
    if let Some(Place { name, number, id, .. }) = &asked.after {
        let columns = match asked.sort {
            Sort::Name => "(directory.sort_name, directory.shop_id) > (",
            Sort::Reviews => "(directory.reviews, directory.shop_id) < (",
            Sort::Newest => "(directory.opened_at, directory.shop_id) < (",
        };
        query = match asked.sort {
            Sort::Name => query
                .filter(sql::<Bool>(columns).bind::<Text, _>(name.clone()).sql(", ").bind::<Binary, _>(*id).sql(")")),
            Sort::Reviews | Sort::Newest => {
                query.filter(sql::<Bool>(columns).bind::<BigInt, _>(*number).sql(", ").bind::<Binary, _>(*id).sql(")"))
            }
        };
    }
    query = match asked.sort {
        Sort::Name => query.order((directory::sort_name.asc(), directory::shop_id.asc())),
        Sort::Reviews => query.order((directory::reviews.desc(), directory::shop_id.desc())),
        Sort::Newest => query.order((directory::opened_at.desc(), directory::shop_id.desc())),
    };
    Ok(query.load::<Row>(conn)?.into_iter().map(Row::card).collect())
}

/// How many shops fit.
pub(super) fn count(conn: &mut Connection, asked: &Query) -> db::Result<i64> {
    Ok(narrowed!(directory::table.select(count_star()), asked).first(conn)?)
}

/// Categories, the largest first; among equals by key.
pub(super) fn categories(conn: &mut Connection) -> db::Result<Vec<Group>> {
    let rows: Vec<(Option<String>, Option<String>, i64)> = directory::table
        .filter(sql::<Bool>(LISTED))
        .filter(directory::kind.is_not_null())
        .group_by(directory::kind)
        .order((sql::<BigInt>("COUNT(*) DESC"), directory::kind.asc()))
        .limit(GROUPS)
        .select((directory::kind, min(directory::category), count_star()))
        .load(conn)?;
    let group =
        |(key, label, shops): (Option<String>, Option<String>, i64)| Some(Group { key: key?, label: label?, shops });
    Ok(rows.into_iter().filter_map(group).collect())
}

/// Countries, by code.
pub(super) fn countries(conn: &mut Connection) -> db::Result<Vec<Group>> {
    let rows: Vec<(Option<String>, i64)> = directory::table
        .filter(sql::<Bool>(LISTED))
        .filter(directory::country.is_not_null())
        .group_by(directory::country)
        .order(directory::country.asc())
        .limit(GROUPS)
        .select((directory::country, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(key, shops)| key.map(|key| Group { label: key.clone(), key, shops })).collect())
}

/// Open shops in the order of their ids.
pub(super) fn after(conn: &mut Connection, after: Option<ShopId>, take: i64) -> db::Result<Vec<Card>> {
    let mut query = directory::table.filter(sql::<Bool>(LISTED)).into_boxed();
    if let Some(after) = after {
        query = query.filter(directory::shop_id.gt(after));
    }
    let rows = query.order(directory::shop_id).limit(take).select(Row::as_select()).load::<Row>(conn)?;
    Ok(rows.into_iter().map(Row::card).collect())
}

/// Those of these shops that are open.
pub(super) fn listed(conn: &mut Connection, shops: &[ShopId]) -> db::Result<Vec<Card>> {
    let rows = directory::table
        .filter(sql::<Bool>(LISTED))
        .filter(directory::shop_id.eq_any(shops))
        .select(Row::as_select())
        .load::<Row>(conn)?;
    Ok(rows.into_iter().map(Row::card).collect())
}

/// How many rows there are, and the sum of the versions they were made from.
pub(super) fn pulse(conn: &mut Connection) -> db::Result<(i64, i64)> {
    let sum = "CAST(COALESCE(SUM(version), 0) AS BIGINT)";
    Ok(directory::table.select((count_star(), sql::<BigInt>(sum))).first(conn)?)
}

/// The version each row was made from.
pub(super) fn versions(conn: &mut Connection) -> db::Result<Vec<(ShopId, i64)>> {
    Ok(directory::table.select((directory::shop_id, directory::version)).load(conn)?)
}

/// Puts a row in the place of the old one.
pub(super) fn save(tx: &mut Connection, row: &Row) -> db::Result<()> {
    each!(tx, |c| {
        diesel::insert_into(directory::table)
            .values(row)
            .on_conflict(directory::shop_id)
            .do_update()
            .set(row)
            .execute(c)?
    });
    Ok(())
}

/// How SQLite would read a page without a search: for the test that no page is sorted.
#[cfg(test)]
pub(super) fn plan(conn: &mut Connection, order: &str) -> String {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    let sql = format!("EXPLAIN QUERY PLAN SELECT * FROM directory WHERE {LISTED} ORDER BY {order} LIMIT 21");
    let lines: Vec<Line> = diesel::sql_query(sql).load(conn).unwrap();
    lines.into_iter().map(|line| line.detail).collect::<Vec<_>>().join("; ")
}
