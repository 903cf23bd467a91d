//! Migrations: one embedded tree per engine, the same names in both. Nothing else changes the schema.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Connection, Db, Error, Result, statistics};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Brings the schema up to this version of the program; returns the names that ran.
///
/// # Errors
/// [`Error::Unavailable`] with the migration that failed; it left nothing behind.
pub fn run(db: &Db) -> Result<Vec<String>> {
    // Outside a transaction of ours: each migration opens its own.
    db.raw(|conn| {
        let ran = match conn {
            Connection::Pg(c) => {
                c.run_pending_migrations(POSTGRES).map(|all| all.iter().map(ToString::to_string).collect())
            }
            Connection::Sqlite(c) => {
                c.run_pending_migrations(SQLITE).map(|all| all.iter().map(ToString::to_string).collect())
            }
        };
        let ran = ran.map_err(|error| failed(&error))?;
        if let Connection::Sqlite(c) = conn {
            statistics::settle(c)?;
        }
        Ok(ran)
    })
}

/// Takes every migration back, newest first. For tests and for leaving.
///
/// # Errors
/// As [`run`].
pub fn revert_all(db: &Db) -> Result<()> {
    db.raw(|conn| {
        let reverted = match conn {
            Connection::Pg(c) => c.revert_all_migrations(POSTGRES).map(drop),
            Connection::Sqlite(c) => c.revert_all_migrations(SQLITE).map(drop),
        };
        reverted.map_err(|error| failed(&error))
    })
}

/// Whether the schema is older than this version of the program.
///
/// # Errors
/// As [`run`].
pub fn pending(db: &Db) -> Result<bool> {
    db.raw(|conn| {
        let pending = match conn {
            Connection::Pg(c) => c.has_pending_migration(POSTGRES),
            Connection::Sqlite(c) => c.has_pending_migration(SQLITE),
        };
        pending.map_err(|error| failed(&error))
    })
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::Unavailable(format!("a migration failed: {error}"))
}
