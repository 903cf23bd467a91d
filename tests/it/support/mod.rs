//! What every test module shares.

pub mod postgres;
