//! The story of a review, told through this room's verbs; every surface over HTTP is told in `tests/it`.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::answer::{AnswerText, Answered, answer};
use super::edit::{Edit, Edited, edit};
use super::erase::{Erased, erase, forget};
use super::house::{House, said, said_of};
use super::list::{ListParams, ListQuery, list};
use super::model::{EDITS_MAX, Operator, RestrictionReason, Status};
use super::notify::{REPLY_NOTICE, RESTRICTION_STATEMENT};
use super::public::{PublicEntry, find};
use super::reply::{Replied, Withdrawn, reply, withdraw_reply};
use super::restrict::{Grounds, Restored, Restricted, restore, restrict};
use super::submit::Submitted;
use super::tally::{ReplyHours, hidden, reply_hours, tally, tally_of};
use super::version::{Dropped, drop_version};
use super::{store, visit};
use crate::invitations::Bearer;
use crate::jobs::{self, Subject};
use crate::kernel::id::ReviewId;
use crate::kernel::stars::Stars;
use crate::kernel::time::{DAY, HOUR};
use crate::merchants::Shop;

fn words(stars: i64, text: &str) -> Edit {
    Edit {
        stars: Stars::new(stars).unwrap(),
        title: "Bene".to_owned(),
        text: text.to_owned(),
        name: "Ada L.".to_owned(),
    }
}

fn edited(house: &House, bearer: &Bearer, id: ReviewId, new: Edit) -> Edited {
    let bearer = bearer.clone();
    house.write(move |tx, ctx| edit(tx, ctx, &bearer, id, &new))
}

fn erased(house: &House, bearer: &Bearer, id: ReviewId) -> Erased {
    let bearer = bearer.clone();
    house.write(move |tx, ctx| erase(tx, ctx, &bearer, id))
}

fn restricted(house: &House, id: ReviewId) -> Restricted {
    let grounds = Grounds { reason: RestrictionReason::PersonalData, statement: "It names a neighbour.".to_owned() };
    house.write(move |tx, ctx| restrict(tx, ctx, Operator::at_the_machine(), id, &grounds))
}

fn restored(house: &House, id: ReviewId) -> Restored {
    house.write(move |tx, ctx| restore(tx, ctx, Operator::at_the_machine(), id))
}

fn replied(house: &House, shop: &Shop, id: ReviewId, text: &'static str) -> Replied {
    let shop = shop.clone();
    house.write(move |tx, ctx| reply(tx, ctx, &shop, id, text))
}

fn withdrawn(house: &House, shop: &Shop, id: ReviewId) -> Withdrawn {
    let shop = shop.clone();
    house.write(move |tx, ctx| withdraw_reply(tx, ctx, &shop, id))
}

fn answered(house: &House, bearer: &Bearer, id: ReviewId, version: i64) -> Answered {
    let bearer = bearer.clone();
    let said = AnswerText { reply_version: Some(version), text: "Grazie".to_owned() };
    house.write(move |tx, ctx| answer(tx, ctx, &bearer, id, &said))
}

