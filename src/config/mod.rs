//! The settings of an instance, typed and checked. Built once at start by [`Config::load`] from flag > environment >
//! file > `config/default.toml` (embedded), and handed around in the context. The only room that reads the process
//! environment. A value that is not accepted stops the start with a sentence that names the key, where it came from
//! and what is accepted; a secret never prints.
mod environment;
mod returns;
mod settings;
mod values;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;

pub use environment::{Environment, Flags};
pub use returns::{Protocol, Returns, TlsFiles};
pub use settings::{DEFAULTS, KEYS, Key, Line, Settings, Shown, Source};
pub use values::{LogFormat, Secret};

use crate::db::{DatabaseUrl, Sizes};
use crate::kernel::email::EmailAddress;
use crate::kernel::pace::{Limit, QuietHours, WarmUp};
use crate::kernel::time::DAY;
use crate::links::Base;
use values::Reader;

/// A setting that is unknown or not accepted; one sentence per fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// Effective settings. Every field stands in `config/default.toml` under the same name.
#[derive(Clone, Debug)]
pub struct Config {
    /// Folder for the embedded database, the master key and captured mail.
    pub data_dir: PathBuf,
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Where the world reaches this instance; none until the operator says.
    pub public_url: Option<Base>,
    /// Which database.
    pub database_url: DatabaseUrl,
    /// Mail server, with its password; `mail/` takes it apart.
    pub smtp_url: Option<Secret>,
    /// Sender of all mail; none means `reviews@` and the host of `public_url`.
    pub mail_from: Option<EmailAddress>,
    /// Where people may unsubscribe by mail.
    pub unsubscribe_mailbox: Option<EmailAddress>,
    /// Master key as text; `keyring/` decodes it.
    pub master_key: Option<Secret>,
    /// File of the master key, where one was named; see [`Config::master_key_path`].
    pub master_key_file: Option<PathBuf>,
    /// Where photos are kept, with its secret; `files/` takes it apart. None means in the data folder.
    pub files_url: Option<Secret>,
    /// Proxies whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Threads that answer requests; 0 means one for every two cores.
    pub workers: usize,
    /// Largest body of a request, in bytes.
    pub body_limit: usize,
    /// How long a client may take to send a request.
    pub request_timeout: Duration,
    /// How long an idle connection is kept.
    pub keep_alive: Duration,
    /// How long running work gets to finish at a stop.
    pub drain: Duration,
    /// Bearer token that opens `/metrics` to other machines.
    pub metrics_token: Option<Secret>,
    /// Days after the trigger in which a review can be submitted.
    pub submit_days: i64,
    /// Years a mailed link lives.
    pub token_years: i64,
    /// Days an address without a review is kept after the last mail.
    pub contact_days_after_last_mail: i64,
    /// Days that webhook ids are kept.
    pub event_keep_days: i64,
    /// Days after a shop was closed that orders without a review and the log of mails are kept.
    pub closed_shop_days: i64,
    /// Milliseconds between two looks at changed public versions.
    pub public_poll_ms: i64,
    /// Where whoever runs this instance is reached, as a URI; none: it is not said.
    pub contact: Option<String>,
    /// Whom to tell about a hole in this instance, as a URI; none: it is not said.
    pub security_contact: Option<String>,
    /// What photos may weigh.
    pub photos: Photos,
    /// What is written to the log, and how.
    pub log: Log,
    /// Requests per minute.
    pub limits: Limits,
    /// Sizes of the database layer.
    pub db: DbSizes,
    /// How jobs run.
    pub jobs: Jobs,
    /// How mail leaves.
    pub mail: Mail,
    /// Whom to ask about sending domains.
    pub dns: Dns,
    /// How mail comes back.
    pub returns: Returns,
}

/// `[photos]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Photos {
    /// Largest upload of photos, in bytes.
    pub body_limit: usize,
}

/// `[log]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// Directives of `tracing_subscriber::EnvFilter`.
    pub filter: String,
}

