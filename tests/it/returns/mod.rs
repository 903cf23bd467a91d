//! What comes back of mails: by the listener over a real socket, and by the reports of providers.

pub(crate) mod bench;
mod complaints;
mod corrected;
mod life;
mod listener;
mod nodes;
mod others;
mod reports;
mod withdrawn;
