//! What a command shows: one JSON document with `--json`, else text for a person; and how it can fail.

use std::io::{self, ErrorKind, Write};

use serde_json::Value;

use crate::app::StartError;
use crate::db;
use crate::keyring::KeyringError;

/// Where a command writes.
pub(crate) struct Shown<'a> {
    out: &'a mut dyn Write,
    json: bool,
}

impl<'a> Shown<'a> {
    /// Text for people, or JSON.
    pub(crate) fn new(out: &'a mut dyn Write, json: bool) -> Self {
        Self { out, json }
    }

    /// The outcome: once in each command.
    pub(crate) fn say(&mut self, answer: &Value, text: &str) -> Result<(), Failure> {
        let line = if self.json { answer.to_string() } else { text.to_owned() };
        self.write(&line)
    }

    /// Whether a person reads along, or a program reads the end.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// How far a long command is; nothing in JSON.
    pub(crate) fn progress(&mut self, text: &str) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        self.write(text)
    }

    fn write(&mut self, line: &str) -> Result<(), Failure> {
        read_enough(writeln!(self.out, "{line}")).map_err(|error| Failure::new(error.to_string()))
    }
}

/// A reader that went away, as `head` does, has read enough: that is no failure.
pub(crate) fn read_enough(written: io::Result<()>) -> io::Result<()> {
    written.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}

/// Why a command failed: its sentence and exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    /// For a person; empty when the command has said it already.
    pub(crate) text: String,
    /// 1, 2 usage, 3 config, 4 database, 5 port.
    pub(crate) code: u8,
}

impl Failure {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 1 }
    }

    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 2 }
    }

    pub(crate) fn said() -> Self {
        Self { text: String::new(), code: 1 }
    }
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        Self { text: error.to_string(), code: 4 }
    }
}

impl From<KeyringError> for Failure {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Db(error) => error.into(),
            other => Self { text: other.to_string(), code: 3 },
        }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Db(error) => error.into(),
            StartError::Keys(error) => error.into(),
            StartError::Folder(_) | StartError::Mail(_) | StartError::Files(_) | StartError::Returns(_) => {
                Self { text: error.to_string(), code: 3 }
            }
            StartError::Pages(_) | StartError::Metrics(_) | StartError::Server(_) => Self::new(error.to_string()),
        }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Self::new(error.to_string())
    }
}
