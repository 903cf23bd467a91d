//! What handlers, verbs and jobs take along: settings, database, clock, randomness, ids, keys and links. Built once by
//! `app`; cheap to clone. It knows no room, and nobody reads the time, the network or chance past it.

use std::sync::Arc;

use crate::config::Config;
use crate::db::Db;
use crate::kernel::id::Ids;
use crate::kernel::random::Random;
use crate::kernel::time::{Clock, Timestamp};
use crate::keyring::Keyring;
use crate::links::Links;

/// The context of an instance.
#[derive(Clone)]
pub struct Context {
    inner: Arc<Parts>,
}

/// What a [`Context`] is made of.
pub struct Parts {
    /// Effective settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The only clock.
    pub clock: Arc<dyn Clock>,
    /// The only source of chance.
    pub random: Arc<dyn Random>,
    /// Random keys by purpose, opened by the master key.
    pub keyring: Keyring,
    /// Every public URL.
    pub links: Links,
    /// New ids, in order of time.
    pub ids: Ids,
}

impl Context {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self { inner: Arc::new(parts) }
    }

    /// Effective settings.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    /// The time now, by the injected clock.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// The clock itself, for those who outlive a call.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// The source of chance.
    pub fn random(&self) -> &dyn Random {
        &*self.inner.random
    }

    /// New ids, in order of time.
    pub fn ids(&self) -> &Ids {
        &self.inner.ids
    }

    /// The instance's keys.
    pub fn keyring(&self) -> &Keyring {
        &self.inner.keyring
    }

    /// Every public URL.
    pub fn links(&self) -> &Links {
        &self.inner.links
    }
}
