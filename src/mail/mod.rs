//! Mail.

pub mod context;
pub mod samples;
pub mod template;
