//! A house for the tests of this room: one shop, orders folded and planned as the intake does it, letters that are captured.

use std::sync::Arc;

use crate::config::Config;
use crate::context::{Context, Parts};
use crate::db::{Db, migrate};
use crate::invitations::model::Invitation;
use crate::invitations::plan::{PlanItem, Purge, plan_batch};
use crate::invitations::{self, FreshLinkLetter, InvitationLetter, ReminderLetter, store};
use crate::jobs::{Job, Runner};
use crate::kernel::email::EmailAddress;
use crate::kernel::id::{Ids, OrderId};
use crate::kernel::order_number::OrderNumber;
use crate::kernel::random::{Random, SeededRandom};
use crate::kernel::time::{Clock, SteppedClock, Timestamp};
use crate::keyring::{Keyring, MasterKey};
use crate::links::Links;
use crate::mail::{Letter, LetterJob, Mailer};
use crate::merchants::{self, LegalBasis, Merchant, NewShop, Policy, Sector, Shop, ShopStatus};
use crate::orders::event::{Change, EventKind, Mailbox, OrderEvent};
use crate::orders::workbench::{Folded, Keep, Work, Workbench};
use crate::orders::{self, Order, State};
use crate::sign::webhook::Scheme;

/// Where the tests' clock starts: a Wednesday noon in Rome.
pub(super) const START: &str = "2026-07-01T10:00:00.000Z";

pub(super) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(super) struct House {
    pub(super) ctx: Context,
    pub(super) clock: Arc<SteppedClock>,
    pub(super) mailer: Arc<Mailer>,
    runner: Runner,
    shop: std::cell::RefCell<Shop>,
    events: std::cell::Cell<u32>,
    _dir: tempfile::TempDir,
}

impl House {
    pub(super) fn new() -> Self {
        Self::with(|_shop| {})
    }

    pub(super) fn with(set: impl FnOnce(&mut Shop)) -> Self {
        // Opening is blocking work: not on a thread that drives the test's runtime.
        let (ctx, clock, dir) = std::thread::spawn(context).join().unwrap();
        let mailer = Arc::new(Mailer::new(ctx.config(), ctx.clock()).unwrap());
        let letters: [Arc<dyn Letter>; 3] =
            [Arc::new(InvitationLetter), Arc::new(ReminderLetter), Arc::new(FreshLinkLetter)];
        let mut jobs: Vec<Arc<dyn Job>> = vec![Arc::new(invitations::jobs::ReplanJob)];
        jobs.extend(letters.map(|letter| -> Arc<dyn Job> { Arc::new(LetterJob::new(letter, Arc::clone(&mailer))) }));
        let runner = Runner::new(ctx.clone(), jobs);
        let mut shop = shop(&ctx);
        set(&mut shop);
        let merchant = Merchant { id: shop.merchant_id, name: "Rossi".to_owned(), created_at: ctx.now() };
        let new = NewShop::new(&ctx, shop.clone(), Some(merchant)).unwrap();
        let db = ctx.db().clone();
        std::thread::spawn(move || db.write_now(move |tx| merchants::open_shop(tx, new)).map(drop))
            .join()
            .unwrap()
            .unwrap();
        Self { ctx, clock, mailer, runner, shop: shop.into(), events: 0.into(), _dir: dir }
    }

    pub(super) fn shop(&self) -> Shop {
        self.shop.borrow().clone()
    }

    /// Changes the shop, as its settings page does.
    pub(super) async fn change(&self, set: impl FnOnce(&mut Shop)) {
        let mut shop = self.shop();
        set(&mut shop);
        *self.shop.borrow_mut() = shop.clone();
        self.ctx
            .db()
            .write(move |tx| {
                let done = merchants::change(tx, shop.id, |held| {
                    let versions = (held.settings_version, held.public_version);
                    *held = shop.clone();
                    (held.settings_version, held.public_version) = versions;
                    Ok(())
                })?;
                assert!(matches!(done, merchants::Changed::Done(_)));
                Ok(())
            })
            .await
            .unwrap();
    }

    /// Runs the ticks and everything that is due.
    pub(super) async fn work(&self) {
        invitations::jobs::watch_settings(&self.ctx).await.unwrap();
        while self.runner.run_due().await.unwrap() > 0 {}
    }

    /// Puts the clock to `time` and works.
    pub(super) async fn at(&self, time: &str) {
        self.clock.set(at(time));
        self.work().await;
    }

    /// An event that happened now, taken in and planned as the intake does it.
    pub(super) async fn push(&self, kind: EventKind, number: &str, email: &str) -> OrderId {
        self.take(event(kind, number, email, self.ctx.now())).await
    }

