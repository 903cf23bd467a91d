//! The instance's way of sending: which transport the settings choose, who the sender is, and whether mail must wait. Built once at start;
//! a setting or a template that is not accepted stops the start with a sentence.

use std::sync::Arc;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::config::Config;
use crate::context::Context;
use crate::db;
use crate::kernel::email::EmailAddress;
use crate::kernel::pace::Limit;
use crate::kernel::time::Clock;

use super::compose::{Composed, Composer, Sender};
use super::dkim::Signing;
use super::halt::Halt;
use super::hold::Streaks;
use super::letter::{Fate, Mail};
use super::origin::Origin;
use super::outcome::Fault;
use super::pace::{self, Pace, Progress};
use super::recovery::Recovery;
use super::store::{self, Release};
use super::template::{TemplateFaults, Templates};
use super::transport::Receipt;
use super::transport::capture::Mailbox;
use super::transport::file::Folder;
use super::transport::smtp::{Manners, Smtp};
use super::transport::url::{MailUrl, MailUrlError};
use super::trial::Trials;

/// Held because links would lead nowhere: `public_url` is not set, and the instance listens to the world.
pub const NO_PUBLIC_URL: &str = "no_public_url";
/// Held because there is no mail server: `smtp_url` is not set.
pub const NO_MAIL_SERVER: &str = "no_mail_server";

/// Mails at most that a server may have taken and of which nothing is stored yet: as many may be sent twice after a crash.
const UNSETTLED: usize = 16;
/// Held messages released in one write.
const RELEASED: i64 = 500;

