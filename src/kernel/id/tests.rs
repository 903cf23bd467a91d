//! What ids promise: one text each, and an order that never goes back.

use super::*;
use crate::kernel::random::SeededRandom;
use crate::kernel::time::{SteppedClock, Timestamp};
use proptest::prelude::*;
use std::collections::HashSet;

fn ids(clock: &Arc<SteppedClock>) -> Ids {
    Ids::new(clock.clone(), Arc::new(SeededRandom::new(1)))
}

#[test]
fn the_known_answer_of_typeid() {
    // From the TypeID specification: 01890a5d-ac96-774b-bcce-b302099a8057.
    let bytes = 0x0189_0a5d_ac96_774b_bcce_b302_099a_8057_u128.to_be_bytes();
    let id = ShopId::from_bytes(bytes);
    assert_eq!(id.to_string(), "shp_01h455vb4pex5vsknk084sn02q");
    assert_eq!(ShopId::parse("shp_01h455vb4pex5vsknk084sn02q"), Ok(id));
    assert_eq!(ShopId::from_bytes([255; 16]).to_string(), "shp_7zzzzzzzzzzzzzzzzzzzzzzzzz");
    assert_eq!(ShopId::from_bytes([0; 16]).to_string(), "shp_00000000000000000000000000");
}

#[test]
fn other_spellings_are_refused() {
    let malformed = Err(IdError::Malformed);
    for text in [
        "shp_",
        "shp_01h455vb4pex5vsknk084sn02",
        "shp_01h455vb4pex5vsknk084sn02qq",
        "shp_01H455VB4PEX5VSKNK084SN02Q",
        "shp_o1h455vb4pex5vsknk084sn02q",
        "shp_81h455vb4pex5vsknk084sn02q",
        "shp_01h455vb4pex5vsknk084sn0 q",
        "shp__1h455vb4pex5vsknk084sn02q",
        "shp_èèèèèèèèèèèèè",
    ] {
        assert_eq!(ShopId::parse(text), malformed, "{text}");
    }
    for text in
        ["", "shp", "ord_01h455vb4pex5vsknk084sn02q", "SHP_01h455vb4pex5vsknk084sn02q", "01h455vb4pex5vsknk084sn02q"]
    {
        assert_eq!(ShopId::parse(text), Err(IdError::Prefix { expected: "shp" }), "{text}");
    }
    assert_eq!(ShopId::from_slice(&[0; 15]), None);
    assert_eq!(ShopId::from_slice(&[1; 16]), Some(ShopId::from_bytes([1; 16])));
}

#[test]
fn serde_is_the_text() {
    let id = OrderId::from_bytes([3; 16]);
    let json = serde_json::to_string(&id).unwrap();
    assert_eq!(json, format!("\"{id}\""));
    assert_eq!(serde_json::from_str::<OrderId>(&json).unwrap(), id);
    assert!(serde_json::from_str::<ShopId>(&json).is_err());
}

#[test]
fn prefixes_are_distinct() {
    let prefixes = [
        MerchantKind::PREFIX,
        ShopKind::PREFIX,
        OrderKind::PREFIX,
        EventKind::PREFIX,
        InvitationKind::PREFIX,
        MessageKind::PREFIX,
        ReviewKind::PREFIX,
        ReplyKind::PREFIX,
        RestrictionKind::PREFIX,
        KeyKind::PREFIX,
        RejectionKind::PREFIX,
    ];
    assert_eq!(HashSet::from(prefixes).len(), prefixes.len());
    assert!(prefixes.iter().all(|prefix| prefix.len() == 3));
}

#[test]
fn made_ids_are_uuid_v7_of_their_instant() {
    let now = Timestamp::parse("2026-11-22T05:00:00.123Z").unwrap();
    let id = ids(&Arc::new(SteppedClock::new(now))).next::<ReviewKind>();
    let uuid = uuid::Uuid::from_bytes(*id.as_bytes());
    assert_eq!(uuid.get_version_num(), 7);
    assert_eq!(uuid.get_variant(), uuid::Variant::RFC4122);
    let (seconds, nanos) = uuid.get_timestamp().unwrap().to_unix();
    assert_eq!((i64::try_from(seconds).unwrap(), nanos), (now.seconds(), 123_000_000));
}

#[test]
fn they_grow_whatever_the_clock_does() {
    let clock = Arc::new(SteppedClock::new(Timestamp::from_millis(1_000_000)));
    let ids = ids(&clock);
    let mut last = ids.next::<EventKind>();
    for step in 0..2_000 {
        clock.advance([0, 0, 1, -5, 0, 7][step % 6]);
        let next = ids.clone().next::<EventKind>();
        assert!(next > last);
        last = next;
    }
}

#[test]
fn a_full_tail_moves_on_to_the_next_millisecond() {
    let full = Last { ms: 5, tail: TAIL_MASK };
    let next = full.step(5, 9);
    assert_eq!((next.ms, next.tail), (6, 9));
    assert!(next.layout() > full.layout());
}

#[test]
fn threads_share_one_sequence() {
    let ids = ids(&Arc::new(SteppedClock::new(Timestamp::from_millis(5))));
    let made: Vec<EventId> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| (0..500).map(|_| ids.next::<EventKind>()).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(made.iter().collect::<HashSet<_>>().len(), 2_000);
}

proptest! {
    #[test]
    fn text_and_bytes_are_inverse_and_sort_alike(one in any::<[u8; 16]>(), two in any::<[u8; 16]>()) {
        let (one, two) = (EventId::from_bytes(one), EventId::from_bytes(two));
        prop_assert_eq!(one.to_string().parse::<EventId>(), Ok(one));
        prop_assert_eq!(one.cmp(&two), one.to_string().cmp(&two.to_string()));
    }

    #[test]
    fn what_parses_prints_the_same(text in "evt_[0-9a-z]{26}") {
        if let Ok(id) = EventId::parse(&text) {
            prop_assert_eq!(id.to_string(), text);
        }
    }
}

#[test]
fn an_id_says_when_it_was_made_and_lies_between_its_bounds() {
    let at = Timestamp::parse("2026-07-01T23:59:59.999Z").unwrap();
    let clock = Arc::new(SteppedClock::new(at));
    let ids = ids(&clock);
    let (first, second): (OrderId, OrderId) = (ids.next(), ids.next());
    for id in [first, second] {
        assert_eq!(id.made_at(), at);
        assert!(OrderId::lowest_at(at) <= id && id < OrderId::lowest_at(at.plus_ms(1)));
    }
    clock.set(at.minus_ms(86_400_000));
    assert_eq!(ids.next::<OrderKind>().made_at(), at, "a clock that goes back takes no id with it");
    ids.go_back_to_the_clock();
    assert_eq!(ids.next::<OrderKind>().made_at(), at.minus_ms(86_400_000));
    assert_eq!(OrderId::from_bytes([255; 16]).made_at(), Timestamp::from_millis((1 << 48) - 1));
}
