//! Where this instance's mail comes from, as the world sees it: the domain in From, and the machine that sends for it. What the checks of
//! the DNS compare with.

use std::net::IpAddr;

use crate::config::{Config, Protocol};

use super::mailer::Mailer;
use super::transport::url::{MailUrl, Server};

/// The machine that hands mail to the world, as far as the settings tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// Its name or address; none where no mail leaves.
    host: Option<String>,
    /// What its provider wants in SPF.
    spf: Option<String>,
    way_back: Option<WayBack>,
}

/// How bounces come back, as far as the settings tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct WayBack {
    /// The domain of the return address.
    pub(super) domain: String,
    /// The machine that takes mail for it, by its name; none where nothing is known of it.
    pub(super) exchanger: Option<String>,
    /// What is known of that machine.
    pub(super) taker: Taker,
}

/// Who takes the mail that comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Taker {
    /// The listener of this instance, from the world or where the settings name a machine for it: an MX that leads elsewhere is wrong.
    Listener,
    /// A mail server that hands over to the listener.
    Relay,
    /// Nobody that this instance knows of.
    #[default]
    Unknown,
}

impl WayBack {
    fn new(config: &Config) -> Option<Self> {
        let returns = &config.returns;
        let domain = returns.mailbox.as_ref()?.domain().to_owned();
        let named = returns.exchanger.clone();
        let taker = match (returns.listen, returns.protocol) {
            (None, _) => Taker::Unknown,
            (Some(_), _) if named.is_some() => Taker::Listener,
            // Behind something else, which is all that the world sees.
            (Some(listen), Protocol::Smtp) if listen.ip().is_loopback() => Taker::Relay,
            (Some(_), Protocol::Smtp) => Taker::Listener,
            (Some(_), Protocol::Lmtp) => Taker::Relay,
        };
        let public = config.public_url.as_ref().map(|base| base.host().to_owned());
        let exchanger = named.or_else(|| public.filter(|host| host.parse::<IpAddr>().is_err()));
        Some(Self { domain, exchanger, taker })
    }
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
        Self { host, spf: config.mail.spf.clone(), way_back: WayBack::new(config) }
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

    /// How bounces come back, where mails have a return address.
    pub(super) fn way_back(&self) -> Option<&WayBack> {
        self.way_back.as_ref()
    }

    /// The machine's name or address.
    pub(super) fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }
}

impl Mailer {
    /// The domain of the envelope: where receivers look SPF up, and where bounces go.
    pub fn return_domain(&self) -> &str {
        self.way_back().map_or_else(|| self.own_domain(), |way| way.domain.as_str())
    }

    /// How bounces come back, where mails have a return address.
    pub(super) fn way_back(&self) -> Option<&WayBack> {
        self.origin().way_back()
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
    #[test]
    fn who_takes_what_comes_back_follows_from_the_settings() {
        let way = |settings: &[Given]| {
            let public = ("public_url", "https://reviews.example");
            let mailbox = ("returns.mailbox", "returns@bounces.example");
            let all = [&[public, mailbox], settings].concat();
            let flags = all.iter().fold(Flags::none(), |flags, (key, value)| flags.with(key, Some(value)));
            let way = WayBack::new(&Config::load(&flags, &Environment::empty()).unwrap()).unwrap();
            (way.taker, way.exchanger.unwrap_or_default())
        };
        let (all, here) = (("returns.listen", "0.0.0.0:25"), ("returns.listen", "127.0.0.1:2525"));
        let (lmtp, named) = (("returns.protocol", "lmtp"), ("returns.exchanger", "MX.reviews.example"));
        let ours = "reviews.example".to_owned();
        assert_eq!(way(&[]), (Taker::Unknown, ours.clone()));
        assert_eq!(way(&[all]), (Taker::Listener, ours.clone()));
        assert_eq!(way(&[here]), (Taker::Relay, ours.clone()));
        assert_eq!(way(&[all, lmtp]), (Taker::Relay, ours));
        assert_eq!(way(&[here, named]), (Taker::Listener, "mx.reviews.example".to_owned()));
        let none = Config::load(&Flags::none(), &Environment::empty()).unwrap();
        assert_eq!(WayBack::new(&none), None);
    }
}
