//! The types of settings: one reader per kind of value, each with the sentence for what is accepted. Pure.
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;

use super::ConfigError;
use super::returns::Protocol;
use super::settings::{KEYS, Raw, Settings, Shown, shown};
use crate::db::DatabaseUrl;
use crate::kernel::domain::ascii_host;
use crate::kernel::email::EmailAddress;
use crate::kernel::pace::{Limit, QuietHours, WarmUp};
use crate::links::Base;

/// A text that never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one who needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(not shown)")
    }
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// Reads typed values and words what is not accepted.
pub(super) struct Reader<'a> {
    settings: &'a Settings,
}

impl<'a> Reader<'a> {
    pub(super) fn new(settings: &'a Settings) -> Self {
        Self { settings }
    }

    /// A text; none where it is not set.
    pub(super) fn text(&self, key: &str) -> Result<Option<&'a str>, ConfigError> {
        let Some(raw) = self.settings.raw(key) else { return Ok(None) };
        match raw.value.as_str().map(str::trim) {
            Some("") => Err(refused(key, raw, "it is empty")),
            Some(text) => Ok(Some(text)),
            None => Err(refused(key, raw, "expected a text in quotes")),
        }
    }

    /// A text parsed by `parse`, whose error completes the sentence.
    fn parsed<T>(&self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, ConfigError> {
        let (Some(text), Some(raw)) = (self.text(key)?, self.settings.raw(key)) else { return Ok(None) };
        parse(text).map(Some).map_err(|why| refused(key, raw, &why))
    }

    /// A whole number from `least` to `most`.
    pub(super) fn number<N: TryFrom<i64>>(&self, key: &str, least: i64, most: i64) -> Result<N, ConfigError> {
        let accepted = format!("expected a whole number from {least} to {most}");
        let Some(raw) = self.settings.raw(key) else { return Err(ConfigError(format!("{key} has no default"))) };
        let number = match &raw.value {
            toml::Value::Integer(number) => Some(*number),
            toml::Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number| (least..=most).contains(number));
        number.and_then(|number| N::try_from(number).ok()).ok_or_else(|| refused(key, raw, &accepted))
    }

    pub(super) fn seconds(&self, key: &str, least: i64, most: i64) -> Result<Duration, ConfigError> {
        self.number::<u64>(key, least, most).map(Duration::from_secs)
    }

    pub(super) fn secret(&self, key: &str) -> Result<Option<Secret>, ConfigError> {
        self.parsed(key, |text| Ok(Secret::new(text)))
    }

    pub(super) fn listen(&self, key: &str) -> Result<SocketAddr, ConfigError> {
        self.optional_listen(key)?.ok_or_else(|| ConfigError(format!("{key} has no default")))
    }

    pub(super) fn optional_listen(&self, key: &str) -> Result<Option<SocketAddr>, ConfigError> {
        let parse = |text: &str| {
            let numeric = match text.strip_prefix("localhost:") {
                Some(port) => format!("127.0.0.1:{port}"),
                None => text.to_owned(),
            };
            let accepted = "expected IP:PORT or localhost:PORT, such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080";
            numeric.parse::<SocketAddr>().map_err(|_not_an_address| accepted.to_owned())
        };
        self.parsed(key, parse)
    }

    pub(super) fn protocol(&self, key: &str) -> Result<Protocol, ConfigError> {
        let parse = |text: &str| match text {
            "smtp" => Ok(Protocol::Smtp),
            "lmtp" => Ok(Protocol::Lmtp),
            _ => Err("expected smtp or lmtp".to_owned()),
        };
        Ok(self.parsed(key, parse)?.unwrap_or_default())
    }

    pub(super) fn sns_topic(&self, key: &str) -> Result<Option<String>, ConfigError> {
        let accepted = "expected the ARN of an SNS topic, such as arn:aws:sns:eu-west-1:123456789012:attesta";
        self.parsed(key, |text| {
            let parts: Vec<&str> = text.split(':').collect();
            let sns = matches!(parts.as_slice(), ["arn", "aws" | "aws-cn" | "aws-us-gov", "sns", region, account, name]
                if !region.is_empty() && account.len() == 12 && !name.is_empty());
            if sns && text.bytes().all(|byte| byte.is_ascii_graphic()) {
                Ok(text.to_owned())
            } else {
                Err(accepted.to_owned())
            }
        })
    }

    /// A name and a password that is no guess.
    pub(super) fn login(&self, key: &str) -> Result<Option<Secret>, ConfigError> {
        let accepted = "expected NAME:PASSWORD with a password of 16 characters or more";
        self.parsed(key, |text| match text.split_once(':') {
            Some((name, password)) if !name.is_empty() && password.len() >= 16 => Ok(Secret::new(text)),
            _ => Err(accepted.to_owned()),
        })
    }

    pub(super) fn base64_key(&self, key: &str) -> Result<Option<String>, ConfigError> {
        let accepted = "expected the public key as SendGrid shows it, in base64 (MFkw...)";
        self.parsed(key, |text| {
            let known = STANDARD.decode(text).is_ok_and(|bytes| bytes.len() > 65);
            if known { Ok(text.to_owned()) } else { Err(accepted.to_owned()) }
        })
    }

    pub(super) fn base(&self, key: &str) -> Result<Option<Base>, ConfigError> {
        self.parsed(key, Base::parse)
    }

    pub(super) fn database_url(&self, key: &str) -> Result<Option<DatabaseUrl>, ConfigError> {
        self.parsed(key, DatabaseUrl::parse)
    }

    pub(super) fn smtp_url(&self, key: &str) -> Result<Option<Secret>, ConfigError> {
        self.parsed(key, |text| {
            let known = ["smtp://", "smtps://", "file:", "capture:"].iter().any(|scheme| text.starts_with(scheme));
            let accepted = "expected smtp://HOST, smtps://HOST, file:FOLDER or capture:";
            if known { Ok(Secret::new(text)) } else { Err(accepted.to_owned()) }
        })
    }

    pub(super) fn files_url(&self, key: &str) -> Result<Option<Secret>, ConfigError> {
        self.parsed(key, |text| {
            let known = ["file:///", "s3://"].iter().any(|scheme| text.starts_with(scheme));
            let accepted = "expected file:///FOLDER or s3://KEY:SECRET@HOST/BUCKET";
            if known { Ok(Secret::new(text)) } else { Err(accepted.to_owned()) }
        })
    }

    pub(super) fn email(&self, key: &str) -> Result<Option<EmailAddress>, ConfigError> {
        let accepted = "expected one e-mail address without a name, such as reviews@example.com";
        self.parsed(key, |text| EmailAddress::parse(text).map_err(|_why| accepted.to_owned()))
    }

    pub(super) fn contact(&self, key: &str) -> Result<Option<String>, ConfigError> {
        self.parsed(key, |text| {
            let page = text.starts_with("https://") && reqwest::Url::parse(text).is_ok();
            let address = text.strip_prefix("mailto:").unwrap_or(text);
            match EmailAddress::parse(address) {
                Ok(_) => Ok(format!("mailto:{address}")),
                Err(_) if page && !text.contains(char::is_whitespace) => Ok(text.to_owned()),
                Err(_) => Err("expected an e-mail address or an address of a page, https://...".to_owned()),
            }
        })
    }

    pub(super) fn log_format(&self, key: &str) -> Result<LogFormat, ConfigError> {
        let parse = |text: &str| match text {
            "pretty" => Ok(LogFormat::Pretty),
            "json" => Ok(LogFormat::Json),
            _ => Err("expected pretty or json".to_owned()),
        };
        Ok(self.parsed(key, parse)?.unwrap_or(LogFormat::Pretty))
    }

    pub(super) fn log_filter(&self, key: &str) -> Result<String, ConfigError> {
        let accepted = "expected a level such as info, or directives such as info,attesta::jobs=debug";
        let parse = |text: &str| match tracing_subscriber::EnvFilter::try_new(text) {
            Ok(_filter) => Ok(text.to_owned()),
            Err(error) => Err(format!("{error}; {accepted}")),
        };
        Ok(self.parsed(key, parse)?.unwrap_or_else(|| "info".to_owned()))
    }

    /// A name for headers: letters, digits, blanks and a few marks.
    pub(super) fn sender_name(&self, key: &str) -> Result<String, ConfigError> {
        let parse = |text: &str| {
            let plain = |letter: char| letter.is_alphanumeric() || " .,'&+-_".contains(letter);
            let fits = text.chars().count() <= 40 && text.chars().all(plain);
            if fits {
                Ok(text.to_owned())
            } else {
                Err("expected a name of at most 40 letters, digits and blanks".to_owned())
            }
        };
        Ok(self.parsed(key, parse)?.unwrap_or_else(|| "Attesta".to_owned()))
    }

    /// One mechanism of an SPF record.
    pub(super) fn spf(&self, key: &str) -> Result<Option<String>, ConfigError> {
        self.parsed(key, |text| {
            let known = ["include:", "a:", "mx:", "ip4:", "ip6:"].iter().any(|start| text.starts_with(start));
            let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-_/".contains(&byte));
            let accepted = "expected one mechanism, such as include:amazonses.com or ip4:192.0.2.1";
            if known && plain { Ok(text.to_ascii_lowercase()) } else { Err(accepted.to_owned()) }
        })
    }

    /// The name of a machine.
    pub(super) fn host(&self, key: &str) -> Result<Option<String>, ConfigError> {
        let accepted = "expected the name of a machine, such as mx.reviews.example";
        self.parsed(key, |text| match ascii_host(text) {
            Ok(host) if host.parse::<IpAddr>().is_err() => Ok(host),
            _ => Err(accepted.to_owned()),
        })
    }

    /// A list as in TOML, or a text with commas: addresses of resolvers, port 53 where none is named.
    pub(super) fn resolvers(&self, key: &str) -> Result<Vec<SocketAddr>, ConfigError> {
        let Some(raw) = self.settings.raw(key) else { return Ok(Vec::new()) };
        let accepted = "expected a list of addresses, such as [\"9.9.9.9\", \"[2620:fe::fe]:53\"]";
        let resolver = |text: &String| {
            let text = text.trim();
            let parsed = text.parse().or_else(|_| text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53)));
            parsed.map_err(|_not_an_address| refused(key, raw, accepted))
        };
        listed(&raw.value).iter().filter(|text| !text.trim().is_empty()).map(resolver).collect()
    }

    /// A list as in TOML, or a text with commas: how much mail may leave.
    pub(super) fn limits(&self, key: &str) -> Result<Vec<Limit>, ConfigError> {
        let Some(raw) = self.settings.raw(key) else { return Ok(Vec::new()) };
        let limit = |text: &String| Limit::parse(text).map_err(|error| refused(key, raw, &error.to_string()));
        listed(&raw.value).iter().filter(|text| !text.trim().is_empty()).map(limit).collect()
    }

    pub(super) fn warm_up(&self, key: &str) -> Result<Option<WarmUp>, ConfigError> {
        self.parsed(key, |text| WarmUp::parse(text).map_err(|error| error.to_string()))
    }

    pub(super) fn quiet_hours(&self, key: &str) -> Result<Option<QuietHours>, ConfigError> {
        self.parsed(key, |text| QuietHours::parse(text).map_err(|error| error.to_string()))
    }

    /// A list as in TOML, or a text with commas: networks, or addresses that stand for themselves.
    pub(super) fn networks(&self, key: &str) -> Result<Vec<IpNet>, ConfigError> {
        let Some(raw) = self.settings.raw(key) else { return Ok(Vec::new()) };
        let texts = listed(&raw.value);
        let network = |text: &String| {
            let text = text.trim();
            let parsed = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            let accepted = "expected a list of addresses or networks, such as [\"10.0.0.0/8\", \"::1\"]";
            parsed.map_err(|_not_an_address| refused(key, raw, accepted))
        };
        texts.iter().filter(|text| !text.trim().is_empty()).map(network).collect()
    }
}

