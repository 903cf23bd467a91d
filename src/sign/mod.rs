//! Signing, sealing and key derivation: pure functions over bytes.
//!
//! - [`webhook`]: Standard Webhooks 1.0.0, what shops sign and the intake checks;
//! - [`token`]: what the link in a mail carries;
//! - [`jws`]: what a certificate is signed as;
//! - [`rsa`]: one of the two signatures of a mail (DKIM); [`der`]: how such keys are written;
//! - [`return_path`]: what the envelope sender of a mail carries, so that a bounce proves what it is about;
//! - [`seal`]: addresses and secrets at rest;
//! - [`mod@derive`]: one key for each purpose out of a master key.
//!
//! It knows no database, no shop and no clock: keys, "now" and randomness are arguments. Every comparison with
//! something secret takes the same time whatever the outcome. Nothing here may print a key.

pub mod der;
pub mod derive;
pub mod jws;
mod keys;
mod respell;
pub mod return_path;
pub mod rsa;
pub mod seal;
pub mod token;
pub mod webhook;
