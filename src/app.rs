//! Puts the house together: builds the context, mounts doors and rooms, registers jobs and ticks. Nothing imports it
//! but the command line and the tests.

use std::future::Future;
use std::net::TcpListener;
use std::sync::{Arc, LazyLock};

use actix_web::web::{self, ServiceConfig};
use tokio::sync::{Mutex, oneshot};

use crate::badges::{self, BadgeCache, Pictures};
use crate::compat;
use crate::config::Config;
use crate::context::{Context, Parts};
use crate::db::{self, Db, migrate};
use crate::demo::{self, Demo};
use crate::desk;
use crate::feeds::{self, FeedCache, Sitemaps};
use crate::files::Files;
use crate::http::{self, Configure, Edge, EdgeParts, Metrics, RouteTable, health};
use crate::intake::{self, Collector, Counts, Intake};
use crate::invitations;
use crate::jobs::clock::Ticks;
use crate::jobs::{Handle, Job, Runner};
use crate::kernel::id::Ids;
use crate::kernel::random::Random;
use crate::kernel::time::Clock;
use crate::keyring::{Keyring, KeyringError, MasterKey, MasterSource};
use crate::links::Links;
use crate::look::Broken;
use crate::mail::{Letter, LetterJob, Letters, MailSetupError, Mailer};
use crate::merchants::{Rejections, Shops};
use crate::orders;
use crate::person;
use crate::profiles::{self, ProfileCache};
use crate::returns::{self, Fetch, Hooks, Listener, ListenerError, Web};
use crate::reviews::{self, photos::Photos};

mod hands;
mod ticks;

/// What the world outside gives: time and chance.
#[derive(Clone)]
pub struct Outside {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of chance.
    pub random: Arc<dyn Random>,
}

