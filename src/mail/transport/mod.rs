//! Transports.

pub mod url;
