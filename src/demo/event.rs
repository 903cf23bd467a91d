//! The demo shop's order events, as its own server would write them.

use serde_json::{Value, json};

use crate::kernel::time::Timestamp;

use super::story::PRODUCTS;

/// An order of the demo shop.
#[derive(Clone, Debug)]
pub(super) struct DemoOrder {
    /// The shop's number.
    pub(super) number: String,
    /// The customer's name.
    pub(super) name: String,
    /// The customer's address.
    pub(super) email: String,
    /// BCP 47 tag.
    pub(super) locale: String,
    /// ISO 3166 country, where known.
    pub(super) country: Option<String>,
    /// Index into [`PRODUCTS`].
    pub(super) product: usize,
}

/// The parcel left.
pub(super) fn fulfilled(order: &DemoOrder, at: Timestamp) -> Value {
    event("order.fulfilled", order, at)
}

/// The customer changed their mind.
pub(super) fn cancelled(order: &DemoOrder, at: Timestamp) -> Value {
    event("order.cancelled", order, at)
}

fn event(kind: &str, order: &DemoOrder, at: Timestamp) -> Value {
    let (sku, name, _, cents, _) = PRODUCTS.get(order.product).copied().unwrap_or(PRODUCTS[0]);
    json!({
        "type": kind,
        "timestamp": at,
        "data": {
            "number": order.number,
            "placed_at": at,
            // In Germany a request for a review is advertising: the order itself says on what ground it is sent.
            "legal_basis": "consent",
            "customer": { "email": order.email, "name": order.name, "locale": order.locale, "country": order.country },
            "currency": "EUR",
            "total": cents,
            "items": [{ "line": "1", "sku": sku, "name": name, "quantity": 1, "price": cents }],
        },
    })
}
