//! Untidy orders are taken, wrong ones are refused with a pointer.

use serde_json::{Value, json};

use super::*;
use crate::orders::event::RefundScope;

const NOW: Timestamp = Timestamp::from_millis(1_795_305_600_000);

fn body(kind: &str, data: Value) -> Value {
    json!({"type": kind, "timestamp": NOW, "data": data})
}

fn read(kind: &str, data: Value) -> (OrderEvent, Vec<String>) {
    let (event, warnings) = event(&body(kind, data), NOW).unwrap();
    let Event::Order(event) = event else { panic!("not about an order") };
    (*event, warnings.into_iter().map(|warning| format!("{} {}", warning.code, warning.field)).collect())
}

fn refused(data: Value) -> (Code, String) {
    let problem = event(&body("order.created", data), NOW).unwrap_err();
    (problem.code(), problem.field().unwrap_or_default().to_owned())
}

#[test]
fn a_whole_order_is_read() {
    let (event, warnings) = read(
        "order.fulfilled",
        json!({"number": "#1001 / A", "placed_at": "2026-11-20T10:00:00+01:00",
            "customer": {"email": " Ada@Example.COM ", "name": "Ada Rossi", "locale": "it_IT", "country": "IT", "time_zone": "Europe/Rome"},
            "legal_basis": "consent", "currency": "EUR", "total": 4990, "tags": ["vip"], "test": true,
            "items": [{"line": 7, "sku": "T-1", "gtin": 4_006_381_333_931_i64, "name": "Tè verde", "url": "https://shop.example/te", "quantity": 2, "price": 2495}]}),
    );
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!((event.kind, event.number.as_str(), event.test), (EventKind::Fulfilled, "#1001 / A", Some(true)));
    assert_eq!(event.email, Change::Set(Mailbox::Valid(EmailAddress::parse("ada@example.com").unwrap())));
    let item = event.items.unwrap().remove(0);
    assert_eq!((item.line.as_str(), item.gtin.as_deref(), item.quantity), ("7", Some("4006381333931"), 2));
}

#[test]
fn untidy_orders_are_taken_with_warnings() {
    let (event, warnings) = read(
        "order.created",
        json!({"number": 1001, "customer": {"email": "not an address", "name": "Ada\r\nRossi", "locale": "tlh", "country": "ZZ", "time_zone": "Moon/Sea"},
            "legal_basis": "because", "items": [{"sku": null, "name": "Caff&egrave; &amp; tè", "image": "javascript:alert(1)"}, {"name": "\u{7}"}]}),
    );
    let fields = [
        "unknown_legal_basis /data/legal_basis",
        "text_cleaned /data/items/0/name",
        "invalid_url /data/items/0/image",
        "text_cleaned /data/items/1/name",
        "invalid_email /data/customer/email",
        "text_cleaned /data/customer/name",
        "unknown_locale /data/customer/locale",
        "unknown_country /data/customer/country",
        "unknown_time_zone /data/customer/time_zone",
    ];
    assert_eq!(warnings, fields);
    assert_eq!((event.email, event.name), (Change::Set(Mailbox::Invalid), Change::Set("Ada Rossi".to_owned())));
    let items = event.items.unwrap();
    let lines: Vec<_> =
        items.iter().map(|item| (item.line.as_str(), item.name.as_deref(), item.image.is_some())).collect();
    assert_eq!(lines, [("1", Some("Caffè & tè"), false), ("2", None, false)]);
}

#[test]
fn absent_keeps_and_null_clears() {
    let (event, _) =
        read("order.updated", json!({"number": "1", "total": null, "customer": {"email": "", "name": null}}));
    assert_eq!((event.total, event.email, event.name), (Change::Clear, Change::Clear, Change::Clear));
    assert_eq!((event.currency, event.locale, event.items), (Change::Keep, Change::Keep, None));
    let (event, _) = read("order.updated", json!({"number": "1", "customer": null, "items": null, "test": null}));
    assert_eq!(
        (event.email, event.zone, event.items, event.test),
        (Change::Clear, Change::Clear, Some(Vec::new()), None)
    );
}

