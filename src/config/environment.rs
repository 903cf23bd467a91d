//! What the process was started with: environment variables and flags, collected once. The only place that reads
//! `std::env`; everything else gets them handed in, so that tests can bring their own.
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Prefix of our variables.
pub(super) const PREFIX: &str = "ATTESTA_";

/// The `ATTESTA_*` variables of the process.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// Those of this process. Variables that Kubernetes makes for a service called "attesta" are left out: they are
    /// not meant for us.
    pub fn of_process() -> Self {
        let of_kubernetes = |name: &str, value: &str| {
            name.starts_with("ATTESTA_SERVICE_")
                || name.starts_with("ATTESTA_PORT_")
                || (name == "ATTESTA_PORT" && value.contains("://"))
        };
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        };
        let ours = |(name, value): &(String, String)| name.starts_with(PREFIX) && !of_kubernetes(name, value);
        Self { variables: std::env::vars_os().filter_map(text).filter(ours).collect() }
    }

    /// None at all.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Adds a variable; for tests.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A variable, trimmed, without quotes around it; none where it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|value| unquote(value.trim())).filter(|value| !value.is_empty())
    }

    /// All names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }
}

/// Env files often keep the quotes that a shell would have taken away.
fn unquote(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    value
}

/// Settings given on the command line.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    pub(super) config: Option<PathBuf>,
    values: BTreeMap<String, (String, String)>,
}

impl Flags {
    /// No flags.
    pub fn none() -> Self {
        Self::default()
    }

    /// `--config FILE`.
    #[must_use]
    pub fn with_file(mut self, path: Option<PathBuf>) -> Self {
        self.config = path;
        self
    }

    /// Sets the value of a key that has a flag of its own; none leaves it to the other sources.
    #[must_use]
    pub fn with(mut self, key: &str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            let flag = format!("--{}", key.replace(['_', '.'], "-"));
            self.values.insert(key.to_owned(), (value.to_owned(), flag));
        }
        self
    }

    /// `--set KEY=VALUE`.
    #[must_use]
    pub fn with_set(mut self, key: &str, value: &str) -> Self {
        self.values.insert(key.to_owned(), (value.to_owned(), "--set".to_owned()));
        self
    }

    /// All keys with their values and flags.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.values.iter().map(|(key, (value, flag))| (key.as_str(), value.as_str(), flag.as_str()))
    }
}
