//! Sample events, built as a shop would build them and signed as a shop would sign them: for `event send`, the demo and
//! tests. Pure; whoever sends one does so over HTTP, like everybody.

use serde_json::{Value, json};

use crate::kernel::time::Timestamp;
use crate::orders::event::{CUSTOMER_ERASED, EventKind};
use crate::sign::webhook::{self, ID_HEADER, SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER};

/// An event about an order of two things that anybody may have bought. Add to or change the value as needed.
pub fn order_event(kind: EventKind, number: &str, email: &str, at: Timestamp) -> Value {
    let mut event = json!({
        "type": kind.name(),
        "timestamp": at,
        "data": {
            "number": number,
            "placed_at": at,
            "customer": {"email": email, "name": "Ada Bianchi", "locale": "it-IT", "country": "IT", "time_zone": "Europe/Rome"},
            "legal_basis": "soft_opt_in",
            "currency": "EUR",
            "total": 4990,
            "items": [
                {"line": "1", "sku": "TEA-01", "gtin": null, "name": "Tè verde sencha, 100 g", "category": "Tea", "quantity": 1, "price": 1990},
                {"line": "2", "sku": "CUP-07", "gtin": null, "name": "Tazza in ceramica", "category": "Cups", "quantity": 2, "price": 1500}
            ],
            "tags": []
        }
    });
    if let Some(data) = event.get_mut("data").filter(|_| kind == EventKind::Refunded) {
        data["refund"] = json!({"all": true});
    }
    event
}

/// A customer's request to be erased.
pub fn customer_erased(email: &str, at: Timestamp) -> Value {
    json!({"type": CUSTOMER_ERASED, "timestamp": at, "data": {"customer": {"email": email}}})
}

/// The three headers of a body signed at `at`.
pub fn signed_headers(secret: &Secret, webhook_id: &str, at: Timestamp, body: &[u8]) -> [(&'static str, String); 3] {
    [
        (ID_HEADER, webhook_id.to_owned()),
        (TIMESTAMP_HEADER, at.seconds().to_string()),
        (SIGNATURE_HEADER, webhook::sign(secret, webhook_id, at, body)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::event::Event;
    use crate::orders::read;

    #[test]
    fn samples_are_taken_without_a_warning() {
        let now = Timestamp::from_millis(1_795_305_600_000);
        for kind in EventKind::ALL {
            let (event, warnings) = read::event(&order_event(kind, "#1001", "ada@example.com", now), now).unwrap();
            assert_eq!((event.kind(), warnings), (kind.name(), Vec::new()));
        }
        let (event, _) = read::event(&customer_erased("ada@example.com", now), now).unwrap();
        assert!(matches!(event, Event::CustomerErased { .. }));
    }
}
