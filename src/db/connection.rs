//! The connection type both engines share, and which engine it is. Opaque outside `store.rs` files.

use diesel::{PgConnection, SqliteConnection};

/// A connection to either engine. Rooms pass it on; only `store.rs` and `db/` speak diesel with it.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// The two engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, the default.
    Sqlite,
    /// For several nodes.
    Postgres,
}

impl Engine {
    /// The name as printed to operators.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}
