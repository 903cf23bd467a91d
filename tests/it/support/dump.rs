//! Every row of the database as text, for tests that say what is there and what is not.

use attesta::context::Context;
use attesta::db::Connection;
use diesel::prelude::*;
use diesel::sql_types::Text;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// All rows, each behind the name of its table, bytes in hexadecimal, sorted.
pub(crate) async fn dump(ctx: &Context) -> Vec<String> {
    let mut all = ctx.db().read(|conn| Ok(read(conn))).await.expect("the database is read");
    all.sort();
    all
}

fn read(conn: &mut Connection) -> Vec<String> {
    match conn {
        Connection::Sqlite(conn) => {
            let tables = "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' \
                          AND name NOT LIKE 'sqlite_%'";
            let lines = |conn: &mut _, sql: &str| -> Vec<Line> { diesel::sql_query(sql).load(conn).expect(sql) };
            let mut all = Vec::new();
            for table in lines(conn, tables) {
                let columns = lines(
                    conn,
                    &format!("SELECT 'quote(\"' || name || '\")' AS line FROM pragma_table_info('{}')", table.line),
                );
                let columns: Vec<String> = columns.into_iter().map(|column| column.line).collect();
                let sql = format!("SELECT {} AS line FROM \"{}\"", columns.join(" || ' ' || "), table.line);
                all.extend(lines(conn, &sql).into_iter().map(|row| format!("{} {}", table.line, row.line)));
            }
            all
        }
        Connection::Pg(conn) => {
            let tables = "SELECT table_name::text AS line FROM information_schema.tables WHERE table_schema = 'public'";
            let lines = |conn: &mut _, sql: &str| -> Vec<Line> { diesel::sql_query(sql).load(conn).expect(sql) };
            let mut all = Vec::new();
            for table in lines(conn, tables) {
                let sql = format!("SELECT t::text AS line FROM \"{}\" t", table.line);
                all.extend(lines(conn, &sql).into_iter().map(|row| format!("{} {}", table.line, row.line)));
            }
            all
        }
    }
}

/// The rows that hold a text, as it is or in hexadecimal, in whatever case.
pub(crate) fn holding<'a>(rows: &'a [String], text: &str) -> Vec<&'a String> {
    let plain = text.to_lowercase();
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    rows.iter()
        .filter(|row| {
            let row = row.to_lowercase();
            row.contains(&plain) || row.contains(&hex)
        })
        .collect()
}

/// The rows that hold these bytes.
pub(crate) fn holding_bytes<'a>(rows: &'a [String], bytes: &[u8]) -> Vec<&'a String> {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    rows.iter().filter(|row| row.to_lowercase().contains(&hex)).collect()
}
