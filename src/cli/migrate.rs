//! `attesta migrate`: brings the database up to this version. `serve` does the same at start; this is for doing it before.
use serde_json::json;

use super::shown::{Failure, Shown};
use super::trace;
use crate::app;
use crate::config::Config;
use crate::db::migrate;

/// Runs the command.
pub(super) fn run(config: &Config, shown: &mut Shown<'_>) -> Result<(), Failure> {
    trace::quiet();
    let db = app::open_db(config)?;
    let applied = migrate::run(&db)?;
    let text = match applied.len() {
        0 => format!("{} is up to date.", config.database_url),
        _ => format!("{}\n{} is up to date.", applied.join("\n"), config.database_url),
    };
    shown.say(&json!({ "database": config.database_url.to_string(), "applied": applied }), &text)
}
