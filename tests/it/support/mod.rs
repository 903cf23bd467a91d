//! What every test module shares.

pub(crate) mod app;
pub(crate) mod chaos;
pub(crate) mod dns;
pub(crate) mod dump;
pub(crate) mod house;
pub(crate) mod postgres;
pub(crate) mod smtp_front;
pub(crate) mod smtp_sink;
