//! What the author does: publish, edit, drop old words, erase.

use super::*;
use crate::kernel::time::DAY;
use crate::reviews::house::{said, said_of};
use crate::reviews::model::{EDITS_MAX, Status};
use crate::reviews::public::{PublicEntry, find};
use crate::reviews::submit::Submitted;
use crate::reviews::tally::{hidden, reply_hours, tally};
use crate::reviews::version::{Dropped, drop_version};
use crate::reviews::{store, visit};

#[test]
fn a_submission_is_live_at_once_and_stands_once() {
    let house = House::new();
    let shop = house.shop();
    let bearer = house.customer(&shop);
    let before = house.public_version(&shop);
    let Submitted::Published(id) = house.submit(&bearer, &said_of("TEA-1", 4)) else { panic!("published") };
    assert!(house.public_version(&shop) > before, "public bytes changed");
    assert_eq!(house.submit(&bearer, &said(1)), Submitted::Already);
    let all = house.all(&bearer);
    let seen: Vec<_> =
        all.iter().map(|review| (review.sku.as_str(), review.item.as_deref(), review.stars.value())).collect();
    assert_eq!(seen, [("", None, 4), ("TEA-1", Some("Tè verde"), 4)]);
    let review = house.review(id);
    assert_eq!((review.language.as_str(), review.checked.as_str(), review.version), ("it", "v1a", 1));
    assert_eq!(review.salt.as_ref().map(Vec::len), Some(32));
    assert_ne!(all[0].salt, all[1].salt, "every review has its own salt");
    assert!(review.ordered_at < review.delivered_at);
    assert_eq!(counts(&house, &shop, ""), [[0, 0, 0, 1, 0]]);
    assert_eq!(counts(&house, &shop, "TEA-1"), [[0, 0, 0, 1, 0]]);
}

#[test]
fn the_window_the_order_and_the_shop_decide_whether_a_review_may_come() {
    let house = House::new();
    let shop = house.shop();
    let bearer = house.customer(&shop);
    assert_eq!(house.submit(&bearer, &said_of("OTHER", 5)), Submitted::NotOrdered("OTHER".to_owned()));
    assert_eq!(house.submit(&house.tester(&shop), &said(5)), Submitted::Test);
    house.clock.advance(180 * DAY);
    let late = Bearer { open: false, ..bearer.clone() };
    assert_eq!(house.submit(&late, &said(5)), Submitted::TooLate(bearer.submit_until));
    assert_eq!(
        house.submit(&bearer, &said(5)),
        Submitted::TooLate(bearer.submit_until),
        "also where the visit was open"
    );
    assert!(house.read(|conn| tally(conn, shop.id)).is_empty(), "nothing of this counts");
}

#[test]
fn an_edit_keeps_what_was_said_and_the_day_it_counts_on() {
    let house = House::new();
    let shop = house.shop();
    let bearer = house.customer(&shop);
    let id = house.publish(&bearer, 5);
    let first = house.review(id);
    house.clock.advance(40 * DAY);
    assert_eq!(edited(&house, &bearer, id, words(2, "Si è rotto.")), Edited::Changed);
    assert_eq!(edited(&house, &bearer, id, words(2, "Si è rotto.")), Edited::Unchanged);
    let rows = house.read(|conn| tally_of(conn, shop.id, ""));
    assert_eq!((rows.len(), rows[0].day, rows[0].counts), (1, first.published_at.day().number(), [0, 1, 0, 0, 0]));
    let past = house.read(|conn| store::versions(conn, shop.id, id));
    assert_eq!((past.len(), past[0].stars.value(), past[0].text.as_ref()), (1, 5, Some(&first.body)));
    assert_eq!(past[0].at, first.published_at, "a version is dated by its own publication");

    let drop_it = |version| {
        let bearer = bearer.clone();
        house.write(move |tx, ctx| drop_version(tx, ctx, &bearer, id, version))
    };
    assert_eq!((drop_it(1), drop_it(1), drop_it(2)), (Dropped::Done, Dropped::Nothing, Dropped::Nothing));
    let past = house.read(|conn| store::versions(conn, shop.id, id));
    assert_eq!((past[0].stars.value(), &past[0].title, &past[0].text), (5, &None, &None), "date and stars stay");
}

