//! Orders: what a shop told us about each of its purchases, and where each stands.
//!
//! An order is the [`fold`](fold::Fold) of its signed events. They may come late, twice or backwards: the fold is the same,
//! because every field remembers which event set it. What the fold means for asking the customer is
//! [`decide`](decide::readiness)d from it; whether and when to ask is the business of invitations.
//!
//! Every order ends in exactly one visible [`State`] with a [`Reason`], found by the shop's own number. The intake sets it
//! with each event; later rooms move it with `move_to`, which leaves a line in the order's timeline.
//!
//! Name and address stand nowhere but in `contacts`, sealed, and only as long as they are needed.
//! This room never sends, plans or publishes anything.

pub mod api;
pub mod decide;
pub(crate) mod ended;
pub mod event;
pub mod fold;
pub(crate) mod hashes;
pub mod model;
pub mod moves;
pub mod personal;
pub mod read;
pub mod reason;
mod slot;
pub mod state;
mod store;
mod tidy;
pub mod timeline;
pub mod view;
pub(crate) mod workbench;

pub use api::routes;
pub use model::{Actor, Address, Contact, Facts, Item, Order};
pub use personal::{Addressee, addressees, contact};
pub use reason::Reason;
pub use state::State;
pub use store::census::{Census, census, census_of_day, cohort_bounds, tests_among};
pub use store::dirt::{MovedCohort, any_dirty, mark_dirty, moved_cohorts, settle_cohort, take_dirty, touch};
pub use store::list::Filter;
pub use store::moved::{Move, Moving, move_all, move_to, set_eligible};
pub use store::recent::recent;
pub use store::{
    Unsent, facts_of, find, find_all, find_number, hold_unsent, keep_contact_until, keep_contacts_until, person, unsent,
};
pub use tidy::tidy;
pub(crate) use view::{Sketch, newest};
