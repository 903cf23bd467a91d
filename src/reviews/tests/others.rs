//! What others do, and cannot do: the shop replies, the operator restricts, a customer is erased.

use super::*;
use crate::jobs::{self, Subject};
use crate::kernel::time::{DAY, HOUR};
use crate::reviews::erase::forget;
use crate::reviews::model::Status;
use crate::reviews::notify::{REPLY_NOTICE, RESTRICTION_STATEMENT};
use crate::reviews::public::{PublicEntry, find};
use crate::reviews::store;
use crate::reviews::tally::{ReplyHours, hidden, reply_hours};

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
    assert_eq!(house.read(|conn| reply_hours(conn, shop.id)), [ReplyHours { hours: 5, n: 1, low: 1 }]);
    assert!(matches!(replied(&house, &shop, id, "Ci dispiace."), Replied::Unchanged(_)));
    assert_eq!(
        (answered(&house, &bearer, id, 1), answered(&house, &bearer, id, 1)),
        (Answered::Done, Answered::Already)
    );
    house.clock.advance(HOUR);
    assert!(matches!(replied(&house, &shop, id, "Rimborsato."), Replied::Edited(reply) if reply.version == 2));
    assert_eq!(
        house.read(|conn| reply_hours(conn, shop.id)),
        [ReplyHours { hours: 5, n: 1, low: 1 }],
        "an edit is no new reply"
    );
    edited(&house, &bearer, id, words(4, "Risolto."));
    assert_eq!(
        house.read(|conn| reply_hours(conn, shop.id)),
        [ReplyHours { hours: 5, n: 1, low: 0 }],
        "no low one now"
    );
    edited(&house, &bearer, id, words(1, "Non risolto."));
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
    assert_eq!(house.read(|conn| reply_hours(conn, shop.id)), [ReplyHours { hours: 7, n: 1, low: 1 }]);
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