#[test]
fn nobody_but_the_author_edits_and_not_without_end() {
    let house = House::new();
    let shop = house.shop();
    let (bearer, other) = (house.customer(&shop), house.customer(&shop));
    let id = house.publish(&bearer, 5);
    assert_eq!(edited(&house, &other, id, words(1, "no")), Edited::NotFound);
    assert_eq!(erased(&house, &other, id), Erased::NotFound);
    for n in 0..EDITS_MAX {
        assert_eq!(edited(&house, &bearer, id, words(1 + n % 5, &n.to_string())), Edited::Changed);
    }
    assert_eq!(edited(&house, &bearer, id, words(5, "once more")), Edited::TooOften);
}

#[test]
fn erasing_leaves_a_date_and_nothing_the_author_said() {
    let house = House::new();
    let shop = house.shop();
    let bearer = house.customer(&shop);
    let id = house.publish(&bearer, 1);
    edited(&house, &bearer, id, words(2, "Peggio di quanto pensassi."));
    replied(&house, &shop, id, "Ci dispiace.");
    assert_eq!(answered(&house, &bearer, id, 1), Answered::Done);
    assert_eq!(erased(&house, &bearer, id), Erased::Done);
    assert_eq!(erased(&house, &bearer, id), Erased::Already);
    let review = house.review(id);
    assert_eq!((review.status, review.title.as_str(), review.body.as_str()), (Status::Erased, "", ""));
    assert_eq!((review.author.as_str(), review.salt, review.replied_at), ("", None, None));
    assert!(house.read(|conn| store::versions(conn, shop.id, id)).iter().all(|past| past.text.is_none()));
    assert!(house.read(|conn| store::answers(conn, shop.id, &[id])).is_empty());
    assert_eq!(house.read(|conn| store::reply(conn, shop.id, id)), None);
    assert!(counts(&house, &shop, "").is_empty(), "it leaves the tally");
    assert!(house.read(|conn| reply_hours(conn, shop.id)).is_empty());
    assert_eq!(house.read(|conn| hidden(conn, shop.id)).erased, 1);
    let Some(PublicEntry::Tombstone(stone)) = house.read(|conn| find(conn, id)) else { panic!("a tombstone") };
    assert_eq!((stone.reason, stone.by, stone.date), ("erased_by_author", "author", review.erased_at.unwrap()));
    assert_eq!(edited(&house, &bearer, id, words(5, "back")), Edited::NotPublished(Status::Erased));
    assert_eq!(replied(&house, &shop, id, "no"), Replied::NotPublished(Status::Erased));
    assert_eq!(restricted(&house, id), Restricted::Erased);
}

#[test]
fn a_visit_shows_the_author_what_stands() {
    let house = House::new();
    let shop = house.shop();
    let bearer = house.customer(&shop);
    let seen = |bearer: &Bearer| {
        let bearer = bearer.clone();
        house.read(|conn| visit::Visit::of(conn, &house.ctx, bearer)).unwrap()
    };
    assert_eq!(seen(&bearer).standing(), visit::Standing::Open);
    assert_eq!(seen(&bearer).offered().iter().map(|item| item.sku.as_str()).collect::<Vec<_>>(), ["TEA-1", "CUP"]);
    let id = house.publish(&bearer, 2);
    assert_eq!(seen(&bearer).standing(), visit::Standing::Written);
    restricted(&house, id);
    let visit = seen(&bearer);
    assert_eq!(
        visit.own[0].restriction.as_ref().map(|decision| decision.reason),
        Some(RestrictionReason::PersonalData)
    );
    assert_eq!(visit.own[0].shown.title, "Bene", "its author still reads it");
    erased(&house, &bearer, id);
    assert_eq!(seen(&bearer).standing(), visit::Standing::Erased);
    assert_eq!(seen(&Bearer { open: false, ..house.customer(&shop) }).standing(), visit::Standing::TooLate);
}
