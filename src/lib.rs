//! Attesta: a signed order event becomes a certified review on a public profile and a badge.
//!
//! # The walk
//!
//! Follow one order through the house. Each room is a module; its first lines say what it keeps, who may call it and what
//! it must never do.
//!
//! 1. A shop's server signs an event (Standard Webhooks) and posts it. The [`intake`] takes the raw bytes, finds the shop and
//!    its live keys in [`merchants::Shops`], checks the signature with [`sign::webhook`], and answers only after the durable
//!    commit: events that arrive together share one.
//! 2. [`orders`] folds the events of an order into what is known about it. The fold does not depend on the order of arrival
//!    ([`orders::fold`]); every order ends in one visible [`orders::State`] with an [`orders::Reason`].
//! 3. In the same transaction [`invitations`] decides by the shop's [`merchants::Policy`] whether and when to ask, and puts a
//!    job into the queue ([`jobs`]).
//! 4. When it is due, [`mail`] reads everything again through the room's [`mail::Letter`], composes, signs for the domain in
//!    From ([`mail::dkim`]), hands over, and writes down what the server said. Sent means 250.
//!    What comes back days later (bounces, complaints) enters by the [`returns`].
//! 5. The link in the mail carries a token ([`sign::token`], keys from the [`keyring`]). It proves one thing: holder of the
//!    mail for this invitation ([`invitations::bearer()`]).
//! 6. Whoever holds it writes a review: [`reviews`] publishes it at once and moves the tally in the same transaction. From the
//!    same link it is edited, erased, and the shop's reply is answered.
//! 7. [`profiles`] shows what stands there: score, reviews and how they were collected, as JSON and as a page, from cached
//!    bytes that follow the shop's public version.
//! 8. A certificate ties what a review says to the instance's own key; whoever keeps one notices a change
//!    (`profiles::certificates`).
//! 9. [`badges`] draws the small pictures and widgets that shops embed; [`feeds`] gives the same reviews to programs: feeds,
//!    exports, sitemaps.
//!
//! # The floors
//!
//! Doors, which may use any room: [`intake`], [`desk`] (the shop's own API), [`returns`] (bounces and complaints), [`person`]
//! (what a customer may ask about themselves), `compat` (the same reads in the shapes of another service's API), [`demo`],
//! [`cli`]. Rooms, each of which may use those before it: [`merchants`], [`orders`], [`invitations`], [`reviews`],
//! [`profiles`], [`badges`], [`feeds`]. The ground knows no room: [`context`], [`config`], [`problem`], [`links`], [`kernel`],
//! [`sign`], [`db`], [`keyring`], `look`, [`mail`], [`jobs`], [`http`], `files`. Only [`app`] knows everything: it puts the
//! house together. A test holds these walls (`tests/it/walls.rs`).

pub mod app;
pub mod badges;
pub mod cli;
pub(crate) mod compat;
pub mod config;
pub mod context;
pub mod db;
pub mod demo;
pub mod desk;
pub mod feeds;
pub(crate) mod files;
pub mod http;
pub mod intake;
pub mod invitations;
pub mod jobs;
pub mod kernel;
pub mod keyring;
pub mod links;
pub(crate) mod look;
pub mod mail;
pub mod merchants;
pub mod orders;
pub mod person;
pub mod problem;
pub mod profiles;
pub mod returns;
pub mod reviews;
pub mod sign;
