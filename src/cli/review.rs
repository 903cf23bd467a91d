//! `attesta review`: the operator's restriction of a review, for a closed reason and with a statement to its author, and
//! its end. Nobody else can take a review from view, and nothing here can edit or delete one.

use clap::{Args, Subcommand};
use serde_json::json;

use super::shown::{Failure, Shown};
use crate::context::Context;
use crate::kernel::id::ReviewId;
use crate::kernel::text::clean_paragraphs;
use crate::reviews::model::{Operator, RestrictionReason};
use crate::reviews::restrict::{self, Grounds, Restored, Restricted};

/// Longest statement, in characters.
const STATEMENT_MAX: usize = 5000;

/// What the operator can do with a review.
#[derive(Debug, Subcommand)]
pub(crate) enum ReviewCommand {
    /// Take a review from view; a public tombstone with the reason stays, the author is told.
    Restrict(Restrict),
    /// Put a restricted review back where it stood.
    Restore(Restore),
}

/// A restriction.
#[derive(Debug, Args)]
pub(crate) struct Restrict {
    /// The review: rev_...
    id: String,
    /// `illegal_content`, `personal_data`, `hate_or_threat`, `not_about_the_purchase`, `conflict_of_interest` or
    /// `court_order`
    #[arg(long)]
    reason: String,
    /// What is told to the author: the facts, the rule, and how to object.
    #[arg(long, value_name = "TEXT")]
    statement: String,
}

/// The end of a restriction.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The review: rev_...
    id: String,
}

/// Runs a command.
pub(crate) fn run(ctx: &Context, command: ReviewCommand, shown: &mut Shown<'_>) -> Result<(), Failure> {
    match command {
        ReviewCommand::Restrict(args) => restrict(ctx, &args, shown),
        ReviewCommand::Restore(args) => restore(ctx, &args, shown),
    }
}

fn parse(id: &str) -> Result<ReviewId, Failure> {
    ReviewId::parse(id).map_err(|error| Failure::usage(format!("{id}: {error}.")))
}

fn grounds(args: &Restrict) -> Result<Grounds, Failure> {
    let reason = RestrictionReason::parse(&args.reason).ok_or_else(|| {
        let known: Vec<_> = RestrictionReason::ALL.iter().map(|reason| reason.as_str()).collect();
        Failure::usage(format!("--reason: this must be one of {}.", known.join(", ")))
    })?;
    let statement = clean_paragraphs(&args.statement, STATEMENT_MAX).value;
    if statement.is_empty() {
        return Err(Failure::usage("--statement: the author must be told why, in words."));
    }
    Ok(Grounds { reason, statement })
}

fn restrict(ctx: &Context, args: &Restrict, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let (id, grounds) = (parse(&args.id)?, grounds(args)?);
    let (inside, reason) = (ctx.clone(), grounds.reason);
    let done =
        ctx.db().write_now(move |tx| restrict::restrict(tx, &inside, Operator::at_the_machine(), id, &grounds))?;
    match done {
        Restricted::Done(_) => {
            let text = format!(
                "{id} is restricted ({reason}). A tombstone with the reason stands in its place; the statement goes to its author.\n\
                 To undo: attesta review restore {id}"
            );
            shown.say(&json!({ "review": id, "status": "restricted", "reason": reason }), &text)
        }
        Restricted::Already(standing) => {
            Err(Failure::new(format!("{id} is restricted already ({}), since {}.", standing.reason, standing.at)))
        }
        Restricted::Erased => Err(Failure::new(format!("{id} was erased by its author: nothing is left to restrict."))),
        Restricted::NotFound => Err(Failure::new(format!("There is no review {id} here."))),
    }
}

fn restore(ctx: &Context, args: &Restore, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let (id, inside) = (parse(&args.id)?, ctx.clone());
    match ctx.db().write_now(move |tx| restrict::restore(tx, &inside, Operator::at_the_machine(), id))? {
        Restored::Done => {
            let text = format!("{id} stands again where it stood, and counts on the day of its first publication.");
            shown.say(&json!({ "review": id, "status": "published" }), &text)
        }
        Restored::NotRestricted(status) => Err(Failure::new(format!("{id} is not restricted: it is {status}."))),
        Restored::NotFound => Err(Failure::new(format!("There is no review {id} here."))),
    }
}
