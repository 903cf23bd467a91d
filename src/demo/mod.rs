//! The demo: a shop, a mailbox and a tour, on loopback only, and only under `attesta demo`.
//!
//! Its shop page signs real webhooks and posts them to the same intake everyone uses; its mailbox shows the captured
//! mails; the tour at `/` lights up while an order becomes a review. Its past is played once, through the real doors,
//! under a stepped clock ([`seed`]). Nothing here is reachable under `attesta serve`.

mod api;
mod browser;
mod clock;
mod event;
mod opening;
pub(crate) mod pages;
mod seed;
mod story;
mod tour;

use std::sync::{Mutex, PoisonError};

pub use api::routes;
pub use browser::Failed;
pub use clock::DemoClock;
pub use opening::open_shop;

use crate::context::Context;
use crate::jobs::Runner;
use crate::kernel::time::{MINUTE, Timestamp};
use crate::mail::transport::capture::Mailbox;
use crate::sign::webhook::Secret;

use browser::Browser;

/// The demo shop's domain.
pub const DOMAIN: &str = "bottega.example";
/// The demo shop's name.
pub const NAME: &str = "Bottega Verdi Colline";

/// An order placed on the demo's shop page since the program started.
#[derive(Clone)]
struct Latest {
    at: Timestamp,
    number: String,
    email: String,
    reviews_before: i64,
}

/// What the demo's pages stand on.
pub struct Demo {
    ctx: Context,
    browser: Browser,
    mailbox: Mailbox,
    latest: Mutex<Option<Latest>>,
}

/// The demo shop and the keys its own server and back office hold.
pub struct Keys {
    /// The shop, as paths name it.
    pub shop: String,
    /// What its server signs with.
    pub secret: Secret,
    /// What its back office reads with.
    pub api_key: String,
}

impl Demo {
    /// The demo over a context.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(ctx: Context, keys: Keys) -> Result<Self, Failed> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(20))
            .build()?;
        let mailbox = Mailbox::new(&ctx.config().data_dir);
        let browser = Browser { ctx: ctx.clone(), http, shop: keys.shop, secret: keys.secret, api_key: keys.api_key };
        Ok(Self { ctx, browser, mailbox, latest: Mutex::new(None) })
    }

    /// Plays the past under the stepped clock, then lets the clock go and has invitations leave at once.
    ///
    /// # Errors
    /// The step that did not work; the data folder is then half told and best deleted.
    pub async fn play_the_past(&self, clock: &DemoClock, runner: &Runner) -> Result<(), Failed> {
        let today = self.ctx.now().minus_ms(MINUTE);
        let seed = seed::Seed { ctx: &self.ctx, clock, runner, mailbox: &self.mailbox, browser: &self.browser };
        let played = seed.play(today).await;
        clock.release();
        played?;
        self.browser.set_delay("0h").await
    }

    /// How many reviews the demo shop has.
    ///
    /// # Errors
    /// When the profile does not answer.
    pub async fn review_count(&self) -> Result<i64, Failed> {
        let (profile, _) = self.browser.profile().await?;
        Ok(profile.get("review_count").and_then(serde_json::Value::as_i64).unwrap_or(0))
    }

    fn latest(&self) -> Option<Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, latest: Latest) {
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(latest);
    }
}
