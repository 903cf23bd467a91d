//! What every test module shares.

pub(crate) mod postgres;
