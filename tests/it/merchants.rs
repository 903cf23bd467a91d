//! Merchants: opening a shop, its keys and their rotation, the cache that sees changes of other processes, and the
//! webhooks that were refused. Every test runs on each engine that is installed.

use std::sync::Arc;

use attesta::config::Config;
use attesta::context::{Context, Parts};
use attesta::db::{DatabaseUrl, Db, Sizes, migrate};
use attesta::kernel::domain::{ShopDomain, ShopRef};
use attesta::kernel::id::{Ids, KeyId, ShopId};
use attesta::kernel::locale::Locale;
use attesta::kernel::random::{Random, SeededRandom};
use attesta::kernel::time::{Clock, DAY, HOUR, SECOND, SteppedClock, Timestamp};
use attesta::kernel::zone::Zone;
use attesta::keyring::{Keyring, MasterKey};
use attesta::links::Links;
use attesta::merchants::keys::{self, DEFAULT_OVERLAP_MS};
use attesta::merchants::{
    self, Changed, LegalBasis, Merchant, NewShop, Opened, Policy, Rejection, Rejections, Sector, Shop, ShopStatus,
    Shops,
};
use attesta::sign::webhook::{PublicKey, SignatureHeaders, SigningKey, VerifyingKey, sign, verify};

use crate::support::postgres;

const START: i64 = 1_800_000_000_000;

struct House {
    ctx: Context,
    clock: Arc<SteppedClock>,
    _dir: tempfile::TempDir,
}

fn houses() -> Vec<House> {
    let sqlite = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", sqlite.path().join("a.db").display());
    let mut urls = vec![(file, sqlite)];
    urls.extend(postgres::fresh_database().map(|url| (url, tempfile::tempdir().unwrap())));
    // Opening is blocking work: not on a thread that drives the test's runtime.
    let build = move || urls.into_iter().map(|(url, dir)| house(&url, dir)).collect();
    std::thread::spawn(build).join().expect("the houses are built")
}

fn house(url: &str, dir: tempfile::TempDir) -> House {
    let db = Db::open(&DatabaseUrl::parse(url).unwrap(), Sizes::default()).unwrap();
    migrate::run(&db).unwrap();
    let clock = Arc::new(SteppedClock::new(Timestamp::from_millis(START)));
    let random: Arc<dyn Random> = Arc::new(SeededRandom::new(7));
    let master = MasterKey::generate(&*random);
    let config = Config::for_tests().in_dir(dir.path());
    let ctx = Context::new(Parts {
        keyring: Keyring::open(&db, master, Arc::clone(&random), clock.now()).unwrap(),
        links: Links::new(config.base()),
        ids: Ids::new(Arc::clone(&clock) as Arc<dyn Clock>, Arc::clone(&random)),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        config,
        db,
        random,
    });
    House { ctx, clock, _dir: dir }
}

fn shop(ctx: &Context, domain: &str) -> (Shop, Merchant) {
    let merchant = Merchant { id: ctx.ids().next(), name: "Rossi".to_owned(), created_at: ctx.now() };
    let shop = Shop {
        id: ctx.ids().next(),
        merchant_id: merchant.id,
        domain: ShopDomain::parse(domain).unwrap(),
        name: "Bottega".to_owned(),
        locale: Locale::parse("it").unwrap(),
        zone: Zone::parse("Europe/Rome").unwrap(),
        country: None,
        category: None,
        contact: None,
        sector: Sector::General,
        mail_name: None,
        mail_from: None,
        legal_basis: LegalBasis::SoftOptIn,
        status: ShopStatus::Open,
        paused: false,
        policy: Policy { hours: Some((9, 20)), ..Policy::default() },
        settings_version: 1,
        public_version: 1,
        created_at: ctx.now(),
        weekly_mail: true,
        weekly_stop: None,
    };
    (shop, merchant)
}

