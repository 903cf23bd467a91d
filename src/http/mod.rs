//! The HTTP server as the rooms see it: a route table to add to, extractors, small answers, limits.
//!
//! A room's `api.rs` adds its routes to the [`RouteTable`] with an operation id and an [`Audience`]; handlers return
//! `Result<HttpResponse, Problem>`. Around every handler stands a shell that counts the address, catches panics, gives
//! problems their face and adds the headers of the audience. Bodies come in through [`RawBody`] (signed bytes) or
//! [`StrictJson`]. `app` builds the [`Edge`] and calls [`serve`]. Nothing here knows a room, a query or a rule.
//!
//! Paths of token routes appear in no log: spans carry the operation, lines the pattern. Query strings are never logged.
mod address;
mod answers;
mod body;
pub(crate) mod contract;
mod edge;
mod faces;
mod headers;
pub mod health;
pub mod json;
mod limits;
mod metrics;
mod mount;
mod once;
mod own;
pub(crate) mod pages;
mod server;
mod shell;
pub(crate) mod shortcut;
pub(crate) mod stored;
pub(crate) mod streams;
mod table;
#[cfg(test)]
mod tests;
mod upload;

pub use actix_web::http::Method;
pub use address::client_address;
pub use answers::{json, json_status, listed, next_link, page, page_status, private};
pub use body::RawBody;
pub use edge::{Edge, EdgeParts};
pub use json::StrictJson;
pub use limits::{Limits, count_shop, count_wrong_token};
pub use metrics::Metrics;
pub use mount::mount;
pub(crate) use once::once;
pub use own::{home, routes};
pub use server::{Configure, bind, serve, stop_signal, worker};
pub use table::{Audience, Entry, RouteTable};
pub use upload::{Part, Upload};