/// Why the house did not open, in words for the operator. The command line turns each into its exit code.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder.
    #[error("the data folder {0}")]
    Folder(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// Mail settings or templates.
    #[error(transparent)]
    Mail(#[from] MailSetupError),
    /// A page's template.
    #[error("{0}")]
    Pages(String),
    /// The process's figures.
    #[error("the metrics cannot be set up: {0}")]
    Metrics(String),
    /// Where photos are kept.
    #[error("{0}")]
    Files(String),
    /// The listener for mail that comes back.
    #[error(transparent)]
    Returns(#[from] ListenerError),
    /// The server itself.
    #[error("the server: {0}")]
    Server(String),
}

/// Opens the database of `config` without touching its schema.
///
/// # Errors
/// [`StartError`].
pub fn open_db(config: &Config) -> Result<Db, StartError> {
    std::fs::create_dir_all(&config.data_dir)
        .map_err(|error| StartError::Folder(format!("{} cannot be made: {error}", config.data_dir.display())))?;
    Ok(Db::open(&config.database_url, config.db_sizes())?)
}

/// Where the master key comes from.
///
/// # Errors
/// [`KeyringError::Master`] for a key that does not parse.
pub fn master_source(config: &Config) -> Result<MasterSource, KeyringError> {
    match &config.master_key {
        Some(secret) => Ok(MasterSource::Given(MasterKey::parse(secret.expose())?)),
        None => Ok(MasterSource::File(config.master_key_path())),
    }
}

/// Opens everything a command or the server needs: database, migrated; keys; links.
///
/// # Errors
/// [`StartError`].
pub fn open(config: Config, outside: Outside) -> Result<Context, StartError> {
    let db = open_db(&config)?;
    migrate::run(&db)?;
    let master = master_source(&config)?.obtain(&db, &*outside.random)?;
    let keyring = Keyring::open(&db, master, Arc::clone(&outside.random), outside.clock.now())?;
    let links = Links::new(config.base());
    let ids = Ids::new(Arc::clone(&outside.clock), Arc::clone(&outside.random));
    Ok(Context::new(Parts { config, db, clock: outside.clock, random: outside.random, keyring, links, ids }))
}

/// Bytes of profiles and pages held in memory at most, all codings together.
const PROFILE_BYTES: usize = 24 << 20;
/// Bytes of badges and widgets held in memory at most.
const BADGE_BYTES: usize = 16 << 20;
/// Bytes of drawn pictures held in memory at most.
const PICTURE_BYTES: usize = 16 << 20;
/// Bytes of feeds held in memory at most.
const FEED_BYTES: usize = 8 << 20;

/// Everything that runs over one context: routes, shared state of the rooms, jobs, ticks.
#[derive(Clone)]
pub struct House {
    ctx: Context,
    shops: Shops,
    rejections: Arc<Rejections>,
    mailer: Arc<Mailer>,
    profiles: ProfileCache,
    badges: BadgeCache,
    pictures: Pictures,
    feeds: FeedCache,
    sitemaps: Sitemaps,
    photos: Photos,
    metrics: Metrics,
    counts: Counts,
    fetch: Arc<dyn Fetch>,
    demo: Option<web::Data<Demo>>,
}

impl House {
    /// Checks every template and setting, and builds the rooms' shared state.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn new(ctx: Context) -> Result<Self, StartError> {
        PAGES.as_ref().map_err(|broken| StartError::Pages(broken.to_string()))?;
        let mailer = Arc::new(Mailer::new(ctx.config(), ctx.clock())?);
        let shops = Shops::new(ctx.clone());
        let profiles = ProfileCache::new(ctx.clone(), PROFILE_BYTES);
        let badges = BadgeCache::new(ctx.clone(), BADGE_BYTES);
        let (feeds, sitemaps) = (FeedCache::new(ctx.clone(), FEED_BYTES), Sitemaps::default());
        let refused = |error: prometheus::Error| StartError::Metrics(error.to_string());
        let metrics = Metrics::new().map_err(refused)?;
        let counts = Counts::new(metrics.registry()).map_err(refused)?;
        let pictures = Pictures::new(PICTURE_BYTES);
        let photos = Photos::new(Files::open(ctx.config()).map_err(|error| StartError::Files(error.to_string()))?);
        Ok(Self {
            ctx,
            shops,
            rejections: Arc::default(),
            mailer,
            profiles,
            badges,
            feeds,
            sitemaps,
            pictures,
            photos,
            metrics,
            counts,
            fetch: Arc::new(Web),
            demo: None,
        })
    }

    /// The same house with the demo's door.
    #[must_use]
    pub fn with_demo(self, demo: Demo) -> Self {
        Self { demo: Some(web::Data::new(demo)), ..self }
    }

    /// The same house with another way to the certificates of providers.
    #[must_use]
    pub fn with_fetch(self, fetch: Arc<dyn Fetch>) -> Self {
        Self { fetch, ..self }
    }

    /// The context.
    pub fn ctx(&self) -> &Context {
        &self.ctx
    }

    /// The demo's door, where there is one.
    pub fn demo(&self) -> Option<&Demo> {
        self.demo.as_deref().map(AsRef::as_ref)
    }

    /// The one route table: what is served, documented and compared with the contract.
    pub fn routes(&self) -> RouteTable {
        let mut table = RouteTable::new();
        http::routes(&mut table);
        profiles::api::routes(&mut table);
        profiles::directory::api::routes(&mut table);
        profiles::ratings::api::routes(&mut table);
        profiles::certificates::api::routes(&mut table);
        badges::api::routes(&mut table);
        badges::card::api::routes(&mut table);
        badges::share::api::routes(&mut table);
        badges::embed::api::routes(&mut table);
        feeds::api::routes(&mut table);
        intake::routes(&mut table);
        orders::routes(&mut table);
        invitations::api::routes(&mut table);
        reviews::api::routes(&mut table);
        desk::routes(&mut table);
        compat::routes(&mut table);
        person::routes(&mut table);
        returns::routes(&mut table);
        if self.demo.is_some() {
            demo::routes(&mut table);
        } else {
            http::home(&mut table);
        }
        table
    }

    /// The edge of the HTTP server.
    ///
    /// # Errors
    /// [`StartError::Metrics`].
    pub fn edge(&self) -> Result<Arc<Edge>, StartError> {
        Ok(Edge::new(EdgeParts {
            config: self.ctx.config(),
            clock: Arc::clone(self.ctx.clock()),
            table: self.routes(),
            metrics: self.metrics.clone(),
            ready: health::database(self.ctx.db().clone()),
        }))
    }

    /// Hands the rooms' shared state to a worker, and starts what gathers events. Call it within the runtime.
    pub fn configure(&self) -> Configure {
        let house = self.clone();
        let intake = web::Data::new(Intake {
            collector: Collector::start(&self.ctx),
            rejections: Arc::clone(&self.rejections),
            counts: self.counts.clone(),
        });
        let hooks = web::Data::new(Hooks::new(self.ctx.clone(), all_letters(), Arc::clone(&self.fetch)));
        Arc::new(move |cfg: &mut ServiceConfig| {
            cfg.app_data(intake.clone());
            cfg.app_data(web::Data::new(house.ctx.clone()));
            cfg.app_data(web::Data::new(house.shops.clone()));
            cfg.app_data(web::Data::new(house.profiles.clone()));
            cfg.app_data(web::Data::new(house.badges.clone()));
            cfg.app_data(web::Data::new(house.pictures.clone()));
            cfg.app_data(web::Data::new(house.feeds.clone()));
            cfg.app_data(web::Data::new(house.sitemaps.clone()));
            cfg.app_data(web::Data::new(house.photos.clone()));
            cfg.app_data(hooks.clone());
            cfg.app_data(web::Data::new(all_letters()));
            cfg.app_data(web::Data::from(Arc::clone(&house.rejections)));
            cfg.app_data(web::Data::from(Arc::clone(&house.mailer)));
            if let Some(demo) = &house.demo {
                cfg.app_data(demo.clone());
            }
        })
    }

    /// The worker of the queue, with every room's jobs.
    pub fn runner(&self) -> Runner {
        let mut jobs: Vec<Arc<dyn Job>> = vec![Arc::new(invitations::jobs::ReplanJob), Arc::new(profiles::CountJob)];
        for letter in letters() {
            jobs.push(Arc::new(LetterJob::new(letter, Arc::clone(&self.mailer))));
        }
        Runner::new(self.ctx.clone(), jobs)
    }

    /// Starts the listener for bounces and complaints, where the settings ask for it.
    ///
    /// # Errors
    /// [`StartError::Returns`].
    pub async fn listen_for_returns(&self) -> Result<Option<Listener>, StartError> {
        Ok(Listener::start(&self.ctx, all_letters()).await?)
    }

    /// Serves until `stop` is ready, working on the queue beside; then drains: requests, jobs, what is still in memory.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub async fn serve(&self, listener: TcpListener, stop: impl Future<Output = ()>) -> Result<(), StartError> {
        let (ready, begin) = oneshot::channel();
        let _ready = ready.send(());
        self.serve_when(listener, begin, stop).await
    }

    /// Like [`House::serve`], but the queue and the ticks begin only when `begin` says so.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub async fn serve_when(
        &self,
        listener: TcpListener,
        begin: oneshot::Receiver<()>,
        stop: impl Future<Output = ()>,
    ) -> Result<(), StartError> {
        let edge = self.edge()?;
        let running = Mutex::new(None);
        let start = async {
            if begin.await.is_ok() {
                *running.lock().await = Some(self.start_work(&edge).await?);
            }
            std::future::pending().await
        };
        let drain = async {
            if let Some(Working { queue, ticks, listener }) = running.lock().await.take() {
                if let Some(listener) = listener {
                    listener.stop().await;
                }
                ticks.stop().await;
                self.mailer.stop();
                queue.drain().await;
            }
            self.flush().await;
        };
        tokio::select! {
            served = http::serve(Arc::clone(&edge), listener, self.configure(), stop, drain) => {
                served.map_err(|error| StartError::Server(error.to_string()))
            }
            failed = start => failed,
        }
    }

    /// Starts the queue's worker and the ticks.
    async fn start_work(&self, edge: &Arc<Edge>) -> Result<Working, StartError> {
        if let Some(warning) = Files::warning(self.ctx.config()) {
            tracing::warn!("{warning}");
        }
        self.mailer.refresh_signing(&self.ctx).await?;
        if self.mailer.leaves() && !self.mailer.signs_for(self.mailer.own_domain()) {
            let domain = self.mailer.own_domain();
            tracing::warn!("mail of {domain} is not signed yet: attesta mail records says what to publish");
        }
        self.mailer.release_held(&self.ctx, &kinds()).await?;
        let listener = self.listen_for_returns().await?;
        let queue = self.runner().spawn();
        let ticks = ticks::all(self, edge, queue.waker());
        let ticks = Ticks::start(ticks).await.map_err(|error| StartError::Server(error.to_string()))?;
        Ok(Working { queue, ticks, listener })
    }

    /// Writes down what is kept in memory for a moment.
    pub async fn flush(&self) {
        let (rejections, uses) = (self.rejections.flush(&self.ctx).await, self.shops.flush_uses(true).await);
        if let Some(error) = rejections.err().or(uses.err()) {
            tracing::warn!(%error, "the last second's rejections and key uses were not written down");
        }
    }
}

