//! How `attesta mail queue` says what it found, for people. Pure.

use super::queue::{Names, Next};
use crate::kernel::time::Timestamp;
use crate::mail::brake::{Brake, Cause, Grip};
use crate::mail::queue::{self, Queue, RateBy};

/// The whole queue.
pub(super) fn as_text(queue: &Queue, next: &[Next], names: &Names, now: Timestamp) -> String {
    let mut lines = vec![headline(queue, now), String::new()];
    lines.extend(holds(queue, names));
    lines.extend(coming(next));
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
    if queue.unset.is_some() {
        return format!("{due} mails are due and {later} wait for their time; they leave when the setting is made.");
    }
    let limit = queue.forecast.limit.as_ref().map(|limit| format!(" (the limit {limit} binds)")).unwrap_or_default();
    let rate = match (queue.forecast.per_hour, queue.forecast.by) {
        (Some(hourly), RateBy::Limits) => format!("at most {hourly} an hour{limit}"),
        (Some(hourly), _) => format!("{hourly} an hour, as in the last ten minutes"),
        (None, RateBy::Limits) => format!("as many a day as the limits allow{limit}"),
        (None, _) => "as fast as the mail server takes them".to_owned(),
    };
    let empty = match queue.forecast.empty_at {
        Some(_) if due + later == 0 => "Nothing waits.".to_owned(),
        Some(at) if at <= now => "Empty as soon as the mail server took them.".to_owned(),
        Some(at) => format!("Empty at {at}{}.", on_which_clock(queue)),
        None => "Not empty within a year.".to_owned(),
    };
    let left = queue.last_hour;
    format!(
        "{due} mails are due and {later} wait for their time; they leave {rate}, {left} left in the last hour. {empty}"
    )
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

/// The next few mails: whose, about which order, never to whom.
fn coming(next: &[Next]) -> Vec<String> {
    let line = |next: &Next| {
        let about = next.number.as_ref().map(|number| format!(", order {number}")).unwrap_or_default();
        let why = next.mail.waits_for.as_deref().or(next.mail.reason);
        let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
        format!("next at {}: {} of {}{about}{why}", next.mail.due, next.mail.kind, next.shop)
    };
    next.iter().map(line).collect()
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
