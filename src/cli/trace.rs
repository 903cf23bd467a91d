//! The log: to stderr, for people or as JSON, set up once per process. Commands that answer and end only warn.
use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// The log of a server.
pub(crate) fn start(log: &Log) {
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_checked| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    // Only a test starts two in one process; the first stays.
    drop(match log.format {
        LogFormat::Pretty => lines.with_ansi(stderr().is_terminal()).with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    });
}

/// The log of a command: warnings and errors.
pub(crate) fn quiet() {
    start(&Log { format: LogFormat::Pretty, filter: "warn".to_owned() });
}
