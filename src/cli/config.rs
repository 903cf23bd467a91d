//! `attesta config`: every setting in force, where it comes from, secrets masked.
use serde_json::json;

use super::Start;
use super::shown::{Failure, Shown};
use crate::config::{Config, Line, Settings};

/// Runs the command. Settings that are not accepted are an error here as they are for the server.
pub(super) fn run(start: &Start, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let settings = Settings::collect(&start.flags, &start.environment)?;
    let config = Config::from_settings(&settings)?;
    let mut lines = settings.lines();
    follow(&mut lines, "database_url", config.database_url.to_string());
    if config.master_key.is_none() {
        follow(&mut lines, "master_key_file", config.master_key_path().display().to_string());
    }
    let wide = lines.iter().map(|line| line.key.len()).max().unwrap_or_default();
    let value = |value: &Option<String>| match value.as_deref() {
        None => "-".to_owned(),
        Some("") => "(none)".to_owned(),
        Some(text) => text.to_owned(),
    };
    let row = |line: &Line| format!("{:wide$}  {}  [{}]", line.key, value(&line.value), line.source);
    let text = lines.iter().map(row).collect::<Vec<_>>().join("\n");
    shown.say(&json!({ "settings": lines }), &text)
}

/// A setting that follows from another as long as nobody sets it.
fn follow(lines: &mut [Line], key: &str, value: String) {
    if let Some(line) = lines.iter_mut().find(|line| line.key == key && line.value.is_none()) {
        line.value = Some(value);
        "follows data_dir".clone_into(&mut line.source);
    }
}
