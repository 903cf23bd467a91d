//! `attesta config`: every setting in force, where it comes from, secrets masked.
use serde_json::json;

use super::Start;
use super::shown::{Failure, Shown};
use crate::config::{Config, Settings};

/// Runs the command. Settings that are not accepted are an error here as they are for the server.
pub(super) fn run(start: &Start, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let settings = Settings::collect(&start.flags, &start.environment)?;
    Config::from_settings(&settings)?;
    let lines = settings.lines();
    let wide = lines.iter().map(|line| line.key.len()).max().unwrap_or_default();
    let value = |value: &Option<String>| match value.as_deref() {
        None => "-".to_owned(),
        Some("") => "(none)".to_owned(),
        Some(text) => text.to_owned(),
    };
    let row = |line: &crate::config::Line| format!("{:wide$}  {}  [{}]", line.key, value(&line.value), line.source);
    let text = lines.iter().map(row).collect::<Vec<_>>().join("\n");
    shown.say(&json!({ "settings": lines }), &text)
}