impl House {
    /// A shop with its webhook secret.
    async fn open(&self, domain: &str) -> (Shop, String) {
        let (shop, merchant) = shop(&self.ctx, domain);
        let new = NewShop::new(&self.ctx, shop.clone(), Some(merchant)).unwrap();
        let opened = self.ctx.db().write(move |tx| merchants::open_shop(tx, new)).await.unwrap();
        let Opened::Open { webhook_secret, api_key } = opened else { panic!("{domain} must open") };
        assert!(api_key.text.starts_with("atk_") && api_key.text.len() == 47, "32 bytes in base64url");
        (shop, webhook_secret.text)
    }

    async fn rotate(&self, shop: ShopId, overlap_ms: i64) -> String {
        let new = keys::new_secret(&self.ctx, shop).unwrap();
        self.ctx.db().write(move |tx| keys::rotate_secret(tx, shop, new, overlap_ms)).await.unwrap().text
    }

    /// How many of these secrets sign for the shop now, as a fresh cache sees it.
    async fn signing(&self, shop: ShopId, secrets: &[&str]) -> Vec<bool> {
        let entry = Shops::new(self.ctx.clone()).find(&ShopRef::Id(shop)).await.unwrap().unwrap();
        let (_, keys) = entry.verifying(self.ctx.now());
        secrets.iter().map(|secret| fits(&keys, secret, self.ctx.now())).collect()
    }
}

fn fits(keys: &[VerifyingKey], secret: &str, now: Timestamp) -> bool {
    let secret = attesta::sign::webhook::Secret::parse(secret).unwrap();
    let signature = sign(&secret, "msg_1", now, b"{}");
    let seconds = now.seconds().to_string();
    let headers =
        SignatureHeaders::from_values(Some(b"msg_1"), Some(seconds.as_bytes()), Some(signature.as_bytes())).unwrap();
    verify(keys, &headers, b"{}", now).is_ok()
}

#[tokio::test]
async fn a_shop_is_found_by_id_and_domain_and_its_secret_signs() {
    for house in houses() {
        let (shop, secret) = house.open("www.Bottega.example").await;
        let shops = Shops::new(house.ctx.clone());
        let by_domain = shops.find(&ShopRef::parse("bottega.example").unwrap()).await.unwrap().unwrap();
        assert_eq!(by_domain.shop, Shop { settings_version: 3, ..shop.clone() }, "what was written is what is read");
        assert_eq!(house.signing(shop.id, &[&secret]).await, [true]);
        let (again, merchant) = self::shop(&house.ctx, "bottega.example");
        let new = NewShop::new(&house.ctx, again, Some(merchant)).unwrap();
        let opened = house.ctx.db().write(move |tx| merchants::open_shop(tx, new)).await.unwrap();
        assert!(matches!(opened, Opened::DomainTaken));
        let (orphan, _) = self::shop(&house.ctx, "orphan.example");
        let new = NewShop::new(&house.ctx, orphan, None).unwrap();
        let opened = house.ctx.db().write(move |tx| merchants::open_shop(tx, new)).await.unwrap();
        assert!(matches!(opened, Opened::NoMerchant(_)));
    }
}

#[tokio::test]
async fn at_most_two_secrets_are_live_and_the_old_one_ends_with_the_overlap() {
    for house in houses() {
        let (shop, first) = house.open("bottega.example").await;
        house.clock.advance(DAY);
        let second = house.rotate(shop.id, DEFAULT_OVERLAP_MS).await;
        assert_eq!(house.signing(shop.id, &[&first, &second]).await, [true, true], "both sign during the overlap");
        house.clock.advance(HOUR);
        let third = house.rotate(shop.id, DEFAULT_OVERLAP_MS).await;
        assert_eq!(house.signing(shop.id, &[&first, &second, &third]).await, [false, true, true], "two, never three");
        house.clock.advance(DEFAULT_OVERLAP_MS - 1);
        assert_eq!(house.signing(shop.id, &[&second, &third]).await, [true, true]);
        house.clock.advance(1);
        assert_eq!(
            house.signing(shop.id, &[&second, &third]).await,
            [false, true],
            "the overlap ends to the millisecond"
        );
        let fourth = house.rotate(shop.id, 0).await;
        assert_eq!(house.signing(shop.id, &[&third, &fourth]).await, [false, true], "no overlap: at once");
    }
}

