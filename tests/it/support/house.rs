//! A context with a stepped clock and seeded chance, on either engine.

use std::sync::Arc;

use attesta::app::{self, Outside};
use attesta::config::Config;
use attesta::context::Context;
use attesta::db::{DatabaseUrl, Engine};
use attesta::kernel::random::SeededRandom;
use attesta::kernel::time::{SteppedClock, Timestamp};

use super::postgres;

/// The moment every story begins: a Sunday noon in Rome.
pub(crate) const BEGIN: &str = "2026-03-01T11:00:00.000Z";

/// A context and the hands that move its world.
pub(crate) struct House {
    pub(crate) ctx: Context,
    pub(crate) clock: Arc<SteppedClock>,
    /// Kept as long as the house stands.
    pub(crate) dir: Arc<tempfile::TempDir>,
}

/// Settings for tests: loopback, every read asks for new public bytes.
pub(crate) fn settings(dir: &std::path::Path, engine: Engine) -> Option<Config> {
    let mut config = Config::for_tests().in_dir(dir);
    if engine == Engine::Postgres {
        config.database_url = DatabaseUrl::parse(&postgres::fresh_database()?).expect("the cluster's URL parses");
    }
    config.public_poll_ms = 0;
    config.workers = 1;
    Some(config)
}

impl House {
    /// A fresh house; `None` where the engine is not installed.
    pub(crate) fn fresh(engine: Engine) -> Option<Self> {
        let dir = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let config = settings(dir.path(), engine)?;
        Some(Self::with(config, dir))
    }

    /// A house with these settings.
    pub(crate) fn with(config: Config, dir: Arc<tempfile::TempDir>) -> Self {
        let clock = Arc::new(SteppedClock::new(Timestamp::parse(BEGIN).expect("a time")));
        let outside = Outside { clock: clock.clone(), random: Arc::new(SeededRandom::new(1)) };
        let ctx = app::open(config, outside).expect("the house opens");
        Self { ctx, clock, dir }
    }

    /// Another process over the same database and the same clock.
    pub(crate) fn neighbour(&self, seed: u64) -> Self {
        self.neighbour_at(seed, self.ctx.config().listen)
    }

    /// Another process that listens elsewhere.
    pub(crate) fn neighbour_at(&self, seed: u64, listen: std::net::SocketAddr) -> Self {
        let outside = Outside { clock: self.clock.clone(), random: Arc::new(SeededRandom::new(seed)) };
        let config = Config { listen, ..self.ctx.config().clone() };
        let ctx = app::open(config, outside).expect("a second process opens");
        Self { ctx, clock: self.clock.clone(), dir: self.dir.clone() }
    }
}

/// The engines a story runs on.
pub(crate) const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];
