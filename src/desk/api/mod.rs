//! The routes of the desk, by subject. The list of orders has a door of its own in its room.

mod accounting;
mod dialogue;
mod invitations;
mod keys;
mod limits;
mod mail;
mod messages;
mod order;
mod preview;
mod queue;
mod rejections;
mod settings;
mod templates;
mod weekly;

use crate::http::RouteTable;

/// Adds every route of the desk.
pub fn routes(table: &mut RouteTable) {
    order::routes(table);
    settings::routes(table);
    preview::routes(table);
    accounting::routes(table);
    weekly::routes(table);
    keys::routes(table);
    mail::routes(table);
    invitations::routes(table);
    messages::routes(table);
    queue::routes(table);
    limits::routes(table);
    dialogue::routes(table);
    rejections::routes(table);
    templates::routes(table);
}
