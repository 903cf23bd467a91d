//! A facade: what everybody may read here, in the shapes of a well-known review service's public API, so that a client
//! written for that API moves by changing its base address to `{public_url}/compat/trustpilot`.
//!
//! A door, and a thin one: it asks the rooms what any reader may ask and says it in other names. It shows nothing that
//! `/v1` does not show, writes nothing, and needs no key; a key that is sent along is left aside, and the [`token`] route
//! answers clients that insist on one. [`ids`] spells our ids in the 24 digits such clients expect, [`ask`] reads their
//! queries, [`answer`] gives every answer, errors too, the form they know. docs/compat.md says what differs.

mod answer;
mod api;
mod ask;
mod ids;
mod products;
mod reviews;
mod stars;
mod token;
mod units;

pub(crate) use api::routes;
