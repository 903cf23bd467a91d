//! Migrations are tested objects: the same names, the same tables and columns on both engines, a way back, and
//! `db/schema.rs` says what is there.

use std::collections::{BTreeMap, BTreeSet};

use attesta::db::{DatabaseUrl, Db, Sizes, migrate};
use attesta::invitations;
use diesel::backend::Backend;
use diesel::connection::SimpleConnection as _;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use diesel::{PgConnection, SqliteConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::support::postgres;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Integer)]
    not_null: i32,
}

/// What only one engine has, since each searches in its own way: both are given the same terms.
fn of_one_engine(column: &Column) -> bool {
    column.table_name.starts_with("search_words")
        || (&*column.table_name, &*column.column_name) == ("search_spots", "terms")
}

/// table -> column -> (type, not null)
type Shape = BTreeMap<String, BTreeMap<String, (String, bool)>>;

fn shape(columns: Vec<Column>) -> Shape {
    let mut shape = Shape::new();
    let ours = |column: &Column| !column.table_name.starts_with("__diesel") && !of_one_engine(column);
    for column in columns.into_iter().filter(ours) {
        let kind = match column.kind.to_lowercase().as_str() {
            "integer" | "bigint" => "BigInt",
            "text" => "Text",
            "blob" | "bytea" => "Binary",
            other => panic!("{}.{} has the unportable type {other}", column.table_name, column.column_name),
        };
        shape.entry(column.table_name).or_default().insert(column.column_name, (kind.to_owned(), column.not_null != 0));
    }
    shape
}

fn sqlite_shape(file: &str) -> Shape {
    let mut conn = SqliteConnection::establish(file).unwrap();
    let sql = "SELECT m.name AS table_name, p.name AS column_name, p.type AS kind, (p.\"notnull\" OR p.pk > 0) AS not_null \
               FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";
    shape(diesel::sql_query(sql).load(&mut conn).unwrap())
}

fn postgres_shape(url: &str) -> Shape {
    let mut conn = PgConnection::establish(url).unwrap();
    let sql = "SELECT table_name::text, column_name::text, data_type::text AS kind, \
               (CASE WHEN is_nullable = 'NO' THEN 1 ELSE 0 END)::int AS not_null \
               FROM information_schema.columns WHERE table_schema = 'public'";
    shape(diesel::sql_query(sql).load(&mut conn).unwrap())
}

/// What `src/db/schema.rs` declares.
fn declared_shape() -> Shape {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/db/schema.rs")).unwrap();
    let mut shape = Shape::new();
    for table in text.split("diesel::table! {").skip(1) {
        let name = table.trim_start().split([' ', '(']).next().unwrap().to_owned();
        let columns = table.lines().filter_map(|line| line.trim().trim_end_matches(',').split_once(" -> "));
        let columns = columns.map(|(column, kind)| {
            let plain = kind.trim_start_matches("Nullable<").trim_end_matches('>');
            (column.to_owned(), (plain.to_owned(), plain == kind))
        });
        shape.insert(name, columns.collect());
    }
    shape
}

fn sqlite_file() -> (tempfile::TempDir, String, Db) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.db").display().to_string();
    let db = Db::open(&DatabaseUrl::parse(&format!("sqlite:{file}")).unwrap(), Sizes::default()).unwrap();
    (dir, file, db)
}

