//! A shop's own words in the mails sent on its behalf: subject, heading, opening and closing, colours and logo, for each mail and language.
//!
//! What a shop writes is small and closed. It sees the variables of its mail and nothing else ([`variables`]); it may ask and repeat, but
//! has no partials, no recursion and no markup that could hide anything ([`grammar`], checked before a template engine sees it). The
//! star links, who asks and why, and the way to unsubscribe are not in it: the house adds them around it. Nobody may ask for stars or
//! kindness ([`asks`]). [`check()`] renders a proposal with every case there is ([`cases`]) before it is
//! stored, within limits of size and work ([`stage`]), and says what is to blame where one fails ([`blame`]); [`store`] keeps every version.
//! A preview shows the same cases, and the shop's last real orders and reviews ([`real`]).
//!
//! A mail never fails because of a shop's words: what cannot be rendered at send time is said in the house's.

mod blame;
mod bounded;
mod cases;
mod check;
mod colours;
mod grammar;
mod model;
mod preview;
mod real;
mod say;
mod stage;
mod store;
mod variables;

pub(crate) use attesta_asks as asks;
pub(super) use bounded::Bounded;
#[cfg(test)]
pub(super) use bounded::{Overrun, overrun};
pub(crate) use cases::preview_cases;
pub(super) use check::leads_to;
pub(crate) use check::{Proposal, check, check_name};
pub(crate) use model::{Flaw, MAILS, Own, Rule, is_mail, loads};
pub(crate) use preview::{Sight, preview};
pub(crate) use real::{About, Place, RealOrder, RealReview, Reals};
pub(super) use say::Said;
pub(crate) use store::{InUse, Kept, current, in_use, overview, put, version, versions};
pub(crate) use variables::{Variable, of as variables_of};

#[cfg(test)]
mod tests;
