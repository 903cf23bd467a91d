//! What happens regularly: which tick calls which room. What is due lives in the database; every tick may be missed.

use std::future::Future;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::sync::Notify;

use super::House;
use crate::desk::{accounting, weekly};
use crate::http::Edge;
use crate::invitations;
use crate::jobs::clock::Tick;
use crate::mail;
use crate::profiles::{collection, directory};
use crate::reviews;

/// All ticks of a process: `edge` is tidied, `wake` makes the queue look.
pub(super) fn all(house: &House, edge: &Arc<Edge>, wake: Arc<Notify>) -> Vec<Tick> {
    let edge = Arc::clone(edge);
    vec![
        simple("wake the queue", "* * * * * *", move || wake.notify_one()),
        each(house, "see other processes' changes", "* * * * * *", |house| async move {
            said("keys", house.ctx.keyring().refresh(house.ctx.db()).await);
            said("keys that sign mail", house.mailer.refresh_signing(&house.ctx).await);
            said("rejected webhooks", house.rejections.flush(&house.ctx).await);
            said("uses of keys", house.shops.flush_uses(false).await);
        }),
        each(house, "ask for a mail server that was away", mail::ASK_AGAIN, |house| async move {
            said("the mail server", house.mailer.ask_again(&house.ctx, &super::kinds()).await);
        }),
        each(house, "plan where settings moved", "*/2 * * * * *", |house| async move {
            said("changed settings", invitations::jobs::watch_settings(&house.ctx).await);
        }),
        each(house, "count what moved", collection::TICK, |house| async move {
            said("collection numbers", collection::tick(&house.ctx).await);
        }),
        each(house, "count the days that moved", accounting::TICK, |house| async move {
            said("the accounting", accounting::tick(&house.ctx).await);
        }),
        each(house, "write to shops once a week", weekly::TICK, |house| async move {
            said("weekly mails", weekly::tick(&house.ctx).await);
        }),
        each(house, "list what moved", directory::refresh::TICK, |house| async move {
            said("the directory", directory::tick(&house.ctx).await);
        }),
        each(house, "put back what is missing", "20 * * * * *", |house| async move {
            said("missing jobs", invitations::jobs::heal(&house.ctx).await);
            said("held mail", house.mailer.release_held(&house.ctx, &super::kinds()).await);
        }),
        each(house, "look at sending domains", "25 * * * * *", |house| async move {
            said("sending domains", house.look_at_domains().await);
        }),
        each(house, "watch what came back", "30 * * * * *", |house| async move {
            said("shops whose mail comes back", mail::brake::tick(&house.ctx, &super::kinds()).await);
        }),
        each(house, "make old reviews findable", "*/5 * * * * *", |house| async move {
            said("the index of words", reviews::index_what_waits(&house.ctx).await);
        }),
        each(house, "let go of what is over", "35 */5 * * * *", |house| async move {
            said("addresses, webhook ids and hashes", house.let_people_go().await);
        }),
        each(house, "let go of photos taken back", "45 * * * * *", |house| async move {
            said("photos taken back", house.let_photos_go().await);
        }),
        simple("forget quiet addresses", "50 * * * * *", move || edge.limits().tidy()),
    ]
}

fn simple(name: &'static str, cron: &'static str, act: impl Fn() + Send + Sync + 'static) -> Tick {
    let act = move || {
        act();
        std::future::ready(()).boxed()
    };
    Tick { name, cron, act: Box::new(act) }
}

fn each<F>(
    house: &House,
    name: &'static str,
    cron: &'static str,
    act: impl Fn(House) -> F + Send + Sync + 'static,
) -> Tick
where
    F: Future<Output = ()> + Send + 'static,
{
    let house = house.clone();
    Tick { name, cron, act: Box::new(move || act(house.clone()).boxed()) }
}

/// A tick that failed is tried again by the next one; the operator reads why.
fn said<T, E: std::fmt::Display>(what: &str, result: Result<T, E>) {
    if let Err(error) = result {
        tracing::warn!(what, %error, "a regular task failed; the next tick tries again");
    }
}
