//! The door through which everything begins: a shop pushes a signed event and gets an answer once it is kept.
//!
//! [`verify`] checks who signed the bytes and says which check failed; [`receive`] reads them; the [`Collector`] gathers
//! events that arrive together and keeps each [`batch`] in one transaction: repeats are recognised, events folded into
//! their orders, invitations planned, and only after the commit is each caller answered. A batch that fails is tried event
//! by event, so that a poisonous one fails alone. What is refused is refused whole, and listed for the shop.
//!
//! Nothing is answered 2xx that is not durable, and nothing here sends, publishes or opens an address.

mod answer;
pub mod api;
mod batch;
mod collector;
mod receive;
pub mod sample;
mod tally;
#[cfg(test)]
mod tests;
mod verify;

pub use api::{Intake, routes};
pub use collector::Collector;
pub use tally::Counts;