/// What works beside the server.
struct Working {
    queue: Handle,
    ticks: Ticks,
    listener: Option<Listener>,
}

/// Whether every page fits its view: rendered with its samples, once in the life of a process.
static PAGES: LazyLock<Result<(), Broken>> = LazyLock::new(|| {
    http::pages::check_pages()?;
    invitations::pages::check_pages()?;
    reviews::pages::check_pages()?;
    profiles::pages::check_pages()?;
    badges::embed::frame::check_pages()?;
    badges::gallery::check_pages()?;
    profiles::directory::page::check_pages()?;
    profiles::certificates::pages::check_pages()?;
    person::pages::check_pages()?;
    desk::pages::check_pages()?;
    demo::pages::check_pages()
});

/// Every kind of mail, by the room that means something with it.
fn letters() -> [Arc<dyn Letter>; 8] {
    [
        Arc::new(invitations::InvitationLetter),
        Arc::new(invitations::ReminderLetter),
        Arc::new(invitations::FreshLinkLetter),
        Arc::new(reviews::ReplyNoticeLetter),
        Arc::new(reviews::RestrictionStatementLetter),
        Arc::new(reviews::ReviewReceivedLetter),
        Arc::new(reviews::AnswerShownLetter),
        Arc::new(desk::weekly::WeeklyLetter),
    ]
}

