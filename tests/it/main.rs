//! One integration binary; modules are named after the rooms and tell their stories.
#![allow(
    clippy::pedantic,
    clippy::string_slice,
    clippy::unused_async,
    clippy::excessive_nesting,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::print_stderr,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests read like the story: one that cannot go on fails by panicking, and it looks at the machine it runs on"
)]

mod badges;
mod certificates;
mod cli;
mod compat;
mod contract;
mod db;
mod desk;
mod feeds;
mod hours;
mod intake;
mod invitations;
mod jobs;
mod late;
mod mail;
mod merchants;
mod migrations;
mod notices;
mod orders;
mod person;
mod photos;
mod pictures;
mod poison;
mod profiles;
mod queue;
mod returns;
mod reviews;
mod share;
mod story;
mod support;
mod tally;
mod tokens;
mod truncated;
mod waiting;
mod walls;
mod widgets;
