//! Where each value comes from: the layers flag > environment > file > default, laid over one list of known keys.
//! Knows names and sources; the types and what is accepted stand in `values`.
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::ConfigError;
use super::environment::{Environment, Flags, PREFIX};

/// The embedded defaults, with a comment on every key.
pub const DEFAULTS: &str = include_str!("../../config/default.toml");

/// A known key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name, dotted: `limits.per_shop`.
    pub name: &'static str,
    /// How its value is shown.
    pub shown: Shown,
}

/// How much of a value is shown to people and logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// All of it.
    Plain,
    /// A URL without its password.
    Url,
    /// Only that it is set.
    Secret,
}

const fn plain(name: &'static str) -> Key {
    Key { name, shown: Shown::Plain }
}

/// Every key there is. A test compares it with the defaults, both ways.
pub const KEYS: &[Key] = &[
    plain("data_dir"),
    plain("listen"),
    plain("public_url"),
    Key { name: "database_url", shown: Shown::Url },
    Key { name: "smtp_url", shown: Shown::Url },
    plain("mail_from"),
    plain("unsubscribe_mailbox"),
    Key { name: "master_key", shown: Shown::Secret },
    plain("master_key_file"),
    Key { name: "files_url", shown: Shown::Url },
    plain("trusted_proxies"),
    plain("workers"),
    plain("body_limit"),
    plain("request_timeout_seconds"),
    plain("keep_alive_seconds"),
    plain("drain_seconds"),
    Key { name: "metrics_token", shown: Shown::Secret },
    plain("submit_days"),
    plain("token_years"),
    plain("contact_days_after_last_mail"),
    plain("event_keep_days"),
    plain("closed_shop_days"),
    plain("public_poll_ms"),
    plain("contact"),
    plain("security_contact"),
    plain("photos.body_limit"),
    plain("log.format"),
    plain("log.filter"),
    plain("limits.per_address"),
    plain("limits.writes_per_address"),
    plain("limits.per_shop"),
    plain("limits.writes_per_shop"),
    plain("limits.wrong_tokens"),
    plain("db.readers"),
    plain("db.pool"),
    plain("db.queue"),
    plain("jobs.parallel"),
    plain("jobs.batch"),
    plain("jobs.lease_seconds"),
    plain("mail.limits"),
    plain("mail.warm_up"),
    plain("mail.quiet_hours"),
    plain("mail.connections"),
    plain("mail.timeout_seconds"),
    plain("mail.name"),
    plain("mail.spf"),
    plain("dns.resolver"),
    plain("returns.mailbox"),
    plain("returns.listen"),
    plain("returns.exchanger"),
    plain("returns.protocol"),
    plain("returns.certificate"),
    plain("returns.certificate_key"),
    plain("returns.message_limit"),
    plain("returns.connections"),
    plain("returns.timeout_seconds"),
    plain("returns.ses_topic"),
    Key { name: "returns.mailgun_key", shown: Shown::Secret },
    Key { name: "returns.postmark_login", shown: Shown::Secret },
    plain("returns.sendgrid_key"),
];

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The embedded defaults.
    Default,
    /// A file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// A flag.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Default => f.write_str("default"),
            Source::File(path) => write!(f, "file {}", path.display()),
            Source::Environment(name) => write!(f, "environment {name}"),
            Source::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// One value before it is typed: TOML from files, text from the rest.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    pub(super) value: toml::Value,
    pub(super) source: Source,
}

/// One line of `attesta config`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The key.
    pub key: &'static str,
    /// Its value, masked where it is a secret; none where it is not set.
    pub value: Option<String>,
    /// Where it comes from.
    pub source: String,
}

/// All values with their sources, not yet typed.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    values: BTreeMap<&'static str, Raw>,
}

impl Settings {
    /// The embedded defaults alone.
    ///
    /// # Errors
    /// None as long as the tests pass.
    pub fn defaults() -> Result<Self, ConfigError> {
        let mut settings = Self::default();
        settings.lay_file(DEFAULTS, &Source::Default)?;
        Ok(settings)
    }

    /// Lays all sources over one another.
    ///
    /// # Errors
    /// Unknown keys, unreadable files, and a variable given twice.
    pub fn collect(flags: &Flags, environment: &Environment) -> Result<Self, ConfigError> {
        let outside = outside(flags, environment)?;
        let mut settings = Self::defaults()?;
        let data_dir = outside.values.get("data_dir").or_else(|| settings.values.get("data_dir"));
        let data_dir = PathBuf::from(data_dir.and_then(|raw| raw.value.as_str()).unwrap_or("."));
        let named = flags.config.clone().or_else(|| environment.get("ATTESTA_CONFIG").map(PathBuf::from));
        let path = named.clone().unwrap_or_else(|| data_dir.join("attesta.toml"));
        if named.is_some() || path.is_file() {
            let text = read(&path)?;
            settings.lay_file(&text, &Source::File(path.clone()))?;
            settings.refuse_moving(&path, named.is_none())?;
        }
        settings.values.extend(outside.values);
        Ok(settings)
    }

