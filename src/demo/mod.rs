//! The demo: a shop, a mailbox and four steps; exists only under `attesta demo`.

pub(crate) mod pages;
