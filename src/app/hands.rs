//! What ticks do, one by one, for those who step time by hand: tests, and the demo while it tells its months.

use super::House;
use crate::db;
use crate::desk;
use crate::mail;
use crate::mail::dns::{self, Resolver};
use crate::orders;
use crate::person;
use crate::profiles;
use crate::reviews;

use super::kinds;

impl House {
    /// Has what moved since the last time counted: what a tick does, for those who step time by hand.
    ///
    /// # Errors
    /// The database's.
    pub async fn count_what_moved(&self) -> db::Result<usize> {
        profiles::collection::tick(&self.ctx).await
    }

    /// Has the days counted that moved: what a tick does after [`House::count_what_moved`], for those who step time by hand.
    ///
    /// # Errors
    /// The database's.
    pub async fn account_for_what_moved(&self) -> db::Result<usize> {
        desk::accounting::tick(&self.ctx).await
    }

    /// Has the weekly mails written that are due: what a tick does, for those who step time by hand.
    ///
    /// # Errors
    /// The database's.
    pub async fn write_weekly_mails(&self) -> db::Result<usize> {
        desk::weekly::tick(&self.ctx).await
    }

    /// Makes findable what was written before there was a search: what a tick does, for those who step time by hand.
    ///
    /// # Errors
    /// The database's.
    pub async fn index_what_waits(&self) -> db::Result<usize> {
        reviews::index_what_waits(&self.ctx).await
    }

    /// Has the directory follow the shops: what a tick does, for those who step time by hand.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_what_moved(&self) -> db::Result<usize> {
        profiles::directory::tick(&self.ctx).await
    }

    /// Lets go of addresses, webhook ids and hashes whose time is over: what a tick does, for those who step time by hand.
    ///
    /// # Errors
    /// The database's.
    pub async fn let_people_go(&self) -> db::Result<usize> {
        orders::tidy(&self.ctx).await?;
        person::purge(&self.ctx).await
    }

    /// Makes the keys of sending domains and looks at their records: what a tick does, for those who step time by hand. An instance
    /// whose mail stays here asks nobody.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub async fn look_at_domains(&self) -> Result<usize, String> {
        if !self.mailer.leaves() {
            return Ok(0);
        }
        let resolver = Resolver::new(&self.ctx.config().dns.resolvers).map_err(|error| error.to_string())?;
        dns::look_again(&self.ctx, &self.mailer, &resolver).await.map_err(|error| error.to_string())
    }

    /// Looks at every shop of which mail came back, and lets go what is no longer held: what a tick does, for those who step time by hand.
    ///
    /// # Errors
    /// The database's.
    pub async fn watch_returns(&self) -> db::Result<()> {
        mail::brake::tick(&self.ctx, &kinds()).await
    }

    /// Deletes the files of photos that were taken back: what a tick does, for those who step time by hand.
    ///
    /// # Errors
    /// The database's.
    pub async fn let_photos_go(&self) -> db::Result<usize> {
        reviews::photos::tidy(&self.ctx, &self.photos).await
    }
}