#[tokio::test]
async fn a_public_key_is_registered_replaced_and_removed() {
    for house in houses() {
        let (shop, secret) = house.open("bottega.example").await;
        let (id, now) = (shop.id, house.ctx.now());
        let keys_of = || async { house.ctx.db().read(move |c| keys::list(c, id, now)).await.unwrap().webhook };
        for seed in [1, 2, 2] {
            let key = SigningKey::generate(&SeededRandom::new(seed)).public();
            let key_id: KeyId = house.ctx.ids().next();
            house.ctx.db().write(move |tx| keys::set_public_key(tx, id, &key, key_id, now)).await.unwrap();
            let schemes: Vec<_> = keys_of().await.iter().map(|key| key.scheme.unwrap()).collect();
            assert_eq!(schemes, ["v1", "v1a"], "one public key beside the secret");
        }
        let shown = serde_json::to_string(&keys_of().await).unwrap();
        assert!(!shown.contains(&secret) && !shown.contains(PublicKey::PREFIX), "no key is ever told: {shown}");
        assert!(house.ctx.db().write(move |tx| keys::remove_public_key(tx, id)).await.unwrap());
        assert!(!house.ctx.db().write(move |tx| keys::remove_public_key(tx, id)).await.unwrap());
        assert_eq!(keys_of().await.len(), 1);
    }
}

#[tokio::test]
async fn a_change_by_another_process_is_seen_within_a_poll_and_a_half() {
    for house in houses() {
        let shops = Shops::new(house.ctx.clone());
        let name = ShopRef::parse("bottega.example").unwrap();
        assert!(shops.find(&name).await.unwrap().is_none());
        let (shop, _) = house.open("bottega.example").await;
        house.clock.advance(SECOND);
        assert!(shops.find(&name).await.unwrap().is_some(), "an unknown name is asked for again after a poll");
        let pause = |shop: &mut Shop| {
            shop.paused = true;
            Ok(())
        };
        let done = house.ctx.db().write(move |tx| merchants::change(tx, shop.id, pause)).await.unwrap();
        assert!(matches!(done, Changed::Done(after) if after.paused && after.settings_version == 4));
        let again = house.ctx.db().write(move |tx| merchants::change(tx, shop.id, pause)).await.unwrap();
        assert!(matches!(again, Changed::Unchanged(_)));
        assert!(!shops.find(&name).await.unwrap().unwrap().shop.paused, "within the poll the entry is trusted");
        house.clock.advance(SECOND);
        assert!(shops.find(&name).await.unwrap().unwrap().shop.paused);
        let rename = |shop: &mut Shop| {
            shop.domain = ShopDomain::parse("other.example").unwrap();
            Ok(())
        };
        house.ctx.db().write(move |tx| merchants::change(tx, shop.id, rename)).await.unwrap();
        house.clock.advance(2 * SECOND);
        assert!(shops.find(&name).await.unwrap().is_none(), "a shop does not answer to its former domain");
    }
}

#[tokio::test]
async fn the_last_hundred_rejections_of_a_shop_are_kept_newest_first() {
    for house in houses() {
        let (shop, _) = house.open("bottega.example").await;
        let (rejections, id) = (Rejections::default(), shop.id);
        for batch in 0..3 {
            for n in 0..60 {
                rejections.record(id, rejection(batch * 60 + n));
            }
            assert_eq!(rejections.flush(&house.ctx).await.unwrap(), 60);
        }
        assert_eq!(rejections.flush(&house.ctx).await.unwrap(), 0, "nothing waits, nothing is written");
        let kept = house.ctx.db().read(move |c| merchants::rejections::list(c, id)).await.unwrap();
        let bytes: Vec<i64> = kept.iter().map(|rejection| rejection.body_bytes).collect();
        assert_eq!(bytes, (80..180).rev().collect::<Vec<_>>());
    }
}

fn rejection(n: i64) -> Rejection {
    Rejection {
        at: Timestamp::from_millis(START),
        code: "signature_mismatch".to_owned(),
        detail: "No signature fits.".to_owned(),
        webhook_id: Some("msg_1".to_owned()),
        skew_ms: Some(-3),
        body_bytes: n,
        body_sha256: "00".repeat(32),
    }
}