/// Why mail cannot be set up: sentences.
#[derive(Debug, thiserror::Error)]
pub enum MailSetupError {
    /// A mail template is broken.
    #[error("mail templates cannot be used:\n{0}")]
    Templates(#[from] TemplateFaults),
    /// `smtp_url` is not accepted.
    #[error("smtp_url: {0}")]
    Server(#[from] MailUrlError),
    /// There is no usable sender.
    #[error("mail_from: {0}")]
    Sender(String),
}

/// Where the mails of this instance go.
enum Route {
    Smtp(Box<Smtp>),
    File(Folder),
    Capture,
    Held(&'static str),
}

/// What carries one mail.
pub(super) enum Carrier<'a> {
    Smtp(&'a Smtp),
    File(&'a Folder),
    Capture(&'a Mailbox),
}

/// Sends what letters ask for.
pub struct Mailer {
    composer: Composer,
    route: Route,
    mailbox: Mailbox,
    pace: Pace,
    signing: Arc<Signing>,
    origin: Origin,
    unsettled: Semaphore,
    pub(super) halt: Halt,
    pub(super) trials: Trials,
    pub(super) streaks: Streaks,
    pub(super) recovery: Recovery,
}

impl Mailer {
    /// Reads the settings, prepares the transport, checks every template. Connects to nobody.
    ///
    /// # Errors
    /// See [`MailSetupError`].
    pub fn new(config: &Config, clock: &Arc<dyn Clock>) -> Result<Self, MailSetupError> {
        let templates = Templates::load()?;
        let route = route(config, clock)?;
        let from = sender(config, matches!(&route, Route::Smtp(smtp) if !smtp.is_loopback()))?;
        let host = config.public_url.as_ref().map_or(from.domain(), |base| base.host()).to_owned();
        let (name, unsubscribe) = (config.mail.name.clone(), config.unsubscribe_mailbox.clone());
        let (sender, signing) = (Sender { from, name, host, unsubscribe }, Arc::<Signing>::default());
        Ok(Self {
            composer: Composer::new(templates, sender, Arc::clone(&signing)),
            route,
            mailbox: Mailbox::new(&config.data_dir),
            pace: Pace::new(&config.mail, config.jobs.parallel),
            signing,
            origin: Origin::new(config),
            unsettled: Semaphore::new(UNSETTLED),
            halt: Halt::default(),
            trials: Trials::default(),
            streaks: Streaks::default(),
            recovery: Recovery::default(),
        })
    }

    /// The captured mailbox.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// What composes the mails.
    pub fn composer(&self) -> &Composer {
        &self.composer
    }

    /// The right to speak with the mail server, where there is one.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.server()?.turn().await
    }

    /// The right to hand one more mail over, kept until what became of it is stored: whoever stores late keeps others from leaving.
    pub(super) async fn unsettled(&self) -> Option<SemaphorePermit<'_>> {
        // Never closed.
        self.unsettled.acquire().await.ok()
    }

    /// The process is about to stop: no mail server is waited for any more that has not been given its mail. For good.
    pub fn stop(&self) {
        self.halt.call();
    }

    /// The mail server, where there is one.
    pub(super) fn server(&self) -> Option<&Smtp> {
        match &self.route {
            Route::Smtp(smtp) => Some(smtp),
            Route::File(_) | Route::Capture | Route::Held(_) => None,
        }
    }

    /// Why no mail leaves, if none does.
    pub fn held(&self) -> Option<&'static str> {
        match &self.route {
            Route::Held(reason) => Some(reason),
            Route::Smtp(_) | Route::File(_) | Route::Capture => None,
        }
    }

    /// Puts back into the queue what was held for a setting that has been made since. Called at start; safe at any time.
    ///
    /// # Errors
    /// The database's.
    pub async fn release_held(&self, ctx: &Context, kinds: &[&'static str]) -> db::Result<()> {
        let now = ctx.now();
        for kind in kinds.iter().copied().filter(|_| self.held().is_none()) {
            let what = Release { kind, reasons: &[NO_PUBLIC_URL, NO_MAIL_SERVER], shop: None };
            while ctx.db().write(move |tx| store::release(tx, what, now, RELEASED)).await? > 0 {}
        }
        Ok(())
    }

    /// What carries this mail, or why it is held. A test order's mail never leaves.
    pub(super) fn carrier(&self, mail: &Mail) -> Result<Carrier<'_>, &'static str> {
        if mail.context.frame().test { Ok(Carrier::Capture(&self.mailbox)) } else { self.way_out() }
    }

    /// What carries mail that may leave, or why none does.
    pub(super) fn way_out(&self) -> Result<Carrier<'_>, &'static str> {
        match &self.route {
            Route::Smtp(smtp) => Ok(Carrier::Smtp(smtp)),
            Route::File(folder) => Ok(Carrier::File(folder)),
            Route::Capture => Ok(Carrier::Capture(&self.mailbox)),
            Route::Held(reason) => Err(reason),
        }
    }

    /// Reads the keys that sign mail again, where they changed: by a tick, and after a look at the DNS.
    ///
    /// # Errors
    /// The database's.
    pub async fn refresh_signing(&self, ctx: &Context) -> db::Result<()> {
        self.signing.refresh(ctx).await
    }

    /// Whether mail of this domain is signed.
    pub fn signs_for(&self, domain: &str) -> bool {
        self.signing.may(domain)
    }

    /// The names of the keys that sign for a domain.
    pub(super) fn selectors_of(&self, domain: &str) -> Vec<String> {
        self.signing.of(domain).map(|signer| signer.selectors()).unwrap_or_default()
    }

    /// The domain that mail comes from where a shop has none of its own.
    pub fn own_domain(&self) -> &str {
        self.composer.sender().from.domain()
    }

    /// The machine that sends.
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether mail goes to a mail server or a folder: whether the world has to believe who it is from.
    pub fn leaves(&self) -> bool {
        matches!(self.route, Route::Smtp(_) | Route::File(_))
    }

    /// Where mail goes, in a word.
    pub(super) fn route_name(&self) -> String {
        self.way_out().map_or_else(str::to_owned, |carrier| carrier.name())
    }

    /// Whether what carries this mail leaves the instance.
    pub(super) fn limits_hold_for(&self, mail: &Mail) -> bool {
        matches!(self.carrier(mail), Ok(Carrier::Smtp(_) | Carrier::File(_)))
    }

    /// The operator's limits.
    pub fn limits(&self) -> &[Limit] {
        self.pace.limits()
    }

    /// When mails may leave.
    pub(super) fn pace(&self) -> &Pace {
        &self.pace
    }
}

impl Carrier<'_> {
    /// Hands a mail over; `progress` is told how far it has come.
    pub(super) async fn send(&self, mail: &Composed, progress: &Progress) -> Result<Receipt, Fault> {
        match self {
            Self::Smtp(smtp) => smtp.send_followed(mail, progress).await,
            // Nobody is asked: writing the file hands it over.
            Self::File(folder) => {
                progress.gives();
                folder.send(mail).await
            }
            Self::Capture(mailbox) => {
                progress.gives();
                mailbox.send(mail).await
            }
        }
    }

    /// The name under which holds of it are kept.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Smtp(smtp) => smtp.name(),
            Self::File(_) => "file".to_owned(),
            Self::Capture(_) => "capture".to_owned(),
        }
    }