fn counts(house: &House, shop: &Shop, sku: &str) -> Vec<[i64; 5]> {
    house.read(|conn| tally_of(conn, shop.id, sku)).into_iter().map(|row| row.counts).collect()
}

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
fn a_restriction_hides_tells_the_author_and_can_be_lifted() {
    let house = House::new();
    let shop = house.shop();
    let bearer = house.customer(&shop);
    let id = house.publish(&bearer, 1);
    replied(&house, &shop, id, "Ci dispiace.");
    house.clock.advance(3 * DAY);
    let Restricted::Done(decision) = restricted(&house, id) else { panic!("restricted") };
    assert!(matches!(restricted(&house, id), Restricted::Already(standing) if standing == decision));
    let subject = Subject::from(decision.id);
    assert!(house.read(|conn| jobs::due_of(conn, RESTRICTION_STATEMENT, subject)).is_some(), "a statement is due");
    assert!(counts(&house, &shop, "").is_empty());
    assert!(house.read(|conn| reply_hours(conn, shop.id)).is_empty());
    assert_eq!(house.read(|conn| hidden(conn, shop.id)).restricted, [(RestrictionReason::PersonalData, 1)]);
    let Some(PublicEntry::Tombstone(stone)) = house.read(|conn| find(conn, id)) else { panic!("a tombstone") };
    assert_eq!((stone.reason, stone.by, stone.date), ("personal_data", "operator", decision.at));
    assert_eq!(edited(&house, &bearer, id, words(5, "harmless")), Edited::NotPublished(Status::Restricted));

    house.clock.advance(3 * DAY);
    assert_eq!(
        (restored(&house, id), restored(&house, id)),
        (Restored::Done, Restored::NotRestricted(Status::Published))
    );
    let rows = house.read(|conn| tally_of(conn, shop.id, ""));
    assert_eq!(rows[0].day, house.review(id).published_at.day().number(), "back on its first day");
    assert_eq!(house.read(|conn| reply_hours(conn, shop.id)).len(), 1);
    assert!(house.read(|conn| hidden(conn, shop.id)).restricted.is_empty());

    assert!(matches!(restricted(&house, id), Restricted::Done(again) if again.id != decision.id));
    assert_eq!(erased(&house, &bearer, id), Erased::Done, "the author's right stands above");
    assert!(house.read(|conn| hidden(conn, shop.id)).restricted.is_empty());
}

#[test]
fn a_reply_has_versions_and_each_is_answered_once() {
    let house = House::new();
    let shop = house.shop();
    let bearer = house.customer(&shop);
    let id = house.publish(&bearer, 2);
    assert_eq!(answered(&house, &bearer, id, 1), Answered::NoReply);
    house.clock.advance(5 * HOUR + 1);
    assert!(matches!(replied(&house, &shop, id, "Ci dispiace."), Replied::Created(reply) if reply.version == 1));
    assert_eq!(house.read(|conn| reply_hours(conn, shop.id)), [ReplyHours { hours: 5, n: 1 }]);
    assert!(matches!(replied(&house, &shop, id, "Ci dispiace."), Replied::Unchanged(_)));
    assert_eq!(
        (answered(&house, &bearer, id, 1), answered(&house, &bearer, id, 1)),
        (Answered::Done, Answered::Already)
    );
    house.clock.advance(HOUR);
    assert!(matches!(replied(&house, &shop, id, "Rimborsato."), Replied::Edited(reply) if reply.version == 2));
    assert_eq!(
        house.read(|conn| reply_hours(conn, shop.id)),
        [ReplyHours { hours: 5, n: 1 }],
        "an edit is no new reply"
    );
    assert_eq!(answered(&house, &bearer, id, 1), Answered::ReplyChanged);
    assert_eq!(answered(&house, &bearer, id, 2), Answered::Done);

    assert!(matches!(withdrawn(&house, &shop, id), Withdrawn::Done(_)));
    assert!(matches!(withdrawn(&house, &shop, id), Withdrawn::Already(_)));
    assert!(house.read(|conn| reply_hours(conn, shop.id)).is_empty());
    let Some(PublicEntry::Review(seen)) = house.read(|conn| find(conn, id)) else { panic!("published") };
    let gone = seen.reply.unwrap();
    assert!(gone.text.is_none() && gone.withdrawn_at.is_some(), "its trace stays, its words do not");
    assert!(gone.earlier.unwrap().iter().all(|past| past.text.is_none()));
    assert_eq!(seen.answers.len(), 2, "the shop cannot take back what the customer said");
    assert_eq!(answered(&house, &bearer, id, 2), Answered::NoReply);

    house.clock.advance(HOUR);
    assert!(matches!(replied(&house, &shop, id, "Di nuovo."), Replied::Created(reply) if reply.version == 3));
    assert_eq!(house.read(|conn| reply_hours(conn, shop.id)), [ReplyHours { hours: 7, n: 1 }]);
}