/// `[limits]`: requests per minute, 0 = none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Private and personal routes, by address.
    pub per_address: u32,
    /// Signed events and other writes of shops, by address.
    pub writes_per_address: u32,
    /// What a shop reads, by shop, after the key is checked.
    pub per_shop: u32,
    /// Signed events and other writes, by shop, after they are checked.
    pub writes_per_shop: u32,
    /// Wrong tokens, by address.
    pub wrong_tokens: u32,
}

/// `[db]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DbSizes {
    /// Reading connections of the embedded database.
    pub readers: u32,
    /// Connections to PostgreSQL.
    pub pool: u32,
    /// Writes that may wait.
    pub queue: usize,
}

/// `[jobs]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jobs {
    /// Jobs that run at once.
    pub parallel: usize,
    /// Jobs claimed in one go.
    pub batch: i64,
    /// Length of a lease.
    pub lease_seconds: i64,
}

/// `[mail]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// What the operator allows to leave, all together and to single domains.
    pub limits: Vec<Limit>,
    /// How a sender that nobody knows yet grows; none: it does not have to.
    pub warm_up: Option<WarmUp>,
    /// Hours of the recipient's day in which nothing is sent that nobody waits for.
    pub quiet_hours: Option<QuietHours>,
    /// Open connections to the mail server, 1 to 16.
    pub connections: usize,
    /// How long to wait for an answer of the mail server.
    pub timeout: Duration,
    /// The name of this instance in From.
    pub name: String,
    /// What the SPF record must hold, where the mail server's addresses do not tell.
    pub spf: Option<String>,
}

/// `[dns]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dns {
    /// Whom to ask; empty: the machine's own resolvers.
    pub resolvers: Vec<SocketAddr>,
}

impl Config {
    /// Reads all sources and checks every value.
    ///
    /// # Errors
    /// The first value that is not accepted, or all unknown keys.
    pub fn load(flags: &Flags, environment: &Environment) -> Result<Self, ConfigError> {
        Self::from_settings(&Settings::collect(flags, environment)?)
    }

    /// Checks and types settings that have been collected.
    ///
    /// # Errors
    /// The first value that is not accepted.
    pub fn from_settings(settings: &Settings) -> Result<Self, ConfigError> {
        let r = Reader::new(settings);
        let data_dir = PathBuf::from(r.text("data_dir")?.unwrap_or_default());
        let database_url = match r.database_url("database_url")? {
            Some(url) => url,
            None => database_in(&data_dir),
        };
        let config = Self {
            listen: r.listen("listen")?,
            public_url: r.base("public_url")?,
            smtp_url: r.smtp_url("smtp_url")?,
            mail_from: r.email("mail_from")?,
            unsubscribe_mailbox: r.email("unsubscribe_mailbox")?,
            master_key: r.secret("master_key")?,
            master_key_file: r.text("master_key_file")?.map(PathBuf::from),
            files_url: r.files_url("files_url")?,
            trusted_proxies: r.networks("trusted_proxies")?,
            workers: r.number("workers", 0, 1024)?,
            body_limit: r.number("body_limit", 1024, 64 * 1024 * 1024)?,
            request_timeout: r.seconds("request_timeout_seconds", 1, 600)?,
            keep_alive: r.seconds("keep_alive_seconds", 1, 3600)?,
            drain: r.seconds("drain_seconds", 0, 3600)?,
            metrics_token: r.secret("metrics_token")?,
            submit_days: r.number("submit_days", 1, 3650)?,
            token_years: r.number("token_years", 1, 20)?,
            contact_days_after_last_mail: r.number("contact_days_after_last_mail", 1, 3650)?,
            event_keep_days: r.number("event_keep_days", 1, 3650)?,
            closed_shop_days: r.number("closed_shop_days", 0, 3650)?,
            public_poll_ms: r.number("public_poll_ms", 10, 60_000)?,
            contact: r.contact("contact")?,
            security_contact: r.contact("security_contact")?,
            photos: Photos { body_limit: r.number("photos.body_limit", 1 << 20, 256 << 20)? },
            log: Log { format: r.log_format("log.format")?, filter: r.log_filter("log.filter")? },
            limits: limits(&r)?,
            db: DbSizes {
                readers: r.number("db.readers", 1, 256)?,
                pool: r.number("db.pool", 1, 256)?,
                queue: r.number("db.queue", 1, 1_000_000)?,
            },
            jobs: Jobs {
                parallel: r.number("jobs.parallel", 1, 256)?,
                batch: r.number("jobs.batch", 1, 10_000)?,
                lease_seconds: r.number("jobs.lease_seconds", 5, 3600)?,
            },
            mail: Mail {
                limits: r.limits("mail.limits")?,
                warm_up: r.warm_up("mail.warm_up")?,
                quiet_hours: r.quiet_hours("mail.quiet_hours")?,
                connections: r.number("mail.connections", 1, 16)?,
                timeout: r.seconds("mail.timeout_seconds", 1, 600)?,
                name: r.sender_name("mail.name")?,
                spf: r.spf("mail.spf")?,
            },
            dns: Dns { resolvers: r.resolvers("dns.resolver")? },
            returns: returns::read(&r)?,
            data_dir,
            database_url,
        };
        config.check_together(settings)
    }

