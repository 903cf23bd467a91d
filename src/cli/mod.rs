//! The command line: parses, opens what a command needs, hands over, and turns the outcome into an exit code.
//!
//! One file per command. A new one is a variant of [`Command`] and its line in [`dispatch`]. Commands get the context
//! and where to write; they never exit, never print past [`shown::Shown`], and read no environment.
//!
//! Exit codes, which scripts rely on: 0 done, 1 failed, 2 usage, 3 settings or keys, 4 database, 5 port.
mod config;
mod demo;
mod event;
mod gdpr;
mod healthcheck;
mod key;
mod mail;
mod migrate;
mod progress;
mod review;
mod serve;
mod settings;
mod shop;
mod shown;
mod trace;

use std::ffi::OsString;
use std::io::Write;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use serde_json::json;

use self::settings::SettingsArgs;
use self::shown::{Failure, Shown};
use crate::app::{self, Outside};
use crate::config::{Config, ConfigError, Environment, Flags, Settings, Source};
use crate::context::Context;
use crate::kernel::random::SystemRandom;
use crate::kernel::time::SystemClock;

/// Certified reviews: signed order events in, invitations out, public proof.
#[derive(Debug, Parser)]
#[command(name = "attesta", version, about, max_term_width = 100)]
struct Cli {
    /// Answer with one JSON document.
    #[arg(long, global = true)]
    json: bool,
    #[command(flatten)]
    settings: SettingsArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "parsed once in the life of a process")]
enum Command {
    /// Try everything on this machine: a shop, its mailbox, its profile. Nothing to set.
    Demo,
    /// Run the server.
    Serve,
    /// Bring the database up to this version of the program; `serve` does it too.
    Migrate,
    /// Show the settings in force and where each comes from; secrets are masked.
    Config,
    /// Ask the running server whether it is ready; for containers.
    Healthcheck,
    /// Open, list, change, close and suspend shops.
    #[command(subcommand)]
    Shop(shop::ShopCommand),
    /// Make new keys.
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// What mail needs to arrive: DNS records, a test, a look over all mails.
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// Send a signed order event.
    #[command(subcommand)]
    Event(event::EventCommand),
    /// Restrict a review, or restore it.
    #[command(subcommand)]
    Review(review::ReviewCommand),
    /// Export or erase what is stored about a person.
    #[command(subcommand)]
    Gdpr(gdpr::GdprCommand),
}

fn dispatch(command: Command, start: &Start, shown: &mut Shown<'_>) -> Result<(), Failure> {
    match command {
        Command::Demo => demo::run(start, shown),
        Command::Serve => serve::run(start.config()?, shown),
        Command::Migrate => migrate::run(&start.config()?, shown),
        Command::Config => config::run(start, shown),
        Command::Healthcheck => healthcheck::run(&start.config()?, shown),
        Command::Shop(command) => shop::run(&start.open()?, command, shown),
        Command::Key(command) => key::run(&start.open()?, command, shown),
        Command::Mail(command) => mail::run(&start.open()?, command, shown),
        Command::Event(command) => event::run(&start.open()?, command, shown),
        Command::Review(command) => review::run(&start.open()?, command, shown),
        Command::Gdpr(command) => gdpr::run(&start.open()?, command, shown),
    }
}

/// What a command can start from: the settings, or everything opened.
pub(crate) struct Start {
    flags: Flags,
    environment: Environment,
}

impl Start {
    /// The settings in force.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        Ok(Config::load(&self.flags, &self.environment)?)
    }

    /// Whether a setting was given, by flag, environment or file.
    pub(crate) fn is_set(&self, key: &str) -> Result<bool, Failure> {
        Ok(Settings::collect(&self.flags, &self.environment)?.source(key) != Source::Default.to_string())
    }

    /// Database, keys and links, for a command that works beside the server.
    pub(crate) fn open(&self) -> Result<Context, Failure> {
        let config = self.config()?;
        trace::quiet();
        Ok(app::open(config, outside())?)
    }
}

/// The runtime of a command that talks to the network, and of the server.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Failure::new(error.to_string()))
}

/// The real time and chance.
pub(crate) fn outside() -> Outside {
    Outside { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom) }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self { text: error.to_string(), code: 3 }
    }
}

