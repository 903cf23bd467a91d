//! `attesta key`: new keys for a shop or for the instance, with an overlap in which the old ones still work.
//!
//! Works beside a running server, which sees new keys within two seconds; only after a new master key must every node be
//! started again. A shop's key is shown once, an instance's key never.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::json;

use super::progress::Progress;
use super::shop;
use super::shown::{Failure, Shown};
use crate::app;
use crate::context::Context;
use crate::kernel::delay::Delay;
use crate::kernel::random::SystemRandom;
use crate::kernel::time::Timestamp;
use crate::keyring::{self, Keyring, MasterKey, MasterSource, Purpose, Rotation};
use crate::merchants::keys::{self, MAX_OVERLAP_MS};
use crate::orders;

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a new key; the one before lives on for a while, or for good where links depend on it.
    #[command(subcommand)]
    Rotate(Rotate),
}

/// Which key.
#[derive(Debug, Subcommand)]
pub(crate) enum Rotate {
    /// The secret a shop signs its events with.
    Webhook(OfShop),
    /// The key that opens a shop's API.
    Api(OfShop),
    /// The key of the links in mails. Links made before go on working.
    Token(OfToken),
    /// The key that e-mail addresses are sealed with. Stored addresses are sealed again.
    Address,
    /// The key of certificates. Certificates made before stay valid.
    Certificate(OfCertificate),
    /// The keys that sign mail. The ones before sign on until the new records stand in the DNS.
    Dkim(OfDkim),
    /// The master key, which wraps all others. Every node must be started again with the new one.
    Master(OfMaster),
}

/// A shop's key.
#[derive(Debug, Args)]
pub(crate) struct OfShop {
    /// The shop: its id or domain.
    #[arg(long)]
    shop: String,
    /// How long the key before works on: 24h, 0h to end it at once, at most 30d.
    #[arg(long, value_name = "DELAY", default_value = "24h")]
    overlap: String,
}

/// The key of links.
#[derive(Debug, Args)]
pub(crate) struct OfToken {
    /// After a leak: every key before ends at once, and with it every link made so far.
    #[arg(long)]
    retire: bool,
}

/// The key of certificates.
#[derive(Debug, Args)]
pub(crate) struct OfCertificate {
    /// After a leak: no key before is published any more, and no certificate made so far is believed.
    #[arg(long)]
    retire: bool,
}

/// The keys that sign mail.
#[derive(Debug, Args)]
pub(crate) struct OfDkim {
    /// Only this sending domain's (default: all of them).
    #[arg(long)]
    domain: Option<String>,
}

/// The master key.
#[derive(Debug, Args)]
pub(crate) struct OfMaster {
    /// Where to write the new key when the old one was given by a setting instead of a file.
    #[arg(long, value_name = "FILE")]
    new_key_file: Option<PathBuf>,
}

/// Contacts sealed again in one write: few enough that a server beside it never waits long.
const BATCH: i64 = 500;

/// Runs a command.
pub(crate) fn run(ctx: &Context, command: KeyCommand, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let KeyCommand::Rotate(which) = command;
    match which {
        Rotate::Webhook(of) => webhook(ctx, &of, shown),
        Rotate::Api(of) => api(ctx, &of, shown),
        Rotate::Token(of) => token(ctx, &of, shown),
        Rotate::Address => address(ctx, shown),
        Rotate::Certificate(of) => certificate(ctx, &of, shown),
        Rotate::Dkim(of) => super::mail::rotate(ctx, of.domain.as_deref(), &rotate(ctx, Purpose::Dkim, false)?, shown),
        Rotate::Master(of) => master(ctx, &of, shown),
    }
}

impl OfShop {
    fn overlap_ms(&self) -> Result<i64, Failure> {
        let wanted = Delay::parse(&self.overlap).ok().map(Delay::nominal_ms);
        wanted
            .filter(|ms| (0..=MAX_OVERLAP_MS).contains(ms))
            .ok_or_else(|| Failure::usage("--overlap: this must be a delay like 24h, from 0h to 30d."))
    }
}

fn until(previous: Option<Timestamp>) -> String {
    previous.map_or_else(
        || "The key before it works no more.".to_owned(),
        |at| format!("The key before it works until {at}: put the new one in place by then."),
    )
}

fn webhook(ctx: &Context, of: &OfShop, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let (shop, overlap) = (shop::find(ctx, &of.shop)?, of.overlap_ms()?);
    let (id, new) = (shop.id, keys::new_secret(ctx, shop.id)?);
    let issued = ctx.db().write_now(move |tx| keys::rotate_secret(tx, id, new, overlap))?;
    let answer = json!({ "shop": id, "webhook_secret": issued.text, "previous_until": issued.previous_until });
    let text = format!(
        "New webhook secret of {}, shown this once:\n\n  {}\n\n{}",
        shop.domain,
        issued.text,
        until(issued.previous_until)
    );
    shown.say(&answer, &text)
}

fn api(ctx: &Context, of: &OfShop, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let (shop, overlap) = (shop::find(ctx, &of.shop)?, of.overlap_ms()?);
    let (id, new) = (shop.id, keys::new_api_key(ctx));
    let issued = ctx.db().write_now(move |tx| keys::rotate_api_key(tx, id, new, overlap))?;
    let answer = json!({ "shop": id, "api_key": issued.text, "previous_until": issued.previous_until });
    let text = format!(
        "New API key of {}, shown this once:\n\n  {}\n\n{}",
        shop.domain,
        issued.text,
        until(issued.previous_until)
    );
    shown.say(&answer, &text)
}

