//! The desk: what a shop sees and does through its own API, as `/v1/shops/{shop}/...` routes, one subject a folder.
//!
//! A door: it takes a request apart, calls the verb of a room and shows what came of it. The rules live in the rooms. A
//! handler that reads takes a [`ShopBearer`](crate::merchants::api::ShopBearer), one that changes anything takes a
//! [`ShopWriter`](crate::merchants::api::ShopWriter): without one it cannot know which shop it is for. Nothing here can
//! hide, delay or change a review.

mod answers;
mod dialogue {
    pub(super) mod api;
}
mod invitations {
    pub(super) mod api;
}
mod keys {
    pub(super) mod api;
}
mod messages {
    pub(super) mod api;
}
mod rejections {
    pub(super) mod api;
}
mod settings {
    pub(super) mod api;
}

use crate::http::RouteTable;

/// Adds every route of the desk.
pub fn routes(table: &mut RouteTable) {
    settings::api::routes(table);
    keys::api::routes(table);
    invitations::api::routes(table);
    messages::api::routes(table);
    dialogue::api::routes(table);
    rejections::api::routes(table);
}
