//! Attesta: a signed order event becomes a certified review on a public profile and a badge.

pub mod db;
pub mod kernel;
pub mod mail;
pub mod merchants;
pub mod sign;