/// The master key in force, as the settings give it.
fn master_key(ctx: &Context) -> Result<MasterKey, Failure> {
    Ok(app::master_source(ctx.config())?.obtain(ctx.db(), ctx.random())?)
}

fn rotate(ctx: &Context, purpose: Purpose, retire: bool) -> Result<Rotation, Failure> {
    let at = (ctx.now(), ctx.random());
    Ok(keyring::rotate(ctx.db(), &master_key(ctx)?, purpose, retire, at)?)
}

fn token(ctx: &Context, of: &OfToken, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let done = rotate(ctx, Purpose::Token, of.retire)?;
    let answer = json!({ "purpose": "token", "key": done.new, "previous": done.old, "retired": of.retire });
    let text = if of.retire {
        "Links are made with a new key from now on. Links made so far open nothing any more:\n\
         whoever holds one can ask for a fresh link on the page it leads to."
    } else {
        "Links are made with a new key from now on. Links made before go on working until they expire."
    };
    shown.say(&answer, text)
}

fn certificate(ctx: &Context, of: &OfCertificate, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let done = rotate(ctx, Purpose::Certificate, of.retire)?;
    let answer = json!({ "purpose": "certificate", "key": done.new, "previous": done.old, "retired": of.retire });
    let text = if of.retire {
        "Certificates are made with a new key from now on. No key before is published any more: certificates made so far\n\
         are not believed any longer, and every review has a new one."
    } else {
        "Certificates are made with a new key from now on. Those made before stay valid."
    };
    shown.say(&answer, text)
}

/// A new key, then every stored address under it. May be stopped at any point: the next run goes on with the same key, and so
/// does a server beside it. Only when nothing is left under older keys does a run make another key.
fn address(ctx: &Context, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let (held, master) = (ctx.keyring().clone(), master_key(ctx)?);
    let unfinished = ctx.db().read_now(move |conn| orders::personal::to_reseal(conn, &held))?;
    let made = if unfinished == 0 { Some(rotate(ctx, Purpose::Address, false)?) } else { None };
    // A keyring that knows the new key; the server beside it learns of it by itself.
    let keyring = Keyring::open(ctx.db(), master, Arc::new(SystemRandom), ctx.now())?;
    let resealed = reseal(ctx, &keyring, shown)?;
    let (new, old) = made.map_or((None, None), |made| (Some(made.new), Some(made.old)));
    let answer = json!({
        "purpose": "address", "key": new, "previous": old, "resealed": resealed, "resumed": made.is_none(),
    });
    let text = if made.is_some() {
        format!("Addresses are sealed with a new key from now on; {resealed} stored ones were sealed again.")
    } else {
        format!(
            "The rotation before was not finished: {resealed} stored addresses were sealed again with its key.\n\
             Run this again for another new key."
        )
    };
    shown.say(&answer, &text)
}

/// Seals every stored address again that stands under an older key, in small writes, so that a server beside it never waits.
fn reseal(ctx: &Context, keyring: &Keyring, shown: &mut Shown<'_>) -> Result<usize, Failure> {
    let counting = keyring.clone();
    let total = ctx.db().read_now(move |conn| orders::personal::to_reseal(conn, &counting))?;
    let mut progress = Progress::new("addresses", total, shown.is_json());
    let mut resealed = 0_usize;
    loop {
        let keyring = keyring.clone();
        let batch = ctx.db().write_now(move |tx| orders::personal::reseal(tx, &keyring, BATCH))?;
        if batch == 0 {
            break;
        }
        resealed = resealed.saturating_add(batch);
        progress.reached(resealed, shown)?;
    }
    progress.end();
    Ok(resealed)
}

fn master(ctx: &Context, of: &OfMaster, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let old = master_key(ctx)?;
    let new = MasterKey::generate(ctx.random());
    let (file, in_place) = match (app::master_source(ctx.config())?, &of.new_key_file) {
        (_, Some(file)) => (file.clone(), false),
        (MasterSource::File(file), None) => (file, true),
        (MasterSource::Given(_), None) => {
            return Err(Failure::usage(
                "The master key is given by a setting: name the file for the new one with --new-key-file FILE.",
            ));
        }
    };
    // The new key lies on disk before anything depends on it.
    let waiting = if in_place { beside(&file) } else { file.clone() };
    new.write(&waiting)?;
    let keys = match keyring::rotate_master(ctx.db(), &old, &new, ctx.random()) {
        Ok(keys) => keys,
        Err(error) => {
            // Nothing depends on it yet; should removing it fail, the next rotation says which file is in the way.
            let _left_behind = fs::remove_file(&waiting);
            return Err(error.into());
        }
    };
    if in_place {
        fs::rename(&waiting, &file).map_err(|error| {
            let (from, to) = (waiting.display(), file.display());
            Failure::new(format!(
                "All keys are under the new master key, which lies in {from}: move it to {to} ({error})."
            ))
        })?;
    }
    let answer = json!({ "purpose": "master", "keys": keys, "file": file });
    let text = format!(
        "{keys} keys are under a new master key, in {}.\nStart every node again with it, and keep a copy apart from the database.",
        file.display()
    );
    shown.say(&answer, &text)
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}