    /// A file found in the data folder cannot say that the data folder is elsewhere.
    fn refuse_moving(&self, path: &Path, found: bool) -> Result<(), ConfigError> {
        if found && self.source("data_dir") != Source::Default.to_string() {
            let path = path.display();
            return Err(ConfigError(format!(
                "data_dir (file {path}): a file inside the data folder cannot move it; use --data-dir or --config FILE"
            )));
        }
        Ok(())
    }

    fn lay_file(&mut self, text: &str, source: &Source) -> Result<(), ConfigError> {
        let table: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| ConfigError(format!("{source}: {}", error.to_string().trim_end())))?;
        let mut flat = Vec::new();
        flatten("", table, &mut flat);
        let mut unknown = Vec::new();
        for (name, value) in flat {
            match known(&name) {
                Some(key) => drop(self.values.insert(key, Raw { value, source: source.clone() })),
                None => unknown.push(unknown_key(&name, &source.to_string(), KEYS.iter().map(|k| k.name.to_owned()))),
            }
        }
        if unknown.is_empty() { Ok(()) } else { Err(ConfigError(unknown.join("\n"))) }
    }

    /// The value of a key before it is typed.
    pub(super) fn raw(&self, key: &str) -> Option<&Raw> {
        self.values.get(key)
    }

    /// Where the value of a key comes from, in words.
    pub fn source(&self, key: &str) -> String {
        self.values.get(key).map_or_else(|| "not set".to_owned(), |raw| raw.source.to_string())
    }

    /// Every key with its value and source, secrets masked, in the order of the defaults.
    pub fn lines(&self) -> Vec<Line> {
        let line = |key: &Key| Line {
            key: key.name,
            value: self.raw(key.name).map(|raw| shown(key.shown, &raw.value)),
            source: self.source(key.name),
        };
        KEYS.iter().map(line).collect()
    }
}

/// Flags over environment.
fn outside(flags: &Flags, environment: &Environment) -> Result<Settings, ConfigError> {
    let mut settings = Settings::default();
    let mut unknown = Vec::new();
    for name in environment.names().filter(|name| *name != "ATTESTA_CONFIG") {
        let Some((key, from_file)) = key_of(name) else {
            let names = KEYS.iter().map(|key| variable(key.name));
            unknown.push(unknown_key(name, "environment", names));
            continue;
        };
        let Some(text) = environment.get(name) else { continue };
        if from_file && environment.get(&variable(key)).is_some() {
            return Err(ConfigError(format!("{} and {name} are both set: give one of them", variable(key))));
        }
        let text = if from_file { read(Path::new(text))?.trim().to_owned() } else { text.to_owned() };
        settings.values.insert(key, Raw { value: text.into(), source: Source::Environment(name.to_owned()) });
    }
    for (name, text, flag) in flags.all() {
        let source = Source::Flag(flag.to_owned());
        match known(name) {
            Some(key) => drop(settings.values.insert(key, Raw { value: text.into(), source })),
            None => unknown.push(unknown_key(name, &source.to_string(), KEYS.iter().map(|key| key.name.to_owned()))),
        }
    }
    if !unknown.is_empty() {
        return Err(ConfigError(unknown.join("\n")));
    }
    Ok(settings)
}

/// The key that a variable sets, and whether it names a file that holds the value.
fn key_of(variable_name: &str) -> Option<(&'static str, bool)> {
    let find = |wanted: &str| KEYS.iter().find(|key| variable(key.name) == wanted).map(|key| key.name);
    match find(variable_name) {
        Some(key) => Some((key, false)),
        None => find(variable_name.strip_suffix("_FILE")?).map(|key| (key, true)),
    }
}

fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_ascii_uppercase())
}

fn known(name: &str) -> Option<&'static str> {
    KEYS.iter().find(|key| key.name == name).map(|key| key.name)
}

fn unknown_key(name: &str, source: &str, names: impl Iterator<Item = String>) -> String {
    let near = names
        .map(|candidate| (strsim::normalized_damerau_levenshtein(&candidate, name), candidate))
        .filter(|(likeness, _)| *likeness > 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((_, candidate)) => format!("{name} ({source}) is not a setting; did you mean {candidate}?"),
        None => format!("{name} ({source}) is not a setting; `attesta config` lists all of them"),
    }
}

fn flatten(prefix: &str, table: toml::Table, flat: &mut Vec<(String, toml::Value)>) {
    for (name, value) in table {
        let name = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => flatten(&name, inner, flat),
            value => flat.push((name, value)),
        }
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| ConfigError(format!("{} cannot be read: {error}", path.display())))
}

/// A value as people may see it.
pub(super) fn shown(how: Shown, value: &toml::Value) -> String {
    let text = match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(all) => all.iter().map(|one| shown(Shown::Plain, one)).collect::<Vec<_>>().join(", "),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(yes) => yes.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Datetime(time) => time.to_string(),
        toml::Value::Table(_) => "(a section)".to_owned(),
    };
    match how {
        Shown::Plain => text,
        Shown::Secret => "(set, not shown)".to_owned(),
        Shown::Url => super::values::mask_url(&text),
    }
}
