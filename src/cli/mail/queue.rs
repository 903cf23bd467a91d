//! What of all mail waits, what holds it, at what rate it goes and when nothing will wait any more; holding all mail and letting it go.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::super::shop;
use super::super::shown::{Failure, Shown};
use super::limits::{self, Limits};
use super::told::as_text;
use crate::app;
use crate::context::Context;
use crate::db::{self, Connection};
use crate::kernel::id::ShopId;
use crate::kernel::time::Timestamp;
use crate::mail::Mailer;
use crate::mail::brake::{self, Brake, Grip, Hand, Resumed};
use crate::mail::queue::{self, Queue};
use crate::mail::waiting::{Waiting, Watch};
use crate::merchants;
use crate::orders;

/// How many of the next mails are told.
const NEXT: i64 = 5;

/// What can be done about the queue.
#[derive(Debug, Subcommand)]
pub(crate) enum QueueCommand {
    /// Show what waits, what holds it, at what rate it goes and when it will be empty.
    Queue,
    /// Hold all mail of this instance, or that of one shop; none is lost.
    ///
    /// All mail: every one, also what somebody waits for. One shop: every mail but those that a customer asks for at this moment (a fresh
    /// link) or has a right to (the statement of reasons for a restricted review).
    Pause(Pause),
    /// Let mail go again: all of it, or that of a shop which was stopped.
    Resume(Resume),
    /// Show how much of a shop's mail may leave, or change it.
    Limits(Limits),
}

/// Why, and whose.
#[derive(Debug, Args)]
pub(crate) struct Pause {
    /// Why all mail is held, for whoever looks at the queue; the stop of one shop keeps no note.
    #[arg(long, default_value = "", conflicts_with = "shop")]
    note: String,
    /// Only this shop, by its id or domain: it cannot resume by itself.
    #[arg(long)]
    shop: Option<String>,
}

/// Whose.
#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// Only this shop, by its id or domain: takes off its brake, whoever or whatever put it on.
    #[arg(long)]
    shop: Option<String>,
}

/// Runs a command.
pub(crate) fn run(ctx: &Context, mailer: &Mailer, command: QueueCommand, shown: &mut Shown<'_>) -> Result<(), Failure> {
    match command {
        QueueCommand::Queue => show(ctx, mailer, shown),
        QueueCommand::Pause(Pause { shop: Some(shop), .. }) => stop(ctx, &shop, shown),
        QueueCommand::Pause(pause) => hold(ctx, &pause.note, shown),
        QueueCommand::Limits(asked) => limits::run(ctx, mailer, &asked, shown),
        QueueCommand::Resume(Resume { shop: None }) => let_go(ctx, shown),
        QueueCommand::Resume(Resume { shop: Some(shop) }) => release(ctx, &shop, shown),
    }
}

fn hold(ctx: &Context, note: &str, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let (note, now) = (note.to_owned(), ctx.now());
    let new = ctx.db().write_now(move |tx| brake::set_pause(tx, Some(&note), now))?;
    let text = if new { "All mail is held from now on" } else { "All mail is held already" };
    let text = format!("{text}, also what customers wait for. Let it go: attesta mail resume");
    shown.say(&json!({ "paused": true, "changed": new }), &text)
}

fn stop(ctx: &Context, which: &str, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let (shop, now) = (shop::find(ctx, which)?, ctx.now());
    let id = shop.id;
    let new = ctx.db().write_now(move |tx| brake::stop(tx, id, now))?;
    let text = if new { "is held from now on" } else { "is held already" };
    let domain = &shop.domain;
    let text = format!(
        "The mail of {domain} {text}; the shop cannot resume it.\n\
         Still leaves what somebody waits for: a fresh link that a customer asks for, and the statement of reasons for a \
         restricted review, to which its author has a right. To hold these too: attesta mail pause (all mail).\n\
         Let it go: attesta mail resume --shop {domain}"
    );
    let answer = json!({ "shop": id, "changed": new, "still_leaves": app::all_letters().awaited() });
    shown.say(&answer, &text)
}