#[test]
fn another_shop_can_neither_reply_nor_withdraw() {
    let house = House::new();
    let (shop, other) = (house.shop(), house.shop());
    let id = house.publish(&house.customer(&shop), 2);
    assert_eq!(replied(&house, &other, id, "mine"), Replied::NotFound);
    replied(&house, &shop, id, "Ci dispiace.");
    assert_eq!(withdrawn(&house, &other, id), Withdrawn::NotFound);
}

#[test]
fn news_of_replies_to_one_review_come_at_most_once_a_day() {
    let house = House::new();
    let shop = house.shop();
    let id = house.publish(&house.customer(&shop), 2);
    let due = || house.read(|conn| jobs::due_of(conn, REPLY_NOTICE, Subject::from(id)));
    replied(&house, &shop, id, "Ci dispiace.");
    let told = house.ctx.now();
    assert_eq!(due(), Some(told));
    let shop_id = shop.id;
    house.write(move |tx, _| store::mark_notified(tx, shop_id, id, told));
    house.clock.advance(HOUR);
    replied(&house, &shop, id, "Rimborsato.");
    assert_eq!(due(), Some(told.plus_ms(DAY)));
    house.clock.advance(2 * DAY);
    replied(&house, &shop, id, "Fatto.");
    assert_eq!(due(), Some(house.ctx.now()));
}

#[test]
fn the_end_of_a_customer_takes_the_name_and_nothing_else() {
    let house = House::new();
    let shop = house.shop();
    let bearer = house.customer(&shop);
    let id = house.publish(&bearer, 1);
    let before = house.review(id);
    let order = bearer.order_id;
    let shop_id = shop.id;
    assert_eq!(house.write(move |tx, _| forget(tx, shop_id, &[order])), 1);
    let after = house.review(id);
    assert_eq!(after.author, "");
    assert_eq!((after.stars, &after.body, after.status), (before.stars, &before.body, before.status));
    assert_eq!(counts(&house, &shop, ""), [[1, 0, 0, 0, 0]]);
    assert_eq!(house.write(move |tx, _| forget(tx, shop_id, &[order])), 0);
}

fn ids(entries: &[PublicEntry]) -> Vec<(ReviewId, bool)> {
    let one = |entry: &PublicEntry| match entry {
        PublicEntry::Review(review) => (review.id, true),
        PublicEntry::Tombstone(stone) => (stone.id, false),
    };
    entries.iter().map(one).collect()
}

/// Reads a list page by page, two at a time.
fn walk(house: &House, shop: &Shop, params: &ListParams) -> Vec<(ReviewId, bool)> {
    let mut all = Vec::new();
    let mut params = ListParams { limit: Some("2".to_owned()), ..params.clone() };
    loop {
        let query = params.read().unwrap();
        let page = house.read(|conn| list(conn, shop.id, &query));
        assert!(page.entries.len() <= 2);
        all.extend(ids(&page.entries));
        match page.next {
            Some(next) => params.cursor = Some(next),
            None => return all,
        }
    }
}