#[test]
fn both_trees_carry_the_same_names_and_a_way_back() {
    let names = |engine: &str| -> BTreeSet<String> {
        let dir = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        let entries: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(
            entries.iter().all(|path| path.join("up.sql").is_file() && path.join("down.sql").is_file()),
            "each migration goes up and down"
        );
        entries.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"), "the trees must not drift apart");
}

#[test]
fn sqlite_reaches_the_declared_tables_and_returns_to_nothing() {
    let (_dir, file, db) = sqlite_file();
    migrate::run(&db).unwrap();
    assert!(!migrate::pending(&db).unwrap(), "after a run nothing is pending");
    assert_eq!(sqlite_shape(&file), declared_shape(), "src/db/schema.rs and migrations/sqlite say the same");
    migrate::revert_all(&db).unwrap();
    assert_eq!(sqlite_shape(&file), Shape::new(), "the way down leaves no table behind");
    migrate::run(&db).unwrap();
    assert_eq!(sqlite_shape(&file), declared_shape(), "and up again");
}

#[test]
fn postgres_reaches_the_declared_tables_and_returns_to_nothing() {
    let Some(url) = postgres::empty_database() else { return };
    let db = Db::open(&DatabaseUrl::parse(&url).unwrap(), Sizes::default()).unwrap();
    migrate::run(&db).unwrap();
    assert_eq!(postgres_shape(&url), declared_shape(), "src/db/schema.rs and migrations/postgres say the same");
    migrate::revert_all(&db).unwrap();
    assert_eq!(postgres_shape(&url), Shape::new(), "the way down leaves no table behind");
}

#[test]
fn every_foreign_key_of_sqlite_has_an_index() {
    #[derive(QueryableByName)]
    struct Missing {
        #[diesel(sql_type = Text)]
        what: String,
    }
    let (_dir, file, db) = sqlite_file();
    migrate::run(&db).unwrap();
    let mut conn = SqliteConnection::establish(&file).unwrap();
    conn.batch_execute("PRAGMA foreign_keys = ON").unwrap();
    let sql = "SELECT m.name || '.' || f.\"from\" AS what FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f \
               WHERE m.type = 'table' AND f.seq = 0 AND NOT EXISTS (SELECT 1 FROM pragma_index_list(m.name) i \
               JOIN pragma_index_info(i.name) c WHERE c.seqno = 0 AND c.name = f.\"from\") \
               AND NOT EXISTS (SELECT 1 FROM pragma_table_info(m.name) p WHERE p.pk = 1 AND p.name = f.\"from\")";
    let missing: Vec<Missing> = diesel::sql_query(sql).load(&mut conn).unwrap();
    let missing: Vec<String> = missing.into_iter().map(|row| row.what).collect();
    assert!(missing.is_empty(), "a foreign key without an index makes deletes scan: {missing:?}");
}

/// The migrations of an engine from this one on, oldest first, and those before it.
fn from<DB: Backend>(engine: &str, name: &str) -> [Vec<Box<dyn Migration<DB>>>; 2] {
    let dir = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
    let mut all: Vec<Box<dyn Migration<DB>>> = FileBasedMigrations::from_path(dir).unwrap().migrations().unwrap();
    all.sort_unstable_by_key(|migration| migration.name().to_string());
    let (later, earlier) = all.into_iter().partition(|migration| *migration.name().to_string() >= *name);
    [later, earlier]
}

/// Brings an empty database to where it stood before this migration.
fn stand_before<DB: Backend>(conn: &mut impl MigrationHarness<DB>, engine: &str, name: &str) {
    assert!(conn.applied_migrations().unwrap().is_empty(), "nothing stands there");
    for migration in &from(engine, name)[1] {
        conn.run_migration(&**migration).unwrap();
    }
}

/// Takes everything back to before this migration.
fn go_back<DB: Backend>(conn: &mut impl MigrationHarness<DB>, engine: &str, name: &str) {
    for migration in from(engine, name)[0].iter().rev() {
        conn.revert_migration(&**migration).unwrap();
    }
}

const OWN: &str = "0023_own";

/// Suppressions as they stood with a mark in the first bit of the shop: person, shop, reason, time. A person is one byte, repeated.
const MARKED: [(u8, &str, &str, i64); 7] = [
    (1, "01010101010101010101010101010101", "complaint", 20),
    (1, "81010101010101010101010101010101", "unsubscribed", 10),
    (1, "00000000000000000000000000000000", "hard_bounce", 40),
    (1, "80000000000000000000000000000000", "erased", 30),
    (2, "01010101010101010101010101010101", "unsubscribed", 50),
    (2, "7fabcdef0123456789abcdef01234567", "operator", 70),
    (2, "ffabcdef0123456789abcdef01234567", "unsubscribed", 60),
];

/// Writes them, with blobs as this engine writes them.
fn marked(blob: impl Fn(&str) -> String) -> String {
    let row = |(person, shop, reason, at)| {
        let person: u8 = person;
        format!("({}, {}, '{reason}', {at})", blob(&format!("{person:02x}").repeat(32)), blob(shop))
    };
    let rows: Vec<String> = MARKED.into_iter().map(row).collect();
    format!("INSERT INTO suppressions (person, shop_id, reason, at) VALUES {}", rows.join(", "))
}

/// Everything that stops mail to a person: where (the shop's bytes; none: everywhere), why and since when, in that order.
async fn stops(db: &Db, person: u8) -> Vec<(Vec<u8>, &'static str, i64)> {
    let read = move |conn: &mut attesta::db::Connection| invitations::personal(conn, None, &[person; 32]);
    let stands = db.read(read).await.unwrap().suppressions.into_iter().map(|wish| {
        let shop = match wish.reach {
            invitations::Reach::Shop(shop) => shop.as_bytes().to_vec(),
            invitations::Reach::Instance => Vec::new(),
        };
        (shop, wish.reason.as_str(), wish.at.millis())
    });
    let mut stands: Vec<_> = stands.collect();
    stands.sort_unstable();
    stands
}

/// Migrates, and sees the person's own word beside what others say; after a way back and up again too.
async fn both_words_stand(db: &Db, way_back: impl FnOnce()) {
    let see = async || {
        migrate::run(db).unwrap();
        let wide = 0x7fab_cdef_0123_4567_89ab_cdef_0123_4567_u128.to_be_bytes().to_vec();
        let first = [
            (vec![], "erased", 30),
            (vec![], "hard_bounce", 40),
            (vec![1; 16], "complaint", 20),
            (vec![1; 16], "unsubscribed", 10),
        ];
        assert_eq!(stops(db, 1).await, first, "on {:?}", db.engine());
        let second = [(vec![1; 16], "unsubscribed", 50), (wide.clone(), "operator", 70), (wide, "unsubscribed", 60)];
        assert_eq!(stops(db, 2).await, second, "on {:?}", db.engine());
    };
    see().await;
    way_back();
    see().await;
}

#[tokio::test]
async fn a_word_of_ones_own_that_was_marked_in_the_place_of_the_shop_keeps_reason_and_time() {
    let (_dir, file, db) = sqlite_file();
    let mut conn = SqliteConnection::establish(&file).unwrap();
    stand_before(&mut conn, "sqlite", OWN);
    conn.batch_execute(&marked(|hex| format!("x'{hex}'"))).unwrap();
    both_words_stand(&db, || go_back(&mut conn, "sqlite", OWN)).await;

    let Some(url) = postgres::empty_database() else { return };
    let db = Db::open(&DatabaseUrl::parse(&url).unwrap(), Sizes::default()).unwrap();
    let mut conn = PgConnection::establish(&url).unwrap();
    stand_before(&mut conn, "postgres", OWN);
    conn.batch_execute(&marked(|hex| format!("'\\x{hex}'"))).unwrap();
    both_words_stand(&db, || go_back(&mut conn, "postgres", OWN)).await;
}