/// Runs one command; returns the exit code. The outcome goes to `out`, the reason of a failure to `err`.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    environment: Environment,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    // One crypto provider for all TLS of the process; a second installation (in tests) changes nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let asked = !error.use_stderr();
            let text = error.render();
            let written = if asked { write!(out, "{text}") } else { write!(err, "{text}") };
            return if asked && shown::read_enough(written).is_ok() { 0 } else { 2 };
        }
    };
    let outcome = cli.settings.flags().and_then(|flags| {
        let start = Start { flags, environment };
        dispatch(cli.command, &start, &mut Shown::new(out, cli.json))
    });
    match outcome {
        Ok(()) => 0,
        Err(failure) => {
            complain(err, &failure, cli.json);
            failure.code
        }
    }
}

/// Says why, once; a command that has said it itself leaves the text empty.
fn complain(err: &mut dyn Write, failure: &Failure, as_json: bool) {
    if failure.text.is_empty() {
        return;
    }
    let line = if as_json {
        json!({ "error": { "exit_code": failure.code, "detail": failure.text } }).to_string()
    } else {
        format!("attesta: {}", failure.text)
    };
    // Nobody is left to tell when even this cannot be written.
    drop(writeln!(err, "{line}"));
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn attesta(line: &str) -> (u8, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let args = std::iter::once("attesta").chain(line.split_whitespace()).map(OsString::from);
        let code = run(args, Environment::empty(), &mut out, &mut err);
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn no_two_options_collide() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_is_no_error_and_nonsense_is_usage() {
        assert_eq!(attesta("--help").0, 0);
        assert_eq!(attesta("--version").1, format!("attesta {}\n", env!("CARGO_PKG_VERSION")));
        assert_eq!(attesta("serv").0, 2);
        assert_eq!(attesta("config --set nonsense").0, 2);
    }

    /// As `head`, which leaves after its lines.
    struct Gone;

    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_no_failure() {
        for line in [&["--help"][..], &["config"], &["config", "--json"]] {
            let mut err = Vec::new();
            let args = ["attesta"].iter().chain(line).map(OsString::from);
            let code = run(args, Environment::empty(), &mut Gone, &mut err);
            assert_eq!((code, String::from_utf8(err).unwrap().as_str()), (0, ""), "{line:?}");
        }
    }

    #[test]
    fn settings_that_are_not_accepted_are_code_three() {
        let (code, _, said) = attesta("config --listen 8080");
        assert_eq!(code, 3);
        assert!(said.starts_with("attesta: listen = 8080 (flag --listen) is not accepted: expected IP:PORT"), "{said}");
        let (code, _, said) = attesta("serve --json --set limits.per_shops=1");
        assert_eq!(code, 3);
        assert!(said.contains("did you mean limits.per_shop?"), "{said}");
    }

    #[test]
    fn config_shows_every_source_and_no_secret() {
        let (code, shown, _) =
            attesta("config --json --public-url https://x.example --smtp-url smtp://a:s3cret@m.example");
        assert_eq!(code, 0);
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let find =
            |key: &str| shown["settings"].as_array().unwrap().iter().find(|line| line["key"] == key).unwrap().clone();
        assert_eq!(find("public_url")["source"], "flag --public-url");
        assert_eq!(find("listen")["source"], "default");
        assert_eq!(find("smtp_url")["value"], "smtp://a:(not shown)@m.example");
        let (_, text, _) = attesta("config --set db.queue=7");
        assert!(text.contains("db.queue") && text.contains("flag --set"), "{text}");
    }

    #[test]
    fn a_database_that_cannot_be_opened_is_code_four() {
        let (code, _, said) = attesta("migrate --data-dir /tmp --database-url sqlite:/proc/nowhere/attesta.db");
        assert_eq!(code, 4, "{said}");
    }

    #[test]
    fn migrate_names_what_it_did_once() {
        let dir = tempfile::tempdir().unwrap();
        let line = format!("migrate --json --data-dir {}", dir.path().display());
        let applied = |shown: &str| {
            serde_json::from_str::<serde_json::Value>(shown).unwrap()["applied"].as_array().unwrap().len()
        };
        let (code, first, said) = attesta(&line);
        assert_eq!(code, 0, "{said}");
        assert!(applied(&first) > 0);
        assert_eq!(applied(&attesta(&line).1), 0);
    }

    #[test]
    fn a_taken_port_is_code_five_and_a_silent_one_is_not_ready() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let (code, _, said) = attesta(&format!("serve --data-dir {} --listen {address}", dir.path().display()));
        assert_eq!(code, 5);
        assert!(said.contains("is taken"), "{said}");
        drop(taken);
        let (code, _, said) = attesta(&format!("healthcheck --listen {address}"));
        assert_eq!(code, 1);
        assert!(said.contains("does not answer"), "{said}");
    }
}
