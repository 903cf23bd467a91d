//! PostgreSQL: a pool of about eight connections, one transaction per write, a bounded number of waiting writes.

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::{Pool, PooledConnection};
use diesel::{Connection as _, PgConnection};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::pool::{self, Manager};
use super::{Connection, Error, Result, Sizes};

/// Settings of every connection: times are ours, nothing may wait for ever, and no plan is kept: one that was made while a table was empty
/// would read the whole of it until the server next counts its rows.
const SETTINGS: &str = "SET TIME ZONE 'UTC'; SET lock_timeout = '10s'; SET statement_timeout = '60s'; \
     SET idle_in_transaction_session_timeout = '60s'; SET plan_cache_mode = force_custom_plan;";

/// The engine for several nodes.
pub struct Store {
    pool: Pool<Manager>,
    size: u32,
    places: Arc<Semaphore>,
}

/// A place in the queue of writes; given back when dropped.
pub(super) type Place = OwnedSemaphorePermit;

impl Store {
    /// Connects once, so that a wrong address is said at start.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with libpq's sentence.
    pub fn open(url: &str, sizes: Sizes) -> Result<Self> {
        drop(connect(url)?);
        let url = url.to_owned();
        let pool = pool::build(Manager::new(move || connect(&url)), sizes.pool);
        Ok(Self { pool, size: sizes.pool, places: Arc::new(Semaphore::new(sizes.queue.max(1))) })
    }

    /// A place in the queue, or [`Error::Busy`].
    pub(super) fn place(&self) -> Result<Place> {
        Arc::clone(&self.places).try_acquire_owned().map_err(|_full| Error::Busy)
    }

    /// Runs `f` outside any transaction of ours (migrations open their own).
    pub(super) fn raw<T>(&self, f: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        f(&mut pool::take(&self.pool)?.conn)
    }

    /// Runs `f` on one moment of the data, read only.
    pub(super) fn read<T>(&self, f: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        self.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", f)
    }

    /// Runs `f` in a transaction.
    pub(super) fn write<T>(&self, f: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        self.transaction("BEGIN", f)
    }

    fn transaction<T>(&self, begin: &str, f: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let mut seat = self.begin(begin)?;
        // Until the end is known: a panic in `f` must not give a connection back in the middle of a transaction.
        seat.broken = true;
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| f(&mut seat.conn)))
            .unwrap_or_else(|_panic| Err(Error::Unavailable("a write panicked; nothing of it is stored".to_owned())));
        let ended = end(&mut seat.conn, result.is_ok());
        seat.broken = ended.is_err();
        match (result, ended) {
            (Ok(value), Ok(())) => Ok(value),
            (Ok(_), Err(error)) => Err(Error::Unavailable(format!("the commit failed: {error}"))),
            (Err(error), _) => Err(lost_connection(error)),
        }
    }

    /// A connection with an open transaction; ones that died while idle are thrown away.
    fn begin(&self, sql: &str) -> Result<PooledConnection<Manager>> {
        let mut last = Error::Unavailable("no connection".to_owned());
        for _ in 0..=self.size {
            let mut seat = pool::take(&self.pool)?;
            let Connection::Pg(conn) = &mut seat.conn else { continue };
            match AnsiTransactionManager::begin_transaction_sql(conn, sql) {
                Ok(()) => return Ok(seat),
                Err(error) => {
                    last = Error::Unavailable(error.to_string());
                    seat.broken = true;
                }
            }
        }
        Err(last)
    }
}

fn end(conn: &mut Connection, keep: bool) -> diesel::QueryResult<()> {
    let Connection::Pg(conn) = conn else { return Ok(()) };
    if keep {
        AnsiTransactionManager::commit_transaction(conn)
    } else {
        AnsiTransactionManager::rollback_transaction(conn)
    }
}

/// A connection that died in the middle is "come back later", not a fault of the statement.
fn lost_connection(error: Error) -> Error {
    use diesel::result::{DatabaseErrorKind as Kind, Error as Diesel};
    let Error::Engine(Diesel::DatabaseError(kind, info)) = &error else { return error };
    let gone = matches!(kind, Kind::ClosedConnection | Kind::UnableToSendCommand);
    if gone || info.message().contains("terminating connection") {
        Error::Unavailable(info.message().to_owned())
    } else {
        error
    }
}

fn connect(url: &str) -> Result<Connection> {
    let mut conn = PgConnection::establish(url).map_err(|error| Error::Unavailable(error.to_string()))?;
    conn.batch_execute(SETTINGS)?;
    Ok(Connection::Pg(conn))
}
