//! `[returns]`: where bounces and complaints come back to, and who may report them. Everything is off until it is set.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::values::{Reader, Secret};
use super::{ConfigError, Settings};
use crate::kernel::email::EmailAddress;
use crate::sign::return_path;

/// Longest name of the mailbox: with `+` and the signed part it must fit into the 64 characters before an `@`.
const NAME: usize = 64 - 1 - return_path::LENGTH;

/// `[returns]`
#[derive(Clone, Debug, Default)]
pub struct Returns {
    /// The mailbox that envelope senders are made of; none: mails keep their plain sender.
    pub mailbox: Option<EmailAddress>,
    /// Where the listener for incoming mail stands; none: there is no listener.
    pub listen: Option<SocketAddr>,
    /// The machine that the MX of the mailbox's domain leads to; none: the host of `public_url`.
    pub exchanger: Option<String>,
    /// What is spoken there.
    pub protocol: Protocol,
    /// Certificates and key of STARTTLS, as files; both or none.
    pub tls: Option<TlsFiles>,
    /// Largest mail, in bytes.
    pub message_limit: usize,
    /// Dialogues at once.
    pub connections: usize,
    /// How long a client may take for a line, and a tenth of how long for everything.
    pub timeout: Duration,
    /// The one SNS topic that SES reports to.
    pub ses_topic: Option<String>,
    /// Mailgun's signing key for webhooks.
    pub mailgun_key: Option<Secret>,
    /// NAME:PASSWORD that Postmark's webhooks log in with.
    pub postmark_login: Option<Secret>,
    /// SendGrid's public key for its signed webhook, base64.
    pub sendgrid_key: Option<String>,
}

/// What the listener speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// RFC 5321: for the world, as the MX of a domain.
    #[default]
    Smtp,
    /// RFC 2033: for a mail server that hands over.
    Lmtp,
}

/// Files of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, PEM.
    pub certificate: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
}

pub(super) fn read(r: &Reader<'_>) -> Result<Returns, ConfigError> {
    let file = |key| Ok::<_, ConfigError>(r.text(key)?.map(PathBuf::from));
    let (certificate, key) = (file("returns.certificate")?, file("returns.certificate_key")?);
    Ok(Returns {
        mailbox: r.email("returns.mailbox")?,
        listen: r.optional_listen("returns.listen")?,
        exchanger: r.host("returns.exchanger")?,
        protocol: r.protocol("returns.protocol")?,
        tls: certificate.zip(key).map(|(certificate, key)| TlsFiles { certificate, key }),
        message_limit: r.number("returns.message_limit", 16 << 10, 64 << 20)?,
        connections: r.number("returns.connections", 1, 10_000)?,
        timeout: r.seconds("returns.timeout_seconds", 1, 600)?,
        ses_topic: r.sns_topic("returns.ses_topic")?,
        mailgun_key: r.secret("returns.mailgun_key")?,
        postmark_login: r.login("returns.postmark_login")?,
        sendgrid_key: r.base64_key("returns.sendgrid_key")?,
    })
}

/// Rules that need more than one value.
pub(super) fn check(returns: &Returns, settings: &Settings) -> Result<(), ConfigError> {
    let fault = |key: &str, what: String| Err(ConfigError(format!("{key} ({}): {what}", settings.source(key))));
    if let Some(mailbox) = &returns.mailbox
        && (mailbox.local_part().len() > NAME || mailbox.local_part().contains('+'))
    {
        let what =
            format!("the name before the @ may have {NAME} characters and no +, because a signed part follows it");
        return fault("returns.mailbox", what);
    }
    if returns.listen.is_some() && returns.mailbox.is_none() {
        return fault(
            "returns.listen",
            "set returns.mailbox too: without it no mail has anything to come back to".to_owned(),
        );
    }
    let (certificate, key) = ("returns.certificate", "returns.certificate_key");
    if settings.raw(certificate).is_some() != settings.raw(key).is_some() {
        let given = if settings.raw(certificate).is_some() { certificate } else { key };
        return fault(given, format!("{certificate} and {key} belong together: give both"));
    }
    Ok(())
}
