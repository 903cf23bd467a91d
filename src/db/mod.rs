//! The one way to the database, on either engine.
//!
//! [`Db::read`] and [`Db::write`] are the only doors: what must happen together happens in one `write`, and an answer
//! is given after its COMMIT, never before. Rooms see an opaque [`Connection`]; only their `store.rs` speaks diesel.
//!
//! - SQLite ([`mod@sqlite`]): one writer thread that commits many callers' work in one transaction (a savepoint each),
//!   and a pool of readers.
//! - PostgreSQL ([`mod@postgres`]): a small pool, one transaction per `write`; the hot paths batch above this layer.
//!
//! No network, hashing of passwords or mail may run inside a closure given to these doors: it would hold the writer.

use std::sync::Arc;

mod connection;
mod error;
pub mod migrate;
mod pool;
pub mod postgres;
mod prepared;
pub(crate) mod schema;
pub mod sqlite;
mod statistics;
mod types;
mod url;

pub use connection::{AnyConnection as Connection, Engine};
pub use error::{Error, Result};
pub(crate) use prepared::{Prepared, column, prepared};
pub use url::DatabaseUrl;

/// How many connections and how much waiting work a [`Db`] may have.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Reading connections (SQLite).
    pub readers: u32,
    /// Connections in all (PostgreSQL).
    pub pool: u32,
    /// Writes that may wait; one more is answered [`Error::Busy`].
    pub queue: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { readers: 4, pool: 8, queue: 1024 }
    }
}

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

enum Inner {
    Sqlite(sqlite::Store),
    Postgres(postgres::Store),
}

impl Db {
    /// Opens the database that `url` names. Runs no migration: see [`migrate::run`].
    ///
    /// # Errors
    /// [`Error::Unavailable`] with a sentence for the operator when it cannot be reached.
    pub fn open(url: &DatabaseUrl, sizes: Sizes) -> Result<Self> {
        let inner = match url {
            DatabaseUrl::Sqlite(path) => Inner::Sqlite(sqlite::Store::open(path, sizes)?),
            DatabaseUrl::Postgres(url) => Inner::Postgres(postgres::Store::open(url, sizes)?),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Which engine stands behind this handle.
    pub fn engine(&self) -> Engine {
        match *self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs `f` on one moment of the data; what it writes is refused.
    ///
    /// # Errors
    /// What `f` returns, or [`Error::Unavailable`] when no connection could be had.
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        F: FnOnce(&mut Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        blocking(move || match &*inner {
            Inner::Sqlite(store) => store.read(f),
            Inner::Postgres(store) => store.read(f),
        })
        .await
    }

    /// Runs `f` in a transaction and answers after its COMMIT. `Err` rolls back what `f` did, and only that.
    ///
    /// # Errors
    /// What `f` returns; [`Error::Busy`] when the queue is full; [`Error::Unavailable`] when the commit failed.
    pub async fn write<T, F>(&self, f: F) -> Result<T>
    where
        F: FnOnce(&mut Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        match &*self.inner {
            Inner::Sqlite(store) => store.write(f).await,
            Inner::Postgres(store) => {
                let place = store.place()?;
                let inner = Arc::clone(&self.inner);
                blocking(move || {
                    let _place = place;
                    match &*inner {
                        Inner::Postgres(store) => store.write(f),
                        Inner::Sqlite(_) => Err(Error::Unavailable("the engine changed under a write".to_owned())),
                    }
                })
                .await
            }
        }
    }

    /// Like [`Db::write`] for callers without an async runtime (command line, start).
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn write_now<T, F>(&self, f: F) -> Result<T>
    where
        F: FnOnce(&mut Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        match &*self.inner {
            Inner::Sqlite(store) => store.write_now(f),
            Inner::Postgres(store) => store.write(f),
        }
    }

    /// Like [`Db::read`] for callers without an async runtime.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_now<T, F>(&self, f: F) -> Result<T>
    where
        F: FnOnce(&mut Connection) -> Result<T>,
    {
        match &*self.inner {
            Inner::Sqlite(store) => store.read(f),
            Inner::Postgres(store) => store.read(f),
        }
    }

    /// A connection outside any transaction: for migrations only.
    fn raw<T>(&self, f: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        match &*self.inner {
            Inner::Sqlite(store) => store.raw(f),
            Inner::Postgres(store) => store.raw(f),
        }
    }
}

/// Runs blocking work off the async threads; a panic inside becomes an error, never a lost answer.
async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(f)
        .await
        .unwrap_or_else(|join| Err(Error::Unavailable(format!("a database task did not end: {join}"))))
}

/// Runs the same diesel text on the engine at hand: for statements the multi-backend connection cannot express
/// (`ON CONFLICT`, batch inserts, locking).
macro_rules! each {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::db::Connection::Pg($c) => $body,
            $crate::db::Connection::Sqlite($c) => $body,
        }
    };
}
pub(crate) use each;
