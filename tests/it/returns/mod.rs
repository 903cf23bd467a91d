//! What comes back of mails: by the listener over a real socket, and by the reports of providers.

mod bench;
mod life;
mod listener;
mod reports;
