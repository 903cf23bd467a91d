//! A migrated SQLite database with shops and asked customers, for this room's tests.

use std::sync::Arc;

use serde_json::json;

use crate::config::Config;
use crate::context::{Context, Parts};
use crate::db::{self, Connection, DatabaseUrl, Db, Sizes, migrate};
use crate::invitations::Bearer;
use crate::kernel::id::{Ids, ReviewId};
use crate::kernel::random::{Random, SeededRandom};
use crate::kernel::stars::Stars;
use crate::kernel::time::{Clock, DAY, SteppedClock, Timestamp};
use crate::keyring::{Keyring, MasterKey};
use crate::links::Links;
use crate::merchants::{self, LegalBasis, Merchant, NewShop, Policy, Sector, Shop, ShopStatus};
use crate::orders::event::Event;
use crate::orders::fold::{Fold, Stamp};
use crate::orders::model::Personal;
use crate::sign::token::Purpose;
use crate::sign::webhook::Scheme;

use super::model::{ItemSubmission, Review, Submission};
use super::store;
use super::submit::{Submitted, submit};

/// The instant the clock stands at first.
const START: i64 = 1_795_305_600_000;

/// An instance for tests.
pub(crate) struct House {
    pub(crate) ctx: Context,
    pub(crate) clock: Arc<SteppedClock>,
    _dir: tempfile::TempDir,
}

impl House {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("a.db").display());
        let db = Db::open(&DatabaseUrl::parse(&url).unwrap(), Sizes::default()).unwrap();
        migrate::run(&db).unwrap();
        let clock = Arc::new(SteppedClock::new(Timestamp::from_millis(START)));
        let (clock_, random): (Arc<dyn Clock>, Arc<dyn Random>) = (clock.clone(), Arc::new(SeededRandom::new(7)));
        let master = MasterKey::generate(&*random);
        let keyring = Keyring::open(&db, master, Arc::clone(&random), clock.now()).unwrap();
        let config = Config::for_tests();
        let links = Links::new(config.base());
        let ids = Ids::new(Arc::clone(&clock_), Arc::clone(&random));
        let ctx = Context::new(Parts { config, db, clock: clock_, random, keyring, links, ids });
        Self { ctx, clock, _dir: dir }
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Connection, &Context) -> db::Result<T> + Send + 'static,
    ) -> T {
        let ctx = self.ctx.clone();
        self.ctx.db().write_now(move |tx| f(tx, &ctx)).unwrap()
    }

    pub(crate) fn read<T>(&self, f: impl FnOnce(&mut Connection) -> db::Result<T>) -> T {
        self.ctx.db().read_now(f).unwrap()
    }

    /// A new open shop.
    pub(crate) fn shop(&self) -> Shop {
        let (id, merchant_id) = (self.ctx.ids().next(), self.ctx.ids().next());
        let shop = Shop {
            id,
            merchant_id,
            domain: format!("{}.example", id.to_string().replace('_', "-")).parse().unwrap(),
            name: "Bottega <Verde>".to_owned(),
            locale: "it-IT".parse().unwrap(),
            zone: "Europe/Rome".parse().unwrap(),
            country: None,
            category: None,
            contact: None,
            sector: Sector::General,
            mail_name: None,
            mail_from: None,
            legal_basis: LegalBasis::SoftOptIn,
            status: ShopStatus::Open,
            paused: false,
            policy: Policy::default(),
            settings_version: 1,
            public_version: 1,
            created_at: self.ctx.now(),
            weekly_mail: true,
            weekly_stop: None,
        };
        let merchant = Merchant { id: merchant_id, name: "m".to_owned(), created_at: self.ctx.now() };
        let new = NewShop::new(&self.ctx, shop.clone(), Some(merchant)).unwrap();
        self.write(move |tx, _| merchants::open_shop(tx, new).map(drop));
        shop
    }

    /// A customer of the shop who was asked about an order of TEA-1 and CUP.
    pub(crate) fn customer(&self, shop: &Shop) -> Bearer {
        self.asked(shop, false)
    }

    /// The same about a test order.
    pub(crate) fn tester(&self, shop: &Shop) -> Bearer {
        self.asked(shop, true)
    }

    fn asked(&self, shop: &Shop, test: bool) -> Bearer {
        let now = self.ctx.now();
        let bearer = Bearer {
            invitation: self.ctx.ids().next(),
            order_id: self.ctx.ids().next(),
            shop_id: shop.id,
            purpose: Purpose::Review,
            submit_until: now.plus_ms(180 * DAY),
            open: true,
            reviewed_at: None,
            expires: now.plus_ms(3 * 365 * DAY),
        };
        let fold = fold(now);
        let asked = bearer.clone();
        self.write(move |tx, _| store::asked(tx, &asked, &asked.order_id.to_string(), test, &fold));
        bearer
    }

    /// Publishes a review and gives its id.
    pub(crate) fn publish(&self, bearer: &Bearer, stars: i64) -> ReviewId {
        match self.submit(bearer, &said(stars)) {
            Submitted::Published(id) => id,
            other => panic!("not published: {other:?}"),
        }
    }

    pub(crate) fn submit(&self, bearer: &Bearer, what: &Submission) -> Submitted {
        let (bearer, what) = (bearer.clone(), what.clone());
        self.write(move |tx, ctx| submit(tx, ctx, &bearer, &what))
    }

    pub(crate) fn review(&self, id: ReviewId) -> Review {
        self.read(|conn| store::by_id(conn, id)).unwrap()
    }

    pub(crate) fn all(&self, bearer: &Bearer) -> Vec<Review> {
        self.read(|conn| store::of_invitation(conn, bearer.shop_id, bearer.invitation))
    }

    pub(crate) fn public_version(&self, shop: &Shop) -> i64 {
        self.read(|conn| merchants::public_version(conn, shop.id)).unwrap()
    }
}

/// A submission without products.
pub(crate) fn said(stars: i64) -> Submission {
    Submission {
        stars: Stars::new(stars).unwrap(),
        title: "Bene".to_owned(),
        text: "Il pacco è arrivato in due giorni e tutto funziona come promesso dal negozio.".to_owned(),
        name: "Ada L.".to_owned(),
        items: Vec::new(),
    }
}

/// The same with stars for one product.
pub(crate) fn said_of(sku: &str, stars: i64) -> Submission {
    let item = ItemSubmission { sku: sku.to_owned(), stars: Stars::new(stars).unwrap(), text: String::new() };
    Submission { items: vec![item], ..said(stars) }
}

fn fold(now: Timestamp) -> String {
    let body = json!({"type": "order.delivered", "timestamp": now.to_string(), "data": {
        "number": "1", "placed_at": now.minus_ms(9 * DAY).to_string(),
        "customer": {"email": "ada@example.com", "locale": "it"},
        "items": [{"line": "1", "sku": "TEA-1", "name": "Tè verde"}, {"line": "2", "sku": "CUP"}, {"line": "3"},
            {"line": "4", "sku": "CUP", "name": "Tazza"}],
    }});
    let (event, _) = crate::orders::read::event(&body, now).unwrap();
    let Event::Order(event) = event else { panic!("an order's event") };
    let mut fold = Fold::default();
    let stamp = Stamp { webhook_id: "msg_1".to_owned(), received: now, checked: Scheme::V1a, erased: None };
    fold.apply(&event, &stamp, &mut Personal::default());
    serde_json::to_string(&fold).unwrap()
}