#[test]
fn wrong_orders_are_refused_where_they_are_wrong() {
    let many: Vec<Value> = (0..=MAX_ITEMS).map(|n| json!({"line": n})).collect();
    let cases = [
        (json!({}), Code::MissingField, "/data/number"),
        (json!({"number": "  "}), Code::InvalidField, "/data/number"),
        (json!({"number": "x".repeat(101)}), Code::InvalidField, "/data/number"),
        (json!({"number": "a\u{0}b"}), Code::InvalidField, "/data/number"),
        (json!({"number": {"a": 1}}), Code::InvalidField, "/data/number"),
        (json!({"number": "1", "currency": "EURO"}), Code::UnknownCurrency, "/data/currency"),
        (json!({"number": "1", "total": -1}), Code::NegativeAmount, "/data/total"),
        (json!({"number": "1", "total": 49.9}), Code::InvalidField, "/data/total"),
        (json!({"number": "1", "total": u64::MAX}), Code::InvalidField, "/data/total"),
        (json!({"number": "1", "total": "4990"}), Code::InvalidField, "/data/total"),
        (json!({"number": "1", "items": {}}), Code::InvalidField, "/data/items"),
        (json!({"number": "1", "items": [7]}), Code::InvalidField, "/data/items/0"),
        (json!({"number": "1", "items": [{"line": "1"}, {"line": 1}]}), Code::InvalidField, "/data/items/1/line"),
        (json!({"number": "1", "items": [{"price": -5}]}), Code::NegativeAmount, "/data/items/0/price"),
        (json!({"number": "1", "items": many}), Code::InvalidField, "/data/items"),
        (json!({"number": "1", "tags": [[]]}), Code::InvalidField, "/data/tags/0"),
        (json!({"number": "1", "test": "yes"}), Code::InvalidField, "/data/test"),
        (json!({"number": "1", "customer": "Ada"}), Code::InvalidField, "/data/customer"),
        (json!({"number": "1", "customer": {"email": 5}}), Code::InvalidField, "/data/customer/email"),
        (json!({"number": "1", "placed_at": "yesterday"}), Code::InvalidField, "/data/placed_at"),
        (json!({"number": "1", "placed_at": NOW.plus_ms(301_000)}), Code::EventInFuture, "/data/placed_at"),
    ];
    for (data, code, field) in cases {
        assert_eq!(refused(data.clone()), (code, field.to_owned()), "{data}");
    }
}

#[test]
fn the_envelope_is_checked() {
    let data = json!({"number": "1"});
    let cases = [
        (json!([]), Code::InvalidField, ""),
        (json!({}), Code::MissingField, "/type"),
        (json!({"type": "a b"}), Code::InvalidField, "/type"),
        (json!({"type": "order.paid"}), Code::MissingField, "/timestamp"),
        (json!({"type": "order.paid", "timestamp": 5, "data": data}), Code::InvalidField, "/timestamp"),
        (json!({"type": "order.paid", "timestamp": NOW}), Code::MissingField, "/data"),
        (
            json!({"type": "order.paid", "timestamp": NOW.plus_ms(300_001), "data": data}),
            Code::EventInFuture,
            "/timestamp",
        ),
        (json!({"type": "customer.erased", "timestamp": NOW, "data": {}}), Code::MissingField, "/data/email"),
        (
            json!({"type": "customer.erased", "timestamp": NOW, "data": {"customer": {"email": "?"}}}),
            Code::InvalidField,
            "/data/customer/email",
        ),
    ];
    for (body, code, field) in cases {
        let problem = event(&body, NOW).unwrap_err();
        assert_eq!((problem.code(), problem.field().unwrap_or_default()), (code, field), "{body}");
    }
    assert!(event(&json!({"type": "order.paid", "timestamp": NOW.plus_ms(300_000), "data": data}), NOW).is_ok());
    let (other, _) = event(&json!({"type": "cart.left", "timestamp": "soon"}), NOW).unwrap();
    assert_eq!(other, Event::Other { kind: "cart.left".to_owned(), at: None });
}

#[test]
fn refunds_say_how_much() {
    let scope = |refund: Value| read("order.refunded", json!({"number": "1", "refund": refund})).0.refund.unwrap();
    assert_eq!(scope(json!({"all": true})), RefundScope::All);
    assert_eq!(scope(Value::Null), RefundScope::All);
    let lines = scope(json!({"items": [{"line": 1, "quantity": 2}, {"line": "b"}]}));
    assert_eq!(lines, RefundScope::Lines(vec![("1".to_owned(), Some(2)), ("b".to_owned(), None)]));
    for refund in [
        json!({"all": false}),
        json!({}),
        json!({"items": [{"quantity": 1}]}),
        json!({"items": [{"line": 1}, {"line": "1"}]}),
    ] {
        assert!(event(&body("order.refunded", json!({"number": "1", "refund": refund})), NOW).is_err(), "{refund}");
    }
}
