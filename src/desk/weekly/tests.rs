//! Which week, when, and what is said of it.

use super::{WEEKLY_NUMBERS, WEEKS, WeeklyLetter, due, monday, opening, plot, stop, store};
use crate::desk::accounting::{self, Numbers};
use crate::jobs::Subject;
use crate::kernel::email::EmailAddress;
use crate::kernel::locale::Language;
use crate::kernel::time::{DAY, Timestamp, UtcDay};
use crate::mail::context::{MailContext, WeeklyNumbers};
use crate::mail::letter::{Draft, Fate, Letter, Mail, Settled};
use crate::merchants::{self, Shop, ShopStatus};
use crate::orders;
use crate::reviews::house::House;

fn day(text: &str) -> UtcDay {
    UtcDay::parse(text).unwrap()
}

#[test]
fn a_week_begins_on_monday() {
    for (any, first) in [
        ("2026-11-23", "2026-11-23"),
        ("2026-11-29", "2026-11-23"),
        ("2026-11-30", "2026-11-30"),
        ("1970-01-08", "1970-01-05"),
        ("2027-01-01", "2026-12-28"),
    ] {
        assert_eq!(monday(day(any)), day(first), "{any}");
    }
}

#[test]
fn it_goes_out_at_eight_on_the_shops_clock() {
    let house = House::new();
    let shop = house.shop();
    let at =
        |zone: &str, week: &str| opening(&Shop { zone: zone.parse().unwrap(), ..shop.clone() }, day(week)).to_string();
    assert_eq!(at("Europe/Rome", "2026-11-23"), "2026-11-23T07:00:00.000Z");
    assert_eq!(at("Europe/Rome", "2026-03-30"), "2026-03-30T06:00:00.000Z", "the day after the clocks went forward");
    assert_eq!(at("Pacific/Kiritimati", "2026-11-23"), "2026-11-22T18:00:00.000Z");
    assert_eq!(at("Pacific/Pago_Pago", "2026-11-23"), "2026-11-23T19:00:00.000Z");
}

#[test]
fn only_shops_that_want_it_and_can_be_written_to_get_it() {
    let house = House::new();
    let shop = Shop { contact: Some("ciao@bottega.example".to_owned()), ..house.shop() };
    assert_eq!(shop.weekly_mail_to().ok(), EmailAddress::parse("ciao@bottega.example").ok());
    for (other, why) in [
        (Shop { contact: None, ..shop.clone() }, "there is none"),
        (Shop { contact: Some("https://bottega.example/contact".to_owned()), ..shop.clone() }, "not an e-mail address"),
        (Shop { weekly_mail: false, ..shop.clone() }, "is off"),
        (Shop { status: ShopStatus::Closed, ..shop.clone() }, "not open"),
        (Shop { status: ShopStatus::Suspended, ..shop }, "not open"),
    ] {
        let said = other.weekly_mail_to().unwrap_err();
        assert!(said.contains(why), "{said}");
        let shown = merchants::settings::view(&other);
        assert_eq!((&shown["weekly_mail_to"], &shown["weekly_mail_note"]), (&serde_json::Value::Null, &said.into()));
    }
}

/// A shop in Rome with an address, and an order of last Tuesday that was reviewed; the clock stands on Monday at noon.
fn with_a_week() -> (House, Shop) {
    let house = House::new();
    let shop = house.shop();
    let id = shop.id;
    let contact = |shop: &mut Shop| {
        shop.contact = Some("ciao@bottega.example".to_owned());
        Ok(())
    };
    house.write(move |tx, _| merchants::change(tx, id, contact).map(drop));
    house.clock.set(Timestamp::parse("2026-12-01T10:00:00Z").unwrap());
    let bearer = house.customer(&shop);
    house.publish(&bearer, 5);
    house.customer(&shop);
    house.clock.set(Timestamp::parse("2026-12-07T11:00:00Z").unwrap());
    house.write(|tx, _| orders::take_dirty(tx).map(drop));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(accounting::tick(&house.ctx)).unwrap();
    let shop = house.read(|conn| merchants::load(conn, id)).unwrap();
    (house, shop)
}

fn draft(house: &House, shop: &Shop) -> Draft {
    house.read(|conn| WeeklyLetter.draft(conn, &house.ctx, Subject::from(shop.id)))
}

