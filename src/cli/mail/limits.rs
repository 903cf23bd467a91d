//! What a shop's mail is limited to by itself: shown, set, taken away. The limits of all mail are a setting.

use clap::Args;
use serde_json::json;

use super::super::shop;
use super::super::shown::{Failure, Shown};
use crate::context::Context;
use crate::kernel::id::ShopId;
use crate::kernel::pace::Limit;
use crate::mail::Mailer;
use crate::mail::brake::{self, MOST_LIMITS};
use crate::mail::queue::{self, Used};

/// Whose, and which.
#[derive(Debug, Args)]
pub(crate) struct Limits {
    /// The new limits, in place of those before: "100 per hour", "20 per minute to gmail.com", "2 connections". Several stand one by one, or
    /// with commas between.
    #[arg(value_name = "LIMIT", requires = "shop", conflicts_with = "clear")]
    wanted: Vec<String>,
    /// The shop, by its id or domain (default: shows the limits of all mail, which are the setting `mail.limits`).
    #[arg(long, value_name = "SHOP")]
    shop: Option<String>,
    /// Take all limits of this shop away.
    #[arg(long, requires = "shop")]
    clear: bool,
}

/// Runs the command.
pub(crate) fn run(ctx: &Context, mailer: &Mailer, asked: &Limits, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let Some(which) = &asked.shop else { return of_all(ctx, mailer, shown) };
    let shop = shop::find(ctx, which)?;
    let id = shop.id;
    let new = asked.change()?;
    let changed = new.is_some();
    if let Some(limits) = new {
        ctx.db().write_now(move |tx| brake::set_limits(tx, id, limits))?;
    }
    let (used, kept) = ctx.db().read_now(|conn| of_shop(conn, id, ctx))?;
    let answer = json!({ "shop": id, "limits": used, "changed": changed, "operator": said(mailer) });
    let beside = match said(mailer).as_slice() {
        [] => "The operator limits nothing beside.".to_owned(),
        some => format!("Beside them hold those of all mail, whichever is lower: {}.", some.join(", ")),
    };
    let head = match (kept.is_empty(), changed) {
        (true, true) => format!("The mail of {} has no limits of its own any more.", shop.domain),
        (true, false) => format!("The mail of {} has no limits of its own.", shop.domain),
        (false, true) => format!("From now on the mail of {} is limited to:", shop.domain),
        (false, false) => format!("The mail of {} is limited to:", shop.domain),
    };
    let lines = used.iter().map(line).collect::<String>();
    let whose = "The shop can change its own limits by its API (PUT /v1/shops/{shop}/mail/limits).";
    shown.say(&answer, &format!("{head}{lines}\n{beside}\n{whose}"))
}

impl Limits {
    /// What shall be kept from now on, if anything changes.
    fn change(&self) -> Result<Option<Vec<Limit>>, Failure> {
        if self.clear {
            return Ok(Some(Vec::new()));
        }
        let each =
            || self.wanted.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|text| !text.is_empty());
        let parsed = each().map(|text| Limit::parse(text).map_err(|error| Failure::usage(format!("{text}: {error}."))));
        let limits = parsed.collect::<Result<Vec<_>, _>>()?;
        if limits.len() > MOST_LIMITS {
            return Err(Failure::usage(format!("A shop has at most {MOST_LIMITS} limits of its own.")));
        }
        if limits.is_empty() && !self.wanted.is_empty() {
            return Err(Failure::usage("There is no limit in that. To take them away: --clear."));
        }
        Ok(Some(limits).filter(|limits| !limits.is_empty()))
    }
}

type Kept = (Vec<Used>, Vec<Limit>);

fn of_shop(conn: &mut crate::db::Connection, shop: ShopId, ctx: &Context) -> crate::db::Result<Kept> {
    let kept = brake::standing(conn, shop)?.limits;
    Ok((queue::used(conn, &queue::of_shop(shop), &kept, ctx.now())?, kept))
}

fn of_all(ctx: &Context, mailer: &Mailer, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let used = ctx.db().read_now(|conn| queue::used(conn, "", mailer.limits(), ctx.now()))?;
    let head = if used.is_empty() { "No limit holds for all mail." } else { "All mail is limited to:" };
    let lines = used.iter().map(line).collect::<String>();
    let how = "They are the setting mail.limits; those of one shop: attesta mail limits --shop SHOP";
    shown.say(&json!({ "limits": used }), &format!("{head}{lines}\n{how}"))
}

fn said(mailer: &Mailer) -> Vec<String> {
    mailer.limits().iter().map(ToString::to_string).collect()
}

fn line(used: &Used) -> String {
    match used.used {
        Some(count) => format!("\n  {} ({count} used)", used.limit),
        None => format!("\n  {}", used.limit),
    }
}
