//! What every test module shares.

pub(crate) mod house;
pub(crate) mod postgres;
