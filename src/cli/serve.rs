//! `attesta serve`: takes the port, opens the house, serves until it is asked to stop.
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

use serde_json::json;

use super::shown::{Failure, Shown};
use super::{outside, runtime, trace};
use crate::app::{self, House};
use crate::config::Config;
use crate::http;

/// Runs the command.
pub(super) fn run(mut config: Config, shown: &mut Shown<'_>) -> Result<(), Failure> {
    trace::start(&config.log);
    let (listener, bound) = take_port(config.listen)?;
    config.listen = bound;
    let house = House::new(app::open(config, outside())?)?;
    greet(house.ctx().config(), shown)?;
    runtime()?.block_on(house.serve(listener, http::stop_signal()))?;
    Ok(())
}

/// Takes a port before anything else is touched, so that a second server does no harm.
pub(super) fn take_port(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    http::bind(address).map_err(|error| {
        let text = match error.kind() {
            ErrorKind::AddrInUse => format!("{address} is taken by another program; choose another with --listen."),
            ErrorKind::PermissionDenied => {
                format!("{address} may not be used by this account; choose a port from 1024 on.")
            }
            _ => format!("{address} cannot be listened on: {error}."),
        };
        Failure { text, code: 5 }
    })
}

/// The lines an operator sees first.
fn greet(config: &Config, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let base = config.base();
    let answer = json!({
        "listening": format!("http://{}", config.listen),
        "public_url": config.public_url.as_ref().map(ToString::to_string),
        "links": base.to_string(),
        "database": config.database_url.to_string(),
    });
    shown.say(&answer, &greeting(config))
}

/// The same for people, with what is still missing before mail works as it should.
fn greeting(config: &Config) -> String {
    let base = config.base();
    let mut text = format!(
        "Attesta {} listens on http://{}\n  pages      {base}/\n  docs       {base}/docs\n  database   {}",
        env!("CARGO_PKG_VERSION"),
        config.listen,
        config.database_url
    );
    if config.public_url.is_none() && !config.listens_on_loopback() {
        text.push_str("\n  mail       held: set --public-url to the address the world uses");
    } else if config.public_url.is_some() && config.smtp_url.is_none() {
        text.push_str("\n  mail       held: set --smtp-url to your mail server");
    }
    if config.public_url.as_ref().is_some_and(|base| !base.is_https()) {
        text.push_str("\n  one click  none: mail programs offer to unsubscribe only where --public-url is https://");
    }
    if config.public_url.is_some() && config.contact.is_none() {
        text.push_str("\n  contact    none: add --set contact=ADDRESS, so that customers can reach you");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Environment, Flags};

    /// Names of the lines after those that everybody sees, where these settings are made.
    fn missing(settings: &[(&str, &str)]) -> Vec<String> {
        let set = |flags: Flags, (name, value): &(&str, &str)| flags.with(name, Some(*value));
        let config = Config::load(&settings.iter().fold(Flags::none(), set), &Environment::empty()).unwrap();
        let text = greeting(&config);
        let name = |line: &str| line.split("  ").find(|word| !word.is_empty()).unwrap_or_default().to_owned();
        text.lines().skip(4).map(name).collect()
    }

    #[test]
    fn the_first_lines_say_what_mail_still_lacks() {
        const HTTPS: (&str, &str) = ("public_url", "https://reviews.example");
        const HTTP: (&str, &str) = ("public_url", "http://reviews.example");
        const SERVER: (&str, &str) = ("smtp_url", "smtp://mail.example");
        const CONTACT: (&str, &str) = ("contact", "help@reviews.example");
        assert_eq!(missing(&[]), [""; 0], "at home mail is kept");
        assert_eq!(missing(&[("listen", "0.0.0.0:8080")]), ["mail"]);
        assert_eq!(missing(&[HTTPS]), ["mail", "contact"]);
        assert_eq!(missing(&[HTTPS, SERVER, CONTACT]), [""; 0]);
        assert_eq!(missing(&[HTTP, SERVER, CONTACT]), ["one click"], "RFC 8058 asks for https");
    }
}
