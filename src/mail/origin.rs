//! Where this instance's mail comes from, as the world sees it: the domain in From, and the machine that sends for it. What the checks of
//! the DNS compare with.

use std::net::IpAddr;

use crate::config::Config;

use super::transport::url::{MailUrl, Server};

/// The machine that hands mail to the world, as far as the settings tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// Its name or address; none where no mail leaves.
    host: Option<String>,
    /// What its provider wants in SPF.
    spf: Option<String>,
}

impl Origin {
    /// Reads the settings. A mail server on this machine sends from where the world reaches this machine.
    pub(super) fn new(config: &Config) -> Self {
        let public = || config.public_url.as_ref().map(|base| base.host().to_owned());
        let url = config.smtp_url.as_ref().and_then(|url| MailUrl::parse(url.expose()).ok());
        let host = match url {
            Some(MailUrl::Smtp(server)) if server.is_loopback() => public(),
            Some(MailUrl::Smtp(Server { host, .. })) => Some(host),
            Some(MailUrl::File(_) | MailUrl::Capture) | None => None,
        };
        Self { host, spf: config.mail.spf.clone() }
    }

    /// The mechanism that must stand in SPF, by the settings.
    pub(super) fn wanted(&self) -> Option<&str> {
        self.spf.as_deref()
    }

    /// A mechanism that lets the machine send.
    pub(super) fn suggested(&self) -> Option<String> {
        let host = self.host.as_deref()?;
        Some(match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => format!("ip4:{address}"),
            Ok(IpAddr::V6(address)) => format!("ip6:{address}"),
            Err(_name) => format!("a:{host}"),
        })
    }

    /// The machine's name or address.
    pub(super) fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Environment, Flags};

    /// A setting with its value.
    type Given = (&'static str, &'static str);

    #[test]
    fn the_machine_is_the_mail_server_or_this_one() {
        let origin = |settings: &[Given]| {
            let flags = settings.iter().fold(Flags::none(), |flags, (key, value)| flags.with(key, Some(value)));
            Origin::new(&Config::load(&flags, &Environment::empty()).unwrap())
        };
        let public = ("public_url", "https://reviews.example");
        let table: [(&[Given], Option<&str>); 6] = [
            (&[public], None),
            (&[public, ("smtp_url", "capture:")], None),
            (&[public, ("smtp_url", "smtps://u:p@mail.example")], Some("a:mail.example")),
            (&[public, ("smtp_url", "smtp://192.0.2.1:25?tls=none")], Some("ip4:192.0.2.1")),
            (&[public, ("smtp_url", "smtp://[2001:db8::1]:25?tls=none")], Some("ip6:2001:db8::1")),
            (&[public, ("smtp_url", "smtp://localhost:25")], Some("a:reviews.example")),
        ];
        for (settings, suggested) in table {
            assert_eq!(origin(settings).suggested().as_deref(), suggested, "{settings:?}");
        }
    }
}