    pub(super) async fn take(&self, event: OrderEvent) -> OrderId {
        self.events.set(self.events.get() + 1);
        let (ctx, shop, id) = (self.ctx.clone(), self.shop(), format!("msg_{}", self.events.get()));
        self.ctx
            .db()
            .write(move |tx| {
                let person = match &event.email {
                    Change::Set(Mailbox::Valid(email)) => Some(ctx.keyring().person(email)),
                    _ => None,
                };
                let now = ctx.now();
                let work =
                    Work { shop: &shop, event: &event, webhook_id: &id, received: now, checked: Scheme::V1, person };
                let mut bench = Workbench::fetch(tx, ctx.keyring(), &[work])?;
                let Folded::In(place) = bench.fold(&ctx, &work) else { panic!("the order is of the other kind") };
                let items: Vec<PlanItem<'_>> = bench
                    .pieces()
                    .map(|piece| PlanItem {
                        shop: &shop,
                        order: &piece.order,
                        kept: piece.kept(),
                        person: piece.person,
                        known: piece.known,
                    })
                    .collect();
                let planned = plan_batch(tx, &ctx, &items, now)?;
                for one in planned {
                    let keep = match one.purge {
                        Purge::Unchanged => Keep::AsBefore,
                        Purge::NotYet => Keep::Open,
                        Purge::At(until) => Keep::Until(until),
                    };
                    bench.settle(one.order, one.state, keep);
                }
                let order = bench.order(place).unwrap().id;
                bench.put_back(tx, ctx.keyring())?;
                Ok(order)
            })
            .await
            .unwrap()
    }

    pub(super) async fn order(&self, order: OrderId) -> Order {
        let shop = self.shop().id;
        self.ctx.db().read(move |conn| orders::find(conn, shop, order)).await.unwrap().unwrap()
    }

    pub(super) async fn state(&self, order: OrderId) -> State {
        self.order(order).await.state
    }

    pub(super) async fn row(&self, order: OrderId) -> Option<Invitation> {
        let shop = self.shop().id;
        self.ctx.db().read(move |conn| store::of_order(conn, shop, order)).await.unwrap()
    }

    /// Subjects of the captured mails.
    pub(super) fn mails(&self) -> Vec<String> {
        self.mailer.mailbox().list().unwrap().into_iter().map(|mail| mail.subject).collect()
    }

    /// The token in the newest link of this kind (`/r/` or `/u/`) of any captured mail.
    pub(super) fn token(&self, mark: &str) -> String {
        let newest = self.mailer.mailbox().list().unwrap().remove(0);
        let text = self.mailer.mailbox().read(newest.id).unwrap().unwrap().text;
        let (_, after) = text.rsplit_once(mark).expect("the mail has such a link");
        after.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect()
    }
}

pub(super) fn event(kind: EventKind, number: &str, email: &str, time: Timestamp) -> OrderEvent {
    let mut event = OrderEvent::bare(kind, OrderNumber::parse(number).unwrap(), time);
    if !email.is_empty() {
        event.email = Change::Set(EmailAddress::parse(email).map_or(Mailbox::Invalid, Mailbox::Valid));
    }
    event
}

fn context() -> (Context, Arc<SteppedClock>, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let config = Config::for_tests().in_dir(dir.path());
    let db = Db::open(&config.database_url, config.db_sizes()).unwrap();
    migrate::run(&db).unwrap();
    let clock = Arc::new(SteppedClock::new(at(START)));
    let shared: Arc<dyn Clock> = clock.clone();
    let random: Arc<dyn Random> = Arc::new(SeededRandom::new(7));
    let master = MasterKey::generate(&*random);
    let ctx = Context::new(Parts {
        keyring: Keyring::open(&db, master, Arc::clone(&random), clock.now()).unwrap(),
        links: Links::new(config.base()),
        ids: Ids::new(Arc::clone(&shared), Arc::clone(&random)),
        clock: shared,
        config,
        db,
        random,
    });
    (ctx, clock, dir)
}

fn shop(ctx: &Context) -> Shop {
    Shop {
        id: ctx.ids().next(),
        merchant_id: ctx.ids().next(),
        domain: crate::kernel::domain::ShopDomain::parse("bottega.example").unwrap(),
        name: "Bottega".to_owned(),
        locale: crate::kernel::locale::Locale::parse("en").unwrap(),
        zone: crate::kernel::zone::Zone::parse("Europe/Rome").unwrap(),
        country: None,
        category: None,
        contact: None,
        sector: Sector::General,
        mail_name: None,
        mail_from: None,
        legal_basis: LegalBasis::SoftOptIn,
        status: ShopStatus::Open,
        paused: false,
        policy: Policy { hours: None, remind_after: None, ..Policy::default() },
        settings_version: 1,
        public_version: 1,
        created_at: ctx.now(),
        weekly_mail: true,
        weekly_stop: None,
    }
}
