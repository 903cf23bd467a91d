//! `attesta gdpr`: what every shop of this instance has about an address, as a copy or erased, with a report. For the operator,
//! whom a person has asked. The address is read, never printed: it is masked in every answer.

use std::io::BufRead;

use clap::{Args, Subcommand};
use serde_json::json;

use super::shown::{Failure, Shown};
use crate::context::Context;
use crate::kernel::email::EmailAddress;
use crate::person::captured;
use crate::person::erase::{self, Erased, Stays};
use crate::person::stored::{self, Stored, Written};
use crate::reviews::model::Operator;

/// What a person may ask of the operator.
#[derive(Debug, Subcommand)]
pub(crate) enum GdprCommand {
    /// Show everything that is stored about an address; with --json, the copy to hand over.
    Export(Of),
    /// Erase an address in every shop, with all that its person wrote. There is no way back.
    Erase(Of),
}

/// A person.
#[derive(Debug, Args)]
pub(crate) struct Of {
    /// The exact e-mail address; `-` reads it from the input, so that it stays out of the shell's history.
    #[arg(value_name = "ADDRESS", allow_hyphen_values = true)]
    address: String,
}

/// Runs a command.
pub(crate) fn run(ctx: &Context, command: GdprCommand, shown: &mut Shown<'_>) -> Result<(), Failure> {
    match command {
        GdprCommand::Export(of) => export(ctx, &of, shown),
        GdprCommand::Erase(of) => erase(ctx, &of, shown),
    }
}

impl Of {
    /// The address, as it was given or read from the input.
    pub(crate) fn address(&self) -> Result<EmailAddress, Failure> {
        let mut text = self.address.clone();
        if text == "-" {
            text.clear();
            let read = std::io::stdin().lock().read_line(&mut text);
            read.map_err(|error| Failure::new(format!("The address cannot be read: {error}.")))?;
        }
        // The text itself is not repeated: it may be an address with a slip.
        EmailAddress::parse(text.trim()).map_err(|error| Failure::usage(format!("ADDRESS: {error}.")))
    }
}

fn export(ctx: &Context, of: &Of, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let address = of.address()?;
    let (inside, person) = (ctx.clone(), ctx.keyring().person(&address));
    let stored = ctx.db().read_now(move |conn| stored::everywhere(conn, &inside, &person))?;
    let answer = json!({ "address": address.to_string(), "stored": stored });
    shown.say(&answer, &told(&address, &stored))
}

/// The copy in words: what there is, for a look before it is handed over or erased.
fn told(address: &EmailAddress, stored: &Stored) -> String {
    if stored.shops.is_empty() && stored.wishes.is_empty() {
        return format!("Nothing is stored about {address}.");
    }
    let mut lines = vec![format!("What is stored about {address}:")];
    for shop in &stored.shops {
        lines.push(format!("\n{} ({})", shop.domain, shop.name));
        for order in &shop.orders {
            let kept = if order.address.is_some() { "name and address sealed" } else { "no address any more" };
            let until = order.kept_until.map(|at| format!(" until {}", at.day())).unwrap_or_default();
            lines.push(format!("  order {}: {kept}{until}, {}", order.number, counted(order.mails.len(), "mail")));
            lines.extend(order.reviews.iter().map(|review| format!("    {}", review_line(review))));
        }
        let wishes =
            shop.wishes.iter().map(|wish| format!("  no mail from this shop: {} since {}", wish.reason, wish.at.day()));
        lines.extend(wishes);
        lines.extend(shop.erased_at.map(|at| format!("  erased on {}: earlier events bring nothing back", at.day())));
    }
    let everywhere = stored.wishes.iter();
    lines.extend(everywhere.map(|wish| format!("\nno mail from any shop: {} since {}", wish.reason, wish.at.day())));
    lines.push("\nThe copy to hand over: the same with --json.".to_owned());
    lines.join("\n")
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn review_line(written: &Written) -> String {
    let stars = written.review.as_ref().map(|review| format!(", {} stars", review.stars)).unwrap_or_default();
    format!("review {} ({}{stars})", written.id, written.status)
}

fn erase(ctx: &Context, of: &Of, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let address = of.address()?;
    let person = ctx.keyring().person(&address);
    let erased = erase::everywhere(ctx, person, Operator::at_the_machine())?;
    let captured = captured::everywhere(ctx, &person).map_err(|error| {
        Failure::new(format!("Captured mails could not be deleted: {error}. The rest is erased; repeat the command."))
    })?;
    let stays: Vec<_> = Stays::ALL.iter().map(|what| json!({ "what": what, "why": why(*what) })).collect();
    let answer = json!({ "address": address.to_string(), "shops": erased, "captured": captured, "stays": stays });
    shown.say(&answer, &reported(&address, &erased, captured))
}

fn reported(address: &EmailAddress, erased: &[Erased], captured: usize) -> String {
    if erased.is_empty() && captured == 0 {
        return format!("Nothing is stored about {address}.");
    }
    let mut lines = vec![format!("Erased what was stored about {address}:")];
    for one in erased {
        lines.push(format!("\n{}", one.shop));
        lines.push(format!("  orders       {} found, {} lost name and address", one.orders, one.addresses));
        lines.push(format!("  invitations  {} found, {} were still to be sent", one.invitations, one.stopped));
        lines.push(format!("  reviews      {} erased, with {}", one.gone.reviews, counted(one.gone.photos, "photo")));
        lines.push("  mail         stopped from this shop".to_owned());
    }
    lines.push(format!("\ncaptured on this machine: {captured} mails deleted"));
    lines.push("\nWhat stays, and why:".to_owned());
    lines.extend(Stays::ALL.iter().map(|what| format!("  {}", why(*what))));
    lines.push("Files of photos are deleted by the server within a minute.".to_owned());
    lines.join("\n")
}

/// What stays, and why, for the operator's answer to the person.
fn why(what: Stays) -> &'static str {
    match what {
        Stays::Orders => "orders without name and address: each order of a shop has to be accounted for",
        Stays::Tombstones => "that a review was erased by its author, and when: no review disappears unseen",
        Stays::MailLog => "what mail servers said, with addresses masked: it explains failures",
        Stays::Marks => {
            "keyed hashes: they keep the address from being written to and from coming back with a late event"
        }
    }
}