/// The same, as they are handed over.
pub(crate) fn all_letters() -> Letters {
    Letters::new(letters())
}

/// Their names in the queue.
pub(crate) fn kinds() -> Vec<&'static str> {
    letters().iter().map(|letter| letter.kind()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::locale::Language;
    use crate::look::words;
    use crate::person::stored::{ABOUT_INVITATIONS, ABOUT_RESTRICTIONS, ABOUT_REVIEWS};

    #[test]
    fn a_shop_sees_every_kind_of_its_mail_before_it_leaves() {
        for letter in letters() {
            assert!(letter.owner().is_some(), "{} waits unseen", letter.kind());
        }
    }

    #[test]
    fn every_kind_of_mail_is_shown_to_its_person_and_has_a_name() {
        let shown = [ABOUT_INVITATIONS, ABOUT_REVIEWS, ABOUT_RESTRICTIONS].concat();
        // The weekly mail goes to the shop, not to a person.
        for kind in kinds().into_iter().filter(|kind| *kind != desk::weekly::WEEKLY_NUMBERS) {
            assert!(shown.contains(&kind), "{kind} is mailed to people: say what it is about");
            for language in Language::ALL {
                let name = words::of(*language).find("mail_kinds", kind);
                assert!(name.is_some(), "{kind} has no name in {language}");
            }
        }
    }
}