fn let_go(ctx: &Context, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let now = ctx.now();
    let ended = ctx.db().write_now(move |tx| brake::set_pause(tx, None, now))?;
    let text = if ended { "Mail leaves again. What was held goes within a minute." } else { "Mail was not held." };
    shown.say(&json!({ "paused": false, "changed": ended }), text)
}

fn release(ctx: &Context, which: &str, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let (shop, now) = (shop::find(ctx, which)?, ctx.now());
    let id = shop.id;
    let resumed = ctx.db().write_now(move |tx| brake::resume(tx, id, Hand::Operator, now))?;
    let text = match resumed {
        Resumed::WasFree => format!("No brake holds the mail of {}.", shop.domain),
        Resumed::Now | Resumed::OnlyByOperator => {
            format!("The mail of {} leaves again. What was held goes within a minute.", shop.domain)
        }
    };
    shown.say(&json!({ "shop": id, "changed": resumed == Resumed::Now }), &text)
}

/// What leaves next, with what people call it.
pub(super) struct Next {
    pub(super) mail: Waiting,
    /// The shop's domain.
    pub(super) shop: String,
    /// The shop's own number of the order.
    pub(super) number: Option<String>,
}

fn show(ctx: &Context, mailer: &Mailer, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let (kinds, now) = (app::kinds(), ctx.now());
    let watch = Watch { ctx: ctx.clone(), letters: app::all_letters() };
    let (queue, next, names) = ctx.db().read_now(|conn| {
        let zone = merchants::usual_zone(conn)?;
        let queue = queue::read(conn, mailer, &kinds, (now, zone))?;
        let mut names = Names::new();
        for braked in &queue.braked {
            names.insert(braked.shop, domain(conn, braked.shop)?);
        }
        Ok((queue, next(conn, &watch)?, names))
    })?;
    shown.say(&as_json(&queue, &next, now), &as_text(&queue, &next, &names, now))
}

fn next(conn: &mut Connection, watch: &Watch) -> db::Result<Vec<Next>> {
    let coming = watch.next(conn, None, NEXT)?;
    let named = |mail: Waiting| {
        let found = match mail.order {
            Some(order) => orders::find(conn, mail.shop, order)?,
            None => None,
        };
        Ok(Next { shop: domain(conn, mail.shop)?, number: found.map(|order| order.number.to_string()), mail })
    };
    coming.into_iter().map(named).collect()
}

fn domain(conn: &mut Connection, shop: ShopId) -> db::Result<String> {
    Ok(merchants::load(conn, shop)?.map_or_else(|| shop.to_string(), |shop| shop.domain.to_string()))
}

/// Shops by their domains.
pub(super) type Names = BTreeMap<ShopId, String>;

fn as_json(queue: &Queue, next: &[Next], now: Timestamp) -> Value {
    let braked = queue.braked.iter().map(|braked| {
        let Brake { grip, cause, sent, counted, at } = braked.brake;
        let until = match grip {
            Grip::Paused(until) => Some(until),
            Grip::Stopped => None,
        };
        json!({ "shop": braked.shop, "held_for": braked.brake.reason(), "cause": cause, "sent": sent, "counted": counted, "since": at, "until": until })
    });
    let next = next.iter().map(|Next { mail, shop, number }| {
        let Waiting { id, kind, order, reason, waits_for, due, .. } = mail;
        json!({
            "message": id, "kind": kind, "shop": mail.shop, "domain": shop, "order": order, "number": number, "due_at": due,
            "reason": reason, "waits_for": waits_for,
        })
    });
    json!({
        "at": now,
        "standstills": queue.stills,
        "next": next.collect::<Vec<_>>(),
        "paused": queue.paused.as_ref().map(|(since, note)| json!({ "since": since, "note": note })),
        "unset": queue.unset, "transports": queue.transports,
        "waiting": queue.waiting, "held": queue.held, "limits": queue.limits, "warm_up": queue.warm_up,
        "senders": queue.senders, "slow": queue.slow, "deferred": queue.deferred, "braked": braked.collect::<Vec<_>>(),
        "sent_in_ten_minutes": queue.lately, "sent_in_last_hour": queue.last_hour, "forecast": queue.forecast,
    })
}