#[test]
fn a_list_read_page_by_page_is_the_list() {
    let house = House::new();
    let shop = house.shop();
    let mut made: Vec<(ReviewId, i64)> = Vec::new();
    for n in 0..23 {
        let stars = 1 + (n * 7) % 5;
        let bearer = house.customer(&shop);
        let id = house.publish(&bearer, stars);
        match n {
            4 => drop(restricted(&house, id)),
            9 => drop(erased(&house, &bearer, id)),
            _ => made.push((id, stars)),
        }
        if n % 3 == 0 {
            replied(&house, &shop, id, "Grazie.");
        }
        // Some share an instant.
        house.clock.advance(if n % 4 == 0 { 0 } else { HOUR });
    }
    let param = |sort: &str, stars: &str| ListParams {
        sort: Some(sort.to_owned()),
        stars: Some(stars.to_owned()),
        ..ListParams::default()
    };
    let newest = walk(&house, &shop, &ListParams::default());
    let mut oldest = walk(&house, &shop, &param("oldest", ""));
    assert_eq!((newest.len(), newest.iter().filter(|entry| !entry.1).count()), (23, 2), "tombstones keep their place");
    oldest.reverse();
    assert_eq!(newest, oldest);
    let by = |order: &[i64]| -> Vec<(ReviewId, bool)> {
        let of = |stars: i64| made.iter().rev().filter(move |one| one.1 == stars).map(|one| (one.0, true));
        order.iter().flat_map(|stars| of(*stars)).collect()
    };
    assert_eq!(walk(&house, &shop, &param("highest", "")), by(&[5, 4, 3, 2, 1]));
    assert_eq!(walk(&house, &shop, &param("lowest", "")), by(&[1, 2, 3, 4, 5]));
    assert_eq!(walk(&house, &shop, &param("lowest", "4,2")), by(&[2, 4]));
    assert_eq!(walk(&house, &shop, &param("newest", "3")), by(&[3]));
    let two: Vec<_> = made.iter().rev().filter(|one| one.1 == 1 || one.1 == 5).map(|one| (one.0, true)).collect();
    assert_eq!(walk(&house, &shop, &param("newest", "5,1")), two);
    let replied =
        |word: &str| walk(&house, &shop, &ListParams { replied: Some(word.to_owned()), ..ListParams::default() });
    assert_eq!(replied("true").len() + replied("false").len(), 21, "tombstones tell nothing of what was said");
    let english = ListParams { language: Some("en".to_owned()), ..ListParams::default() };
    assert!(walk(&house, &shop, &english).is_empty());
}

#[test]
fn bad_list_queries_name_the_part() {
    let bad = |params: ListParams| params.read().unwrap_err().name;
    let text = |text: &str| Some(text.to_owned());
    for stars in ["0", "6", "99999999999999999999", "x", "1,,2"] {
        assert_eq!(bad(ListParams { stars: text(stars), ..ListParams::default() }), "stars", "{stars}");
    }
    assert_eq!(bad(ListParams { limit: text("101"), ..ListParams::default() }), "limit");
    assert_eq!(bad(ListParams { from: text("yesterday"), ..ListParams::default() }), "from");
    assert_eq!(bad(ListParams { sort: text("best"), ..ListParams::default() }), "sort");
    assert_eq!(bad(ListParams { cursor: text("x"), ..ListParams::default() }), "cursor");
    assert_eq!(bad(ListParams { sku: text("a\0"), ..ListParams::default() }), "sku");
    assert_eq!(bad(ListParams { language: text("it-IT"), ..ListParams::default() }), "language");
}

#[test]
fn the_wire_says_no_more_than_it_should() {
    let house = House::new();
    let shop = house.shop();
    let bearer = house.customer(&shop);
    house.submit(&bearer, &said_of("CUP", 3));
    let page = house.read(|conn| list(conn, shop.id, &ListQuery::default()));
    let wire = serde_json::to_value(&page.entries[0]).unwrap();
    assert_eq!((&wire["certified"], &wire["checked"]["by"]), (&true.into(), &"operator".into()));
    assert_eq!(wire["author"], "Ada L.");
    assert!(wire.get("earlier").is_none(), "history is for whoever asks for one review");
    let text = wire.to_string();
    for secret in
        [bearer.order_id.to_string(), bearer.invitation.to_string(), "salt".to_owned(), "example.com".to_owned()]
    {
        assert!(!text.contains(&secret), "{secret}");
    }
}

#[derive(Clone, Debug)]
enum Step {
    Submit(i64, Option<i64>),
    Edit(prop::sample::Index, i64),
    Erase(prop::sample::Index),
    Restrict(prop::sample::Index),
    Restore(prop::sample::Index),
    Reply(prop::sample::Index),
    Withdraw(prop::sample::Index),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        3 => (1..=5_i64, prop::option::of(1..=5_i64)).prop_map(|(stars, item)| Step::Submit(stars, item)),
        3 => (at(), 1..=5_i64).prop_map(|(which, stars)| Step::Edit(which, stars)),
        1 => at().prop_map(Step::Erase),
        2 => at().prop_map(Step::Restrict),
        2 => at().prop_map(Step::Restore),
        2 => at().prop_map(Step::Reply),
        1 => at().prop_map(Step::Withdraw),
        2 => (0..3_i64).prop_map(Step::Wait),
    ]
}

