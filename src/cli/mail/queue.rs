//! What of all mail waits, what holds it, at what rate it goes and when nothing will wait any more; holding all mail and letting it go.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::super::shop;
use super::super::shown::{Failure, Shown};
use crate::app;
use crate::context::Context;
use crate::kernel::id::ShopId;
use crate::kernel::time::Timestamp;
use crate::mail::Mailer;
use crate::mail::brake::{self, Brake, Cause, Grip, Hand, Resumed};
use crate::mail::queue::{self, Queue, RateBy};
use crate::merchants;

/// What can be done about the queue.
#[derive(Debug, Subcommand)]
pub(crate) enum QueueCommand {
    /// Show what waits, what holds it, at what rate it goes and when it will be empty.
    Queue,
    /// Hold all mail of this instance, or that of one shop; none is lost.
    Pause(Pause),
    /// Let mail go again: all of it, or that of a shop which was stopped.
    Resume(Resume),
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
        QueueCommand::Resume(Resume { shop: None }) => let_go(ctx, shown),
        QueueCommand::Resume(Resume { shop: Some(shop) }) => release(ctx, &shop, shown),
    }
}

fn hold(ctx: &Context, note: &str, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let (note, now) = (note.to_owned(), ctx.now());
    let new = ctx.db().write_now(move |tx| brake::set_pause(tx, Some(&note), now))?;
    let text = if new { "All mail is held from now on." } else { "All mail is held already." };
    shown.say(&json!({ "paused": true, "changed": new }), text)
}

fn stop(ctx: &Context, which: &str, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let (shop, now) = (shop::find(ctx, which)?, ctx.now());
    let id = shop.id;
    let new = ctx.db().write_now(move |tx| brake::stop(tx, id, now))?;
    let text = if new { "is held from now on" } else { "is held already" };
    shown.say(&json!({ "shop": id, "changed": new }), &format!("The mail of {} {text}.", shop.domain))
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

fn show(ctx: &Context, mailer: &Mailer, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let (kinds, now) = (app::kinds(), ctx.now());
    let (queue, names) = ctx.db().read_now(|conn| {
        let zone = merchants::usual_zone(conn)?;
        let queue = queue::read(conn, mailer, &kinds, (now, zone))?;
        let mut names = Names::new();
        for braked in &queue.braked {
            names.extend(merchants::load(conn, braked.shop)?.map(|shop| (shop.id, shop.domain.to_string())));
        }
        Ok((queue, names))
    })?;
    shown.say(&as_json(&queue, now), &as_text(&queue, &names, now))
}

/// Shops by their domains.
type Names = BTreeMap<ShopId, String>;

fn as_json(queue: &Queue, now: Timestamp) -> Value {
    let braked = queue.braked.iter().map(|braked| {
        let Brake { grip, cause, sent, counted, at } = braked.brake;
        let until = match grip {
            Grip::Paused(until) => Some(until),
            Grip::Stopped => None,
        };
        json!({ "shop": braked.shop, "held_for": braked.brake.reason(), "cause": cause, "sent": sent, "counted": counted, "since": at, "until": until })
    });
    json!({
        "at": now,
        "paused": queue.paused.as_ref().map(|(since, note)| json!({ "since": since, "note": note })),
        "unset": queue.unset, "transports": queue.transports,
        "waiting": queue.waiting, "held": queue.held, "limits": queue.limits, "warm_up": queue.warm_up,
        "senders": queue.senders, "slow": queue.slow, "deferred": queue.deferred, "braked": braked.collect::<Vec<_>>(),
        "sent_in_ten_minutes": queue.lately, "forecast": queue.forecast,
    })
}

fn as_text(queue: &Queue, names: &Names, now: Timestamp) -> String {
    let mut lines = vec![headline(queue, now), String::new()];
    lines.extend(holds(queue, names));
    lines.extend(waiting(queue));
    lines.extend(pace(queue));
    lines.join("\n").trim_end().to_owned()
}

/// How much, how fast, until when.
fn headline(queue: &Queue, now: Timestamp) -> String {
    let sum = |of: fn(&queue::OfKind) -> i64| queue.waiting.iter().map(of).sum::<i64>();
    let (due, later) = (sum(|kind| kind.due), sum(|kind| kind.later));
    if queue.paused.is_some() {
        return format!("{due} mails are due and {later} wait for their time; they leave when sending is resumed.");
    }
    let rate = match (queue.forecast.per_hour, queue.forecast.by) {
        (Some(hourly), RateBy::Limits) => format!("at most {hourly} an hour"),
        (Some(hourly), _) => format!("{hourly} an hour, as in the last ten minutes"),
        (None, RateBy::Limits) => "as many a day as the limits allow".to_owned(),
        (None, _) => "as fast as the mail server takes them".to_owned(),
    };
    let empty = match queue.forecast.empty_at {
        Some(_) if due + later == 0 => "Nothing waits.".to_owned(),
        Some(at) if at <= now => "Empty as soon as the mail server took them.".to_owned(),
        Some(at) => format!("Empty at {at}{}.", on_which_clock(queue)),
        None => "Not empty within a year.".to_owned(),
    };
    format!("{due} mails are due and {later} wait for their time; they leave {rate}. {empty}")
}

/// What the forecast takes for the clock of all recipients, where that matters.
fn on_which_clock(queue: &Queue) -> String {
    let quiet = queue.forecast.quiet_hours.as_ref();
    quiet.map(|quiet| format!(", with quiet hours {} as in {}", quiet.hours, quiet.zone)).unwrap_or_default()
}

fn holds(queue: &Queue, names: &Names) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some((since, note)) = &queue.paused {
        let note = if note.is_empty() { String::new() } else { format!(": {note}") };
        lines.push(format!("All mail is held since {since}{note}. Let it go: attesta mail resume"));
    }
    lines.extend(queue.unset.map(|reason| format!("No mail can leave: {reason}.")));
    lines.extend(
        queue.transports.iter().map(|t| format!("{} is not tried before {}: {}", t.transport, t.until, t.reason)),
    );
    for braked in &queue.braked {
        let Brake { grip, cause, sent, counted, .. } = braked.brake;
        let shop = names.get(&braked.shop).cloned().unwrap_or_else(|| braked.shop.to_string());
        let until = match grip {
            Grip::Paused(until) => format!("pauses until {until}"),
            Grip::Stopped => format!("is stopped; let it go: attesta mail resume --shop {shop}"),
        };
        let why = match cause {
            Cause::Operator => "by the operator".to_owned(),
            Cause::Bounces | Cause::Complaints => format!("{counted} {} in {sent} mails", cause.as_str()),
        };
        lines.push(format!("{shop} {until} ({why})"));
    }
    lines
}

