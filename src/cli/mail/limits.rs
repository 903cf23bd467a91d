//! What the operator limits the mail of one shop to: shown, set, taken away. The shop's own limits and those of all mail, which are a
//! setting, are shown beside.

use clap::Args;
use serde_json::json;

use super::super::shop;
use super::super::shown::{Failure, Shown};
use crate::context::Context;
use crate::kernel::pace::Limit;
use crate::mail::Mailer;
use crate::mail::brake::{self, MOST_LIMITS};
use crate::mail::queue::{self, SetBy, Used, UsedOf};

/// Whose, and which.
#[derive(Debug, Args)]
pub(crate) struct Limits {
    /// Your limits on this shop, in place of those before: "100 per hour", "20 per minute to gmail.com", "2 connections". Several stand one
    /// by one, or with commas between. The shop sees them and cannot lift them.
    #[arg(value_name = "LIMIT", requires = "shop", conflicts_with = "clear")]
    wanted: Vec<String>,
    /// The shop, by its id or domain (default: shows the limits of all mail, which are the setting `mail.limits`).
    #[arg(long, value_name = "SHOP")]
    shop: Option<String>,
    /// Take your limits on this shop away; its own stay.
    #[arg(long, requires = "shop")]
    clear: bool,
}

/// Runs the command.
pub(crate) fn run(ctx: &Context, mailer: &Mailer, asked: &Limits, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let Some(which) = &asked.shop else { return of_all(ctx, mailer, shown) };
    let shop = shop::find(ctx, which)?;
    let id = shop.id;
    let change = asked.change()?;
    let changed = change.is_some();
    if let Some(limits) = change {
        ctx.db().write_now(move |tx| brake::impose_limits(tx, id, limits))?;
    }
    let limits = ctx.db().read_now(|conn| {
        let sending = brake::standing(conn, id)?;
        queue::limits_of(conn, mailer, (id, &sending), ctx.now())
    })?;
    let mine = limits.iter().any(|limit| limit.set_by == SetBy::OperatorOnShop);
    let head = match (mine, changed) {
        (true, true) => format!("The operator limits the mail of {} from now on.", shop.domain),
        (false, true) => format!("The operator sets no limit on the mail of {} any more.", shop.domain),
        (true, false) => format!("The operator limits the mail of {}.", shop.domain),
        (false, false) => format!("The mail of {} has no limit of its own.", shop.domain),
    };
    let under = if limits.is_empty() { "\nNo limit holds." } else { "\nThe lowest of these counts:" };
    let lines = limits.iter().map(line_of).collect::<String>();
    shown.say(&json!({ "shop": id, "changed": changed, "limits": limits }), &format!("{head}{under}{lines}"))
}

impl Limits {
    /// What shall be kept from now on, if anything changes.
    fn change(&self) -> Result<Option<Vec<Limit>>, Failure> {
        if self.clear {
            return Ok(Some(Vec::new()));
        }
        let each = self.wanted.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|text| !text.is_empty());
        let parsed = each.map(|text| Limit::parse(text).map_err(|error| Failure::usage(format!("{text}: {error}."))));
        let limits = parsed.collect::<Result<Vec<_>, _>>()?;
        if limits.len() > MOST_LIMITS {
            return Err(Failure::usage(format!("A shop has at most {MOST_LIMITS} limits.")));
        }
        if limits.is_empty() && !self.wanted.is_empty() {
            return Err(Failure::usage("There is no limit in that. To take them away: --clear."));
        }
        Ok(Some(limits).filter(|limits| !limits.is_empty()))
    }
}

fn of_all(ctx: &Context, mailer: &Mailer, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let used = ctx.db().read_now(|conn| queue::used(conn, "", mailer.limits(), ctx.now()))?;
    let head = if used.is_empty() { "No limit holds for all mail." } else { "All mail is limited to:" };
    let lines = used.iter().map(line).collect::<String>();
    let how = "They are the setting mail.limits; those of one shop: attesta mail limits --shop SHOP";
    shown.say(&json!({ "limits": used }), &format!("{head}{lines}\n{how}"))
}

fn line_of(limit: &UsedOf) -> String {
    let whose = match limit.set_by {
        SetBy::Operator => "on all mail",
        SetBy::OperatorOnShop => "set by the operator",
        SetBy::Shop => "set by the shop",
    };
    format!("{}, {whose}", line(&limit.limit))
}

fn line(used: &Used) -> String {
    match used.used {
        Some(count) => format!("\n  {} ({count} used)", used.limit),
        None => format!("\n  {}", used.limit),
    }
}