/// Runs a story; the reviews it made, each with its author.
fn run(house: &House, shop: &Shop, steps: &[Step]) -> Vec<(Bearer, ReviewId)> {
    let mut made: Vec<(Bearer, ReviewId)> = Vec::new();
    for step in steps {
        match step {
            Step::Submit(stars, item) => {
                let bearer = house.customer(shop);
                let what = item.map_or_else(|| said(*stars), |item| said_of("TEA-1", item));
                house.submit(&bearer, &what);
                made.extend(house.all(&bearer).into_iter().map(|review| (bearer.clone(), review.id)));
            }
            Step::Wait(days) => house.clock.advance(days * DAY + HOUR),
            Step::Edit(..) | Step::Erase(_) | Step::Restrict(_) | Step::Restore(_) if made.is_empty() => {}
            Step::Reply(_) | Step::Withdraw(_) if made.is_empty() => {}
            Step::Edit(which, stars) => {
                let (bearer, id) = which.get(&made);
                edited(house, bearer, *id, words(*stars, &stars.to_string()));
            }
            Step::Erase(which) => drop(erased(house, &which.get(&made).0, which.get(&made).1)),
            Step::Restrict(which) => drop(restricted(house, which.get(&made).1)),
            Step::Restore(which) => drop(restored(house, which.get(&made).1)),
            Step::Reply(which) => drop(replied(house, shop, which.get(&made).1, "Grazie.")),
            Step::Withdraw(which) => drop(withdrawn(house, shop, which.get(&made).1)),
        }
    }
    made
}

#[test]
fn tally_and_reply_figures_equal_a_recount_after_any_story() {
    let house = House::new();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases: 48, ..ProptestConfig::default() });
    let stories = prop::collection::vec(step(), 1..40);
    runner
        .run(&stories, |steps| {
            let shop = house.shop();
            let made = run(&house, &shop, &steps);
            let counted = house.read(|conn| tally(conn, shop.id));
            prop_assert_eq!(counted, house.read(|conn| store::recount(conn, shop.id)));
            let mut hours: BTreeMap<i64, i64> = BTreeMap::new();
            for (_, id) in &made {
                if let Some(after) = house.review(*id).reply_hours() {
                    *hours.entry(after).or_default() += 1;
                }
            }
            let kept = house.read(|conn| reply_hours(conn, shop.id));
            prop_assert_eq!(kept.into_iter().map(|row| (row.hours, row.n)).collect::<BTreeMap<_, _>>(), hours);
            Ok(())
        })
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_parallel_posts_are_one_review_and_neighbours_do_not_lock_each_other() {
    let house = House::new();
    let shop = house.shop();
    let one = house.customer(&shop);
    let mut bearers = vec![one; 25];
    bearers.extend((0..25).map(|_| house.customer(&shop)));
    let posts = bearers.iter().cycle().take(100).cloned().map(|bearer| {
        let (ctx, db) = (house.ctx.clone(), house.ctx.db().clone());
        async move { db.write(move |tx| super::submit::submit(tx, &ctx, &bearer, &said_of("CUP", 4))).await }
    });
    let answers = futures_util::future::join_all(posts).await;
    let published = answers.iter().filter(|answer| matches!(answer, Ok(Submitted::Published(_)))).count();
    let already = answers.iter().filter(|answer| matches!(answer, Ok(Submitted::Already))).count();
    assert_eq!((published, already), (26, 74), "{answers:?}");
    assert_eq!(counts(&house, &shop, ""), [[0, 0, 0, 26, 0]]);
    assert_eq!(counts(&house, &shop, "CUP"), [[0, 0, 0, 26, 0]]);
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
