//! Puts the house together: builds the context, mounts doors and rooms, registers jobs and ticks. Nothing imports it
//! but the command line and the tests.

use std::sync::Arc;

use crate::config::Config;
use crate::context::{Context, Parts};
use crate::db::{self, Db, migrate};
use crate::kernel::id::Ids;
use crate::kernel::random::Random;
use crate::kernel::time::Clock;
use crate::keyring::{Keyring, KeyringError, MasterKey, MasterSource};
use crate::links::Links;

/// What the world outside gives: time and chance.
#[derive(Clone)]
pub struct Outside {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of chance.
    pub random: Arc<dyn Random>,
}

/// Why the house did not open, in words for the operator. The command line turns each into its exit code.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder.
    #[error("the data folder {0}")]
    Folder(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyringError),
}

/// Opens the database of `config` without touching its schema.
///
/// # Errors
/// [`StartError`].
pub fn open_db(config: &Config) -> Result<Db, StartError> {
    std::fs::create_dir_all(&config.data_dir)
        .map_err(|error| StartError::Folder(format!("{} cannot be made: {error}", config.data_dir.display())))?;
    Ok(Db::open(&config.database_url, config.db_sizes())?)
}

/// Where the master key comes from.
///
/// # Errors
/// [`KeyringError::Master`] for a key that does not parse.
pub fn master_source(config: &Config) -> Result<MasterSource, KeyringError> {
    match &config.master_key {
        Some(secret) => Ok(MasterSource::Given(MasterKey::parse(secret.expose())?)),
        None => Ok(MasterSource::File(config.master_key_path())),
    }
}

/// Opens everything a command or the server needs: database, migrated; keys; links.
///
/// # Errors
/// [`StartError`].
pub fn open(config: Config, outside: Outside) -> Result<Context, StartError> {
    let db = open_db(&config)?;
    migrate::run(&db)?;
    let master = master_source(&config)?.obtain(&db, &*outside.random)?;
    let keyring = Keyring::open(&db, master, Arc::clone(&outside.random), outside.clock.now())?;
    let links = Links::new(config.base());
    let ids = Ids::new(Arc::clone(&outside.clock), Arc::clone(&outside.random));
    Ok(Context::new(Parts { config, db, clock: outside.clock, random: outside.random, keyring, links, ids }))
}
