//! Which database: parsed once, printed without its password.

use std::fmt;
use std::path::PathBuf;

/// A database address. An unknown scheme is refused instead of becoming an empty file of that name.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of the embedded engine.
    Sqlite(PathBuf),
    /// A libpq connection URI.
    Postgres(String),
}

impl DatabaseUrl {
    /// Parses `sqlite:PATH`, `sqlite://PATH`, `postgres://…` or `postgresql://…`.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")) {
            if path.is_empty() {
                return Err("sqlite: needs a file, such as sqlite:/var/lib/attesta/attesta.db".to_owned());
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            if cfg!(not(feature = "postgres-tls"))
                && ["require", "verify-ca", "verify-full"].iter().any(|mode| text.contains(&format!("sslmode={mode}")))
            {
                return Err("this build speaks to PostgreSQL without TLS: build with --features postgres-tls to use sslmode=require".to_owned());
            }
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err("the address must begin with sqlite: or postgres://".to_owned())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => f.write_str(&mask_password(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

fn mask_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "postgres://…".to_owned() };
    let rest = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:…@{host}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let rest = match rest.split_once("password=") {
        Some((before, after)) => {
            format!("{before}password=…{}", after.split_once('&').map_or(String::new(), |(_, tail)| format!("&{tail}")))
        }
        None => rest,
    };
    format!("{scheme}://{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_never_prints() {
        let url = DatabaseUrl::parse("postgres://app:s3cret@db:5432/x?password=t0p&y=1").unwrap();
        assert_eq!(url.to_string(), "postgres://app:…@db:5432/x?password=…&y=1", "the operator sees no password");
    }

    #[test]
    fn unknown_schemes_are_refused_and_tls_is_named() {
        assert!(DatabaseUrl::parse("mysql://x").is_err(), "an unknown scheme must not become a file");
        if cfg!(not(feature = "postgres-tls")) {
            let error = DatabaseUrl::parse("postgres://h/d?sslmode=require").unwrap_err();
            assert!(error.contains("postgres-tls"), "the operator is told which feature to build: {error}");
        }
    }
}
