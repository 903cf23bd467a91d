//! The HTTP ground: server, middleware, limits, and the pages that belong to no room.

pub(crate) mod pages;
