//! Mail.

pub mod compose;
pub mod context;
pub mod letter;
pub mod outcome;
pub mod samples;
pub mod template;
pub mod transport;
