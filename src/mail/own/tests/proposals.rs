//! Proposals, good and bad.