/// The texts of a list; what is no text is `?`, which no reader accepts. A flag or the environment may write the list as a file does.
fn listed(value: &toml::Value) -> Vec<String> {
    match value {
        toml::Value::Array(all) => all.iter().map(|one| one.as_str().unwrap_or("?").to_owned()).collect(),
        toml::Value::String(text) => match written_out(text) {
            Some(list) => listed(&list),
            None => text.split(',').map(str::to_owned).collect(),
        },
        _ => vec!["?".to_owned()],
    }
}

/// `["a", "b"]` in a text. An address of IPv6 with its port begins with a bracket too, and is none.
fn written_out(text: &str) -> Option<toml::Value> {
    let list = Some(text.trim()).filter(|text| text.starts_with('[') && text.ends_with(']'))?;
    let mut parsed: toml::Table = toml::from_str(&format!("list = {list}")).ok()?;
    parsed.remove("list")
}

/// The sentence for a value that is not accepted.
fn refused(key: &str, raw: &Raw, why: &str) -> ConfigError {
    let how = KEYS.iter().find(|known| known.name == key).map_or(Shown::Secret, |known| known.shown);
    ConfigError(format!("{key} = {} ({}) is not accepted: {why}", shown(how, &raw.value), raw.source))
}

/// A URL without its password.
pub(super) fn mask_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, format!("?{}", mask_query(query))),
        None => (rest, String::new()),
    };
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let name = user.split_once(':').map_or(user, |(name, _password)| name);
            format!("{scheme}://{name}:(not shown)@{host}{query}")
        }
        None => format!("{scheme}://{rest}{query}"),
    }
}

fn mask_query(query: &str) -> String {
    let part = |part: &str| match part.split_once('=') {
        Some((name, _)) if name.contains("pass") => format!("{name}=(not shown)"),
        _ => part.to_owned(),
    };
    query.split('&').map(part).collect::<Vec<_>>().join("&")
}
