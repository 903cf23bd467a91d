//! Attesta: a signed order event becomes a certified review on a public profile and a badge.

pub mod app;
pub(crate) mod badges;
pub mod cli;
pub mod config;
pub mod context;
pub mod db;
pub mod demo;
pub mod desk;
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
pub mod problem;
pub mod profiles;
pub mod reviews;
pub mod sign;