fn waiting(queue: &Queue) -> Vec<String> {
    let some = |kind: &&queue::OfKind| kind.due + kind.later + kind.parked > 0;
    let mut lines: Vec<String> = queue.waiting.iter().filter(some).map(of_kind).collect();
    lines.extend(queue.held.iter().map(|held| {
        let reason = held.reason.as_deref().unwrap_or("no reason");
        format!("{:<24} {:>8} {} ({reason})", held.kind, held.messages, held.state)
    }));
    lines
}

fn of_kind(kind: &queue::OfKind) -> String {
    let next = kind.next_at.map(|at| format!(", the next at {at}")).unwrap_or_default();
    let parked = if kind.parked > 0 { format!(", {} given up", kind.parked) } else { String::new() };
    format!("{:<24} {:>8} due, {} later{parked}{next}", kind.kind, kind.due, kind.later)
}

fn pace(queue: &Queue) -> Vec<String> {
    let used = |limit: &queue::Used| match limit.used {
        Some(used) => format!("limit {}: {used} used", limit.limit),
        None => format!("limit {}", limit.limit),
    };
    let mut lines: Vec<String> = queue.limits.iter().map(used).collect();
    lines.extend(queue.warm_up.iter().map(|rule| format!("new senders: {rule}")));
    lines.extend(queue.senders.iter().map(|sender| match sender.ceiling {
        Some(ceiling) => format!("{}: {} of {ceiling} today, since {}", sender.sender, sender.used, sender.since),
        None => format!("{}: grown, since {}", sender.sender, sender.since),
    }));
    lines.extend(
        queue.slow.iter().map(|slow| format!("{} asked for patience: {} until {}", slow.domain, slow.rate, slow.until)),
    );
    lines.extend(
        queue
            .deferred
            .iter()
            .map(|one| format!("{} wait for {}: the last leaves at {}", one.mails, one.limit, one.last_at)),
    );
    lines
}
