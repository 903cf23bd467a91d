//! Mails that were captured on this machine hold their address in clear: what an erasure ends is deleted here as well. The files are no part
//! of a transaction, so they go after it; what another node captured, or was written in that moment, goes with the next [`sweep`].

use std::io;

use super::erase::Erased;
use super::scope::Scope;
use crate::context::Context;
use crate::db;
use crate::kernel::id::MessageId;
use crate::kernel::time::Timestamp;
use crate::keyring::PersonHash;
use crate::mail::transport::capture::{Addressed, Mailbox};
use crate::orders::hashes;

/// A captured mail, and to whom.
struct Captured {
    id: MessageId,
    to: PersonHash,
    date: Option<Timestamp>,
}

fn mailbox(ctx: &Context) -> Mailbox {
    Mailbox::new(&ctx.config().data_dir)
}

fn all(ctx: &Context) -> io::Result<Vec<Captured>> {
    let known = |mail: Addressed| Captured { id: mail.id, to: ctx.keyring().person(&mail.to), date: mail.date };
    Ok(mailbox(ctx).addressed()?.into_iter().map(known).collect())
}

/// Deletes the mails about what a link erased: those that went to its holder, and all about an order that is theirs alone. Tells how many
/// there were.
pub(super) fn behind(ctx: &Context, scope: &Scope, erased: &Erased) -> io::Result<usize> {
    let whole = scope.person.is_none() && scope.own_order;
    let theirs = |mail: &Captured| erased.mails.contains(&mail.id) && (whole || scope.addressee == Some(mail.to));
    let mails = all(ctx)?;
    mailbox(ctx).erase(mails.iter().filter(|mail| theirs(mail)).map(|mail| mail.id))
}

/// Deletes every mail to a person, whatever it was about. Tells how many there were.
pub(crate) fn everywhere(ctx: &Context, person: &PersonHash) -> io::Result<usize> {
    let mails = all(ctx)?;
    mailbox(ctx).erase(mails.iter().filter(|mail| mail.to == *person).map(|mail| mail.id))
}

/// Deletes what was written to people before they were erased, by whatever hand: a shop's event too. A part of a tick.
pub(super) async fn sweep(ctx: &Context) -> db::Result<usize> {
    let inner = ctx.clone();
    let mails = blocking(move || all(&inner)).await?;
    let mut over = Vec::new();
    for mail in mails {
        let marks = ctx.db().read(move |conn| hashes::marks_of(conn, None, &mail.to)).await?;
        if marks.iter().any(|(_, erased_at)| mail.date.is_some_and(|date| date <= *erased_at)) {
            over.push(mail.id);
        }
    }
    let inner = ctx.clone();
    blocking(move || mailbox(&inner).erase(over)).await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> db::Result<T> {
    let failed = |error: String| db::Error::Unavailable(format!("the captured mails: {error}"));
    let done = tokio::task::spawn_blocking(work).await.map_err(|ended| failed(ended.to_string()))?;
    done.map_err(|error| failed(error.to_string()))
}
