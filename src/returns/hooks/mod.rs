//! What the providers that send our mail report: one file a provider, each with how it proves itself and how its words are read.
//!
//! A report is believed only after its proof fits, is not too old, and only about messages that left here. Each provider is off until its
//! secret is set. What it says is turned into [`Event`]s; [`super::record`] decides what follows, once, however often it is told.

mod mailgun;
mod postmark;
mod sendgrid;
mod ses;
mod sns;
mod web;

use std::sync::Arc;

use serde_json::Value;

use super::Letters;
use super::post::{self, Addressee};
use super::record::{self, News, Taken};
use super::store;
use crate::context::Context;
use crate::db;
use crate::kernel::id::MessageId;
use crate::kernel::time::{DAY, MINUTE, Timestamp};
use crate::mail::returned::{ReturnKind, ReturnSource};

pub use web::{Fetch, Web};

/// How old a report may be. Providers try again for a day or more; what is told twice counts once.
const MAY_BE_OLD_MS: i64 = 3 * DAY;
/// How far a report's time may lie ahead.
const MAY_BE_AHEAD_MS: i64 = 5 * MINUTE;

/// A provider that reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Provider {
    Ses,
    Mailgun,
    Postmark,
    SendGrid,
}

impl Provider {
    /// The provider of this name in a path.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "ses" => Some(Self::Ses),
            "mailgun" => Some(Self::Mailgun),
            "postmark" => Some(Self::Postmark),
            "sendgrid" => Some(Self::SendGrid),
            _ => None,
        }
    }

    fn source(self) -> ReturnSource {
        match self {
            Self::Ses => ReturnSource::Ses,
            Self::Mailgun => ReturnSource::Mailgun,
            Self::Postmark => ReturnSource::Postmark,
            Self::SendGrid => ReturnSource::SendGrid,
        }
    }
}

/// A report as it arrived.
pub(super) struct Report<'a> {
    /// A header's value, where it stands there once.
    pub(super) header: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// The body, byte by byte.
    pub(super) body: &'a [u8],
}

/// Why a report is not believed, or not kept.
#[derive(Debug)]
pub(super) enum Refusal {
    /// This provider is not set.
    Off,
    /// It does not prove where it comes from; which check failed.
    Unproven(&'static str),
    /// The body is not JSON.
    NotJson(serde_json::Error),
    /// It could not be checked or kept at the moment.
    Later(String),
    /// The database.
    Db(db::Error),
}

/// One thing a report says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Event {
    /// About which message; `None`: not one of ours, or not named.
    message: Option<MessageId>,
    /// What happened; `None`: nothing that concerns us.
    kind: Option<ReturnKind>,
    /// Nothing comes of sending it again: a list of the provider keeps the address, or the mail itself is what was refused.
    last: bool,
    status: Option<String>,
    detail: String,
}

/// What a proven report says, and what makes it unique where its proof does not cover its body.
struct Proven {
    events: Vec<Event>,
    token: Option<String>,
}

/// What became of the events of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct Summary {
    /// Written down.
    pub(super) recorded: usize,
    /// Known already.
    pub(super) known: usize,
    /// Not a bounce or complaint, or about no mail of ours.
    pub(super) ignored: usize,
}

/// Takes reports in. Cheap to clone.
#[derive(Clone)]
pub struct Hooks {
    ctx: Context,
    letters: Letters,
    certificates: sns::Certificates,
}

impl Hooks {
    /// Takes reports in for these letters; `fetch` gets what SNS names.
    pub fn new(ctx: Context, letters: Letters, fetch: Arc<dyn Fetch>) -> Self {
        Self { ctx, letters, certificates: sns::Certificates::new(fetch) }
    }

    /// Checks a report and takes in what it says.
    pub(super) async fn take(&self, provider: Provider, report: &Report<'_>) -> Result<Summary, Refusal> {
        let (returns, now) = (&self.ctx.config().returns, self.ctx.now());
        let proven = match provider {
            Provider::Ses => {
                let topic = returns.ses_topic.as_deref().ok_or(Refusal::Off)?;
                ses::prove(&self.certificates, &self.ctx, topic, report).await?
            }
            Provider::Mailgun => {
                let key = returns.mailgun_key.as_ref().ok_or(Refusal::Off)?;
                mailgun::prove(&self.ctx, key.expose(), report, now)?
            }
            Provider::Postmark => {
                let login = returns.postmark_login.as_ref().ok_or(Refusal::Off)?;
                postmark::prove(login.expose(), report)?
            }
            Provider::SendGrid => {
                let key = returns.sendgrid_key.as_deref().ok_or(Refusal::Off)?;
                sendgrid::prove(key, report, now)?
            }
        };
        self.keep(provider, proven).await
    }

    async fn keep(&self, provider: Provider, proven: Proven) -> Result<Summary, Refusal> {
        let mut summary = Summary::default();
        if let Some(token) = &proven.token {
            let (token, now) = (token.clone(), self.ctx.now());
            let used = self.ctx.db().read(move |conn| store::is_used(conn, provider.source(), &token)).await?;
            if used {
                summary.known = proven.events.len();
                tracing::info!(?provider, %now, "a report came twice");
                return Ok(summary);
            }
        }
        for event in proven.events {
            match self.one(provider, event).await? {
                Some(Taken::Recorded) => summary.recorded += 1,
                Some(Taken::Known) => summary.known += 1,
                Some(Taken::Stranger | Taken::TooLate) | None => summary.ignored += 1,
            }
        }
        // Last: a report that could not be kept whole may come again.
        if let Some(token) = proven.token {
            let (now, source) = (self.ctx.now(), provider.source());
            self.ctx.db().write(move |tx| store::use_up(tx, source, &token, now)).await?;
        }
        Ok(summary)
    }

    async fn one(&self, provider: Provider, event: Event) -> Result<Option<Taken>, Refusal> {
        let (Some(message), Some(kind)) = (event.message, event.kind) else { return Ok(None) };
        let (last, source) = (event.last, provider.source());
        let news = News { message, kind, last, source, status: event.status, detail: event.detail };
        Ok(Some(record::record(&self.ctx, &self.letters, news).await?))
    }
}

impl From<db::Error> for Refusal {
    fn from(error: db::Error) -> Self {
        Self::Db(error)
    }
}

/// How long a token of a report is remembered: longer than the report may be old.
pub(super) const REMEMBERED_MS: i64 = MAY_BE_OLD_MS + DAY;

/// Whether a report's time lies within what is believed.
fn is_timely(at: Timestamp, now: Timestamp) -> bool {
    (-MAY_BE_AHEAD_MS..=MAY_BE_OLD_MS).contains(&now.since(at))
}

fn json(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(Refusal::NotJson)
}

/// The text at a JSON pointer; empty where there is none.
fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The message of `<eml_...@host>`, as Message-ID or alone.
fn message_of(id: &str) -> Option<MessageId> {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    MessageId::parse(id.split('@').next().unwrap_or_default()).ok()
}

/// The message of an envelope sender of ours.
fn message_behind(ctx: &Context, sender: &str) -> Option<MessageId> {
    match post::addressee(ctx, sender.trim().trim_start_matches('<').trim_end_matches('>')) {
        Some(Addressee::Message(message)) => Some(message),
        Some(Addressee::Mailbox) | None => None,
    }
}
