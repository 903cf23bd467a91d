//! What SQLite is told about the sizes of things, so that its plans do not depend on whether anybody ran ANALYZE.
//!
//! Without statistics SQLite takes an index on (shop, person) to be hardly better than the shop alone, and reads a whole
//! shop to find one person. Measured statistics would be right for the largest instance only and would have to be kept
//! fresh; ours are fixed: many shops, many rows in each, and columns that name a thing are nearly unique. Written after
//! the migrations, only where they differ. PostgreSQL measures by itself.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::Result;

/// Rows that every table is taken to have.
const ROWS: i64 = 1_000_000;
/// Rows that a partial index is taken to hold.
const PARTIAL_ROWS: i64 = 100_000;

/// One column of an index, in the order of the index.
#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    tbl: String,
    #[diesel(sql_type = Text)]
    idx: String,
    #[diesel(sql_type = BigInt)]
    only_once: i64,
    #[diesel(sql_type = BigInt)]
    partial: i64,
    #[diesel(sql_type = Text)]
    name: String,
}

/// A row of `sqlite_stat1`: table, index, and how many rows share each prefix of its columns.
#[derive(QueryableByName, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::struct_field_names, reason = "the columns of sqlite_stat1")]
struct Stat {
    #[diesel(sql_type = Text)]
    tbl: String,
    #[diesel(sql_type = Text)]
    idx: String,
    #[diesel(sql_type = Text)]
    stat: String,
}

/// Every index of our own tables (all STRICT). The key of a table without row ids goes by the table's name.
const INDEXES: &str = "SELECT m.name AS tbl, CASE WHEN il.origin = 'pk' AND m.sql LIKE '%WITHOUT ROWID%' THEN m.name ELSE il.name END AS idx, \
     il.\"unique\" AS only_once, il.partial AS partial, coalesce(ii.name, '') AS name \
     FROM sqlite_master m, pragma_index_list(m.name) il, pragma_index_info(il.name) ii \
     WHERE m.type = 'table' AND m.sql LIKE '%STRICT%' ORDER BY m.name, il.name, ii.seqno";

/// Writes the statistics where they are not there yet, and has this connection plan by them.
pub(super) fn settle(conn: &mut SqliteConnection) -> Result<()> {
    let wanted = wanted(&diesel::sql_query(INDEXES).load(conn)?);
    if wanted.is_empty() || standing(conn)? == wanted {
        return Ok(());
    }
    conn.immediate_transaction(|conn| {
        // The table of statistics can only be made by ANALYZE; `instance` has one row.
        conn.batch_execute("ANALYZE instance; DELETE FROM sqlite_stat1")?;
        for Stat { tbl, idx, stat } in &wanted {
            diesel::sql_query("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($1, $2, $3)")
                .bind::<Text, _>(tbl)
                .bind::<Text, _>(idx)
                .bind::<Text, _>(stat)
                .execute(conn)?;
        }
        QueryResult::Ok(())
    })?;
    conn.batch_execute("ANALYZE sqlite_master")?;
    Ok(())
}

fn standing(conn: &mut SqliteConnection) -> Result<Vec<Stat>> {
    let found = diesel::select(diesel::dsl::sql::<BigInt>("count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'"));
    if found.get_result::<i64>(conn)? == 0 {
        return Ok(Vec::new());
    }
    let rows = "SELECT tbl, coalesce(idx, '') AS idx, stat FROM sqlite_stat1";
    let mut stats: Vec<Stat> = diesel::sql_query(rows).load(conn)?;
    stats.sort_unstable();
    Ok(stats)
}

fn wanted(columns: &[Column]) -> Vec<Stat> {
    let mut stats: Vec<Stat> = columns
        .chunk_by(|a, b| (&a.tbl, &a.idx) == (&b.tbl, &b.idx))
        .filter_map(|index| {
            let first = index.first()?;
            Some(Stat { tbl: first.tbl.clone(), idx: first.idx.clone(), stat: stat(index) })
        })
        .collect();
    stats.sort_unstable();
    stats
}

/// `1000000 50000 2`: all rows, then how many share the first column, the first two, and so on.
fn stat(index: &[Column]) -> String {
    let all = if index.iter().any(|column| column.partial != 0) { PARTIAL_ROWS } else { ROWS };
    let mut text = all.to_string();
    let mut share = all;
    for (place, column) in index.iter().enumerate() {
        share = (share / values(&column.name)).max(2);
        let whole_key = place + 1 == index.len() && column.only_once != 0;
        text.push(' ');
        text.push_str(&(if whole_key { 1 } else { share }).to_string());
    }
    text
}

/// How many values a column is taken to have.
fn values(column: &str) -> i64 {
    match column {
        "shop_id" | "merchant_id" => 20,
        "sku" => 200,
        "kind" | "state" | "status" | "stars" | "language" | "reason" | "test" | "eligible" | "invited" | "kid" => 5,
        _ => ROWS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(columns: &[&str], only_once: bool, partial: bool) -> Vec<Column> {
        let column = |name: &&str| Column {
            tbl: "t".to_owned(),
            idx: "i".to_owned(),
            only_once: i64::from(only_once),
            partial: i64::from(partial),
            name: (*name).to_owned(),
        };
        columns.iter().map(column).collect()
    }

    #[test]
    fn a_statement_is_planned_once() {
        #[derive(QueryableByName)]
        struct Option {
            #[diesel(sql_type = Text)]
            compile_options: String,
        }
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        let built: Vec<Option> = diesel::sql_query("PRAGMA compile_options").load(&mut conn).unwrap();
        let has = |name: &str| built.iter().any(|option| option.compile_options == name);
        assert!(has("ENABLE_QPSG") && !has("ENABLE_STAT4"), "the flags of .cargo/config.toml reached the engine");
    }

    #[test]
    fn a_shop_has_many_rows_and_a_person_few() {
        assert_eq!(stat(&index(&["shop_id", "person", "sent_at"], false, true)), "100000 5000 2 2");
        assert_eq!(stat(&index(&["shop_id", "number"], true, false)), "1000000 50000 1");
        assert_eq!(stat(&index(&["kind", "due_at"], false, false)), "1000000 200000 2");
    }
}
