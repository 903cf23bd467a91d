//! Certificates: one review, signed, so that who holds the certificate need not believe whoever shows the review.
//!
//! A certificate is a JSON Web Signature over [`claims`]: which review of which shop, its stars and times, what was
//! checked and what was not, and a commitment to its words ([`crate::reviews::commitment`]). It names no customer, no
//! order and no address, and holds no words: an author who takes them back takes them back from it too. [`verify`] says of
//! any text whether it is a certificate of ours and whether what it certifies still stands; [`pages`] puts that into plain
//! words; [`api`] is the door. Keys come from the keyring, and all of them are published.
//!
//! A certificate claims no more than was checked: a signature whose secret is shared with this service, or whose key only
//! the shop has, was checked by the operator, and strangers cannot do it again.

pub(crate) mod api;
mod claims;
pub(crate) mod pages;
mod verify;

#[cfg(test)]
mod tests;
