//! Mail.

pub mod context;
pub mod outcome;
pub mod samples;
pub mod template;
pub mod transport;