    /// Rules that need more than one value.
    fn check_together(self, settings: &Settings) -> Result<Self, ConfigError> {
        if self.master_key.is_some() && self.master_key_file.is_some() {
            return Err(ConfigError(format!(
                "master_key ({}) and master_key_file ({}) are both set: give one of them",
                settings.source("master_key"),
                settings.source("master_key_file"),
            )));
        }
        returns::check(&self.returns, settings)?;
        Ok(self)
    }

    /// The base of all links: `public_url`, else where the server listens.
    pub fn base(&self) -> Base {
        self.public_url.clone().unwrap_or_else(|| Base::listening(self.listen))
    }

    /// Whether only this machine can reach the server.
    pub fn listens_on_loopback(&self) -> bool {
        self.listen.ip().is_loopback()
    }

    /// The file of the master key: the one that was named, else `master.key` in the data folder.
    pub fn master_key_path(&self) -> PathBuf {
        self.master_key_file.clone().unwrap_or_else(|| self.data_dir.join("master.key"))
    }

    /// [`Config::contact`] as people read it.
    pub fn contact_in_words(&self) -> Option<&str> {
        self.contact.as_deref().map(|uri| uri.strip_prefix("mailto:").unwrap_or(uri))
    }

    /// Sizes for [`crate::db::Db::open`].
    pub fn db_sizes(&self) -> Sizes {
        Sizes { readers: self.db.readers, pool: self.db.pool, queue: self.db.queue }
    }

    /// How long an address without a review is kept after the last mail, in milliseconds.
    pub fn contact_keep_ms(&self) -> i64 {
        self.contact_days_after_last_mail.saturating_mul(DAY)
    }

    /// The same settings with another data folder and the embedded database in it.
    #[must_use]
    pub fn in_dir(mut self, dir: &Path) -> Self {
        self.database_url = database_in(dir);
        dir.clone_into(&mut self.data_dir);
        self
    }

    /// The defaults without any environment or file, for tests. Use [`Config::in_dir`] to give it a folder.
    ///
    /// # Panics
    /// Never while the embedded defaults pass their own test.
    #[expect(clippy::expect_used, reason = "the embedded defaults are checked by a test; only tests call this")]
    pub fn for_tests() -> Self {
        let settings = Settings::defaults().expect("the embedded defaults parse");
        Self::from_settings(&settings).expect("the embedded defaults are accepted")
    }
}

fn limits(r: &Reader<'_>) -> Result<Limits, ConfigError> {
    let number = |key| r.number(key, 0, 100_000_000);
    Ok(Limits {
        per_address: number("limits.per_address")?,
        writes_per_address: number("limits.writes_per_address")?,
        per_shop: number("limits.per_shop")?,
        writes_per_shop: number("limits.writes_per_shop")?,
        wrong_tokens: number("limits.wrong_tokens")?,
    })
}

fn database_in(dir: &Path) -> DatabaseUrl {
    DatabaseUrl::Sqlite(dir.join("attesta.db"))
}

#[cfg(test)]
mod tests;