    /// What a mail is that it has taken.
    pub(super) fn success(&self) -> Fate {
        match self {
            Self::Smtp(_) | Self::File(_) => Fate::Sent,
            Self::Capture(_) => Fate::Captured,
        }
    }
}

/// Nothing needs a setting to try, and nothing leaves by surprise.
fn route(config: &Config, clock: &Arc<dyn Clock>) -> Result<Route, MailSetupError> {
    let url = config.smtp_url.as_ref().map(|url| MailUrl::parse(url.expose())).transpose()?;
    let reachable = config.public_url.is_some() || config.listen.ip().is_loopback();
    Ok(match url {
        Some(MailUrl::Capture) => Route::Capture,
        _ if !reachable => Route::Held(NO_PUBLIC_URL),
        Some(MailUrl::Smtp(server)) => {
            let hello = config.public_url.as_ref().map_or_else(String::new, |base| base.host().to_owned());
            let manners = Manners { hello, connections: pace::connections(&config.mail), timeout: config.mail.timeout };
            Route::Smtp(Box::new(Smtp::new(server, &manners, Arc::clone(clock))?))
        }
        Some(MailUrl::File(folder)) => Route::File(Folder::new(folder)),
        None if config.public_url.is_some() => Route::Held(NO_MAIL_SERVER),
        None => Route::Capture,
    })
}

/// `leaves`: mail goes to a server elsewhere, which must be able to answer.
fn sender(config: &Config, leaves: bool) -> Result<EmailAddress, MailSetupError> {
    if let Some(from) = &config.mail_from {
        return Ok(from.clone());
    }
    let host = config.public_url.as_ref().map_or("", |base| base.host());
    match EmailAddress::parse(&format!("reviews@{host}")) {
        Ok(from) => Ok(from),
        Err(_) if leaves => Err(MailSetupError::Sender(
            "set the sender of all mail, such as reviews@shop.example: none can be made from public_url".to_owned(),
        )),
        // What stays on this machine may have a sender that is nobody.
        Err(_) => EmailAddress::parse("reviews@attesta.invalid").map_err(|e| MailSetupError::Sender(e.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Environment, Flags};
    use crate::kernel::time::{SteppedClock, Timestamp};

    fn config(settings: &[(&'static str, &str)]) -> Config {
        let flags = settings.iter().fold(Flags::none(), |flags, (key, value)| flags.with(key, Some(value)));
        Config::load(&flags, &Environment::empty()).unwrap()
    }

    fn mailer(settings: &[(&'static str, &str)]) -> Result<Mailer, MailSetupError> {
        let clock: Arc<dyn Clock> = Arc::new(SteppedClock::new(Timestamp::EPOCH));
        Mailer::new(&config(settings), &clock)
    }

    #[test]
    fn mail_is_captured_held_or_sent_by_settings() {
        let (any, public) = (("listen", "0.0.0.0:80"), ("public_url", "https://reviews.example/a"));
        let (smtp, file) = (("smtp_url", "smtp://127.0.0.1:1025"), ("smtp_url", "file:///tmp/x"));
        let table: [(&[(&'static str, &str)], &str); 9] = [
            (&[], "capture"),
            (&[any], NO_PUBLIC_URL),
            (&[any, smtp], NO_PUBLIC_URL),
            (&[any, public], NO_MAIL_SERVER),
            (&[public], NO_MAIL_SERVER),
            (&[any, public, smtp], "smtp"),
            (&[public, file], "file"),
            (&[any, ("smtp_url", "capture:")], "capture"),
            (&[smtp, ("mail_from", "me@shop.example")], "smtp"),
        ];
        for (settings, expected) in table {
            let mailer = mailer(settings).unwrap();
            let route = match mailer.route {
                Route::Smtp(_) => "smtp",
                Route::File(_) => "file",
                Route::Capture => "capture",
                Route::Held(reason) => reason,
            };
            assert_eq!(route, expected, "{settings:?}");
        }
    }

    #[test]
    fn a_sender_is_needed_only_where_mail_leaves() {
        assert!(matches!(mailer(&[("smtp_url", "smtp://192.0.2.1:25?tls=none")]), Err(MailSetupError::Sender(_))));
        assert!(mailer(&[("smtp_url", "smtp://127.0.0.1:1025"), ("public_url", "http://127.0.0.1:8080")]).is_ok());
        assert!(matches!(mailer(&[("smtp_url", "smtp://u@h")]), Err(MailSetupError::Server(_))));
    }
}
