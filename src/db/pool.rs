//! A pool of connections of one engine, set up by a function. Used by both engines; knows neither.

use diesel::r2d2::{ManageConnection, Pool, PooledConnection};

use super::{Connection, Error, Result};

/// A pooled connection and whether it is still good.
pub(super) struct Seat {
    pub(super) conn: Connection,
    pub(super) broken: bool,
}

type Make = dyn Fn() -> Result<Connection> + Send + Sync;

/// Makes connections for the pool.
pub(super) struct Manager(Box<Make>);

impl Manager {
    pub(super) fn new(make: impl Fn() -> Result<Connection> + Send + Sync + 'static) -> Self {
        Self(Box::new(make))
    }
}

impl ManageConnection for Manager {
    type Connection = Seat;
    type Error = Error;

    fn connect(&self) -> Result<Seat> {
        Ok(Seat { conn: (self.0)()?, broken: false })
    }

    fn is_valid(&self, _seat: &mut Seat) -> Result<()> {
        Ok(())
    }

    fn has_broken(&self, seat: &mut Seat) -> bool {
        seat.broken
    }
}

/// How long a caller waits for a connection before it is told to come back.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);

/// Builds a pool of `size` connections that are opened when first needed.
pub(super) fn build(manager: Manager, size: u32) -> Pool<Manager> {
    Pool::builder()
        .max_size(size.max(1))
        .min_idle(Some(0))
        .test_on_check_out(false)
        .connection_timeout(PATIENCE)
        .build_unchecked(manager)
}

/// A connection from the pool.
pub(super) fn take(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>> {
    pool.get().map_err(|error| Error::Unavailable(error.to_string()))
}