fn said(draft: Draft) -> (Mail, WeeklyNumbers) {
    let Draft::Send(mail) = draft else { panic!("nothing is sent: {draft:?}") };
    let MailContext::WeeklyNumbers(context) = mail.context.clone() else { panic!("another mail") };
    (*mail, *context)
}

#[test]
fn it_says_what_became_of_last_weeks_orders() {
    let (house, shop) = with_a_week();
    let now = house.ctx.now();
    assert_eq!(house.read(|conn| due(conn, now)).len(), 1);
    assert!(matches!(draft(&house, &shop), Draft::Gone), "no week was begun");
    let (id, week) = (shop.id, monday(now.day()));
    assert!(house.write(move |tx, _| store::begin_week(tx, id, week)));
    assert!(!house.write(move |tx, _| store::begin_week(tx, id, week)), "once a week");
    assert!(house.read(|conn| due(conn, now)).is_empty());
    let (mail, context) = said(draft(&house, &shop));
    assert_eq!((Ok(mail.to.clone()), mail.edition), (shop.weekly_mail_to(), week.number()));
    assert_eq!((context.from.as_str(), context.to.as_str()), ("30\u{a0}novembre 2026", "6\u{a0}dicembre 2026"));
    let orders = house.read(|conn| accounting::count(conn, shop.id, day("2026-12-01"))).orders;
    assert_eq!(context.week.orders, orders.to_string());
    assert_eq!((context.week.reviewed.as_str(), context.before.orders.as_str()), ("1", "0"));
    assert_eq!(context.weeks.len(), usize::try_from(WEEKS).unwrap());
    assert_eq!(context.weeks[0].orders, orders.to_string(), "newest first");
    let token = context.unsubscribe_url.rsplit('/').next().unwrap();
    assert_eq!(stop::shop_behind(&house.ctx, token), Some(shop.id));
}

#[test]
fn it_ends_by_its_link_by_a_dead_mailbox_and_with_time() {
    let (house, shop) = with_a_week();
    let (id, week, now) = (shop.id, monday(house.ctx.now().day()), house.ctx.now());
    house.write(move |tx, _| store::begin_week(tx, id, week));
    house.clock.advance(15 * DAY);
    assert!(matches!(draft(&house, &shop), Draft::Drop(why) if why.reason == "too_late"));
    house.clock.set(now);
    let settled = Settled { message: house.ctx.ids().next(), edition: 0, at: now, fate: Fate::Bounced("hard_bounce") };
    house.write(move |tx, ctx| WeeklyLetter.settle(tx, ctx, Subject::from(id), &settled));
    assert!(!house.read(|conn| merchants::load(conn, id)).unwrap().weekly_mail);
    assert!(matches!(draft(&house, &shop), Draft::Drop(why) if why.reason == "not_wanted"));
    assert!(house.read(|conn| due(conn, now)).is_empty());
    assert_eq!(WeeklyLetter.kind(), WEEKLY_NUMBERS);
}

#[test]
fn the_plot_draws_every_week_and_names_what_it_draws() {
    let days: Vec<UtcDay> = (0..WEEKS).map(|week| day("2026-10-05").plus(7 * week)).collect();
    let week = |n: i64| Numbers { orders: n, invited: n / 2, reviewed: n / 4, ..Numbers::default() };
    let weeks: Vec<Numbers> = (0..WEEKS).map(|n| week(n * 1000)).collect();
    for language in Language::ALL {
        let svg = plot::svg(*language, &days, &weeks);
        // Three bars a week, the paper, the ground and three keys; a number and a day a week, and three words.
        assert_eq!((svg.matches("<rect").count(), svg.matches("<text").count()), (24 + 5, 16 + 3));
        assert_eq!(svg.matches("height=\"0\"").count(), 3, "the first week had none");
        if let Some(png) = plot::png(*language, &days, &weeks) {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages");
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(format!("weekly-plot.{language}.png")), &png).unwrap();
            assert!(png.starts_with(b"\x89PNG") && png.len() < 40_000, "{} bytes", png.len());
        }
    }
    assert!(plot::svg(Language::It, &days, &vec![Numbers::default(); 8]).contains(">0<"), "a quiet time is drawn too");
}
