//! Stopping mail to an address, and lifting what stops it wrongly. The address is read, never printed: it is masked in every answer.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::super::gdpr::Of;
use super::super::shop;
use super::super::shown::{Failure, Shown};
use crate::context::Context;
use crate::db;
use crate::invitations::{self, LeftAlone, Reach, Released, Suppression, SuppressionReason};
use crate::kernel::email::EmailAddress;
use crate::kernel::id::ShopId;
use crate::merchants::{self, Shop};

/// What can be done about mail to a person.
#[derive(Debug, Subcommand)]
pub(crate) enum PersonCommand {
    /// Stop mail to an address: no more invitations, reminders and notices, from any shop or from one.
    ///
    /// What is planned ends; its orders say `suppressed_by_operator`. A fresh link that the person asks for, and the statement of reasons
    /// for a restricted review, still go.
    Suppress(Whom),
    /// Lift what stops mail to an address: your own stop, a hard bounce, a complaint.
    ///
    /// An unsubscription or an erasure is the person's own word and stays. What was dropped stays dropped; later orders are asked about
    /// again.
    Release(Whom),
}

/// Whom, and where.
#[derive(Debug, Args)]
pub(crate) struct Whom {
    #[command(flatten)]
    of: Of,
    /// Only for this shop, by its id or domain (default: every shop of this instance).
    #[arg(long, value_name = "SHOP")]
    shop: Option<String>,
}

/// Runs a command.
pub(crate) fn run(ctx: &Context, command: PersonCommand, shown: &mut Shown<'_>) -> Result<(), Failure> {
    match command {
        PersonCommand::Suppress(whom) => suppress(ctx, &whom, shown),
        PersonCommand::Release(whom) => release(ctx, &whom, shown),
    }
}

/// A person as one command sees them.
struct Person {
    address: EmailAddress,
    shop: Option<Shop>,
}

impl Person {
    fn read(ctx: &Context, whom: &Whom) -> Result<Self, Failure> {
        let address = whom.of.address()?;
        let shop = whom.shop.as_deref().map(|which| shop::find(ctx, which)).transpose()?;
        Ok(Self { address, shop })
    }

    fn reach(&self) -> Reach {
        self.shop.as_ref().map_or(Reach::Instance, |shop| Reach::Shop(shop.id))
    }

    /// Whose mail is meant.
    fn from(&self) -> String {
        self.shop.as_ref().map_or_else(|| "any shop".to_owned(), |shop| shop.domain.to_string())
    }
}

fn suppress(ctx: &Context, whom: &Whom, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let person = Person::read(ctx, whom)?;
    let (hash, reach, now) = (ctx.keyring().person(&person.address), person.reach(), ctx.now());
    let LeftAlone { changed, ended, stands } =
        ctx.db().write_now(move |tx| invitations::leave_alone(tx, &hash, reach, now))?;
    let stands = named(ctx, &stands)?;
    let answer = json!({
        "address": person.address.to_string(), "shop": person.shop.as_ref().map(|shop| shop.id), "changed": changed,
        "ended": ended, "stands": stands.iter().map(Named::view).collect::<Vec<_>>(),
    });
    let already = if changed { "" } else { " already" };
    let taken = match ended {
        0 => "No invitation waited.".to_owned(),
        1 => "The invitation that waited is not sent.".to_owned(),
        more => format!("The {more} invitations that waited are not sent."),
    };
    let mut text = format!("Mail to {} from {} is stopped{already}. {taken}", person.address, person.from());
    text.push_str(&list("What stops it:", &stands.iter().collect::<Vec<_>>()));
    text.push_str("\nLift it: attesta mail release");
    shown.say(&answer, &text)
}

fn release(ctx: &Context, whom: &Whom, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let person = Person::read(ctx, whom)?;
    let (hash, reach) = (ctx.keyring().person(&person.address), person.reach());
    let Released { lifted, stands } = ctx.db().write_now(move |tx| invitations::release(tx, &hash, reach))?;
    let (lifted, stands) = (named(ctx, &lifted)?, named(ctx, &stands)?);
    let answer = json!({
        "address": person.address.to_string(), "shop": person.shop.as_ref().map(|shop| shop.id),
        "lifted": lifted.iter().map(Named::view).collect::<Vec<_>>(),
        "stands": stands.iter().map(Named::view).collect::<Vec<_>>(),
    });
    shown.say(&answer, &released(&person, &lifted, &stands))
}

fn released(person: &Person, lifted: &[Named], stands: &[Named]) -> String {
    let (address, from) = (&person.address, person.from());
    let mut text = match (lifted, stands) {
        ([], []) => return format!("Nothing stops mail to {address} from {from}."),
        ([], _) => format!("Nothing was lifted for {address}."),
        _ => format!("Lifted for {address}:{}", lines(&lifted.iter().collect::<Vec<_>>())),
    };
    let (own, wider): (Vec<&Named>, Vec<&Named>) = stands.iter().partition(|one| one.wish.reason.is_own());
    text.push_str(&list("Stands, for it is the person's own word, which you cannot take back:", &own));
    text.push_str(&list("Stands for every shop; to lift it, leave --shop out:", &wider));
    if !lifted.is_empty() {
        let where_free = if stands.is_empty() { "Later" } else { "Where nothing stands, later" };
        text = format!("{text}\n{where_free} orders are asked about again; what was dropped stays dropped.");
    }
    text
}

fn list(head: &str, all: &[&Named]) -> String {
    if all.is_empty() { String::new() } else { format!("\n{head}{}", lines(all)) }
}

fn lines(all: &[&Named]) -> String {
    all.iter().flat_map(|one| ["\n  ".to_owned(), one.line()]).collect()
}

/// What stops mail, with the name of the shop it reaches.
struct Named {
    wish: Suppression,
    shop: Option<(ShopId, String)>,
}

fn named(ctx: &Context, wishes: &[Suppression]) -> Result<Vec<Named>, db::Error> {
    ctx.db().read_now(|conn| {
        let mut all = Vec::new();
        for wish in wishes {
            let shop = match wish.reach {
                Reach::Instance => None,
                Reach::Shop(id) => {
                    let found = merchants::load(conn, id)?;
                    Some((id, found.map_or_else(|| id.to_string(), |shop| shop.domain.to_string())))
                }
            };
            all.push(Named { wish: *wish, shop });
        }
        Ok(all)
    })
}

impl Named {
    fn view(&self) -> Value {
        let shop = self.shop.as_ref();
        json!({
            "reason": self.wish.reason, "reach": self.wish.reach, "shop": shop.map(|(id, _)| id),
            "domain": shop.map(|(_, domain)| domain), "since": self.wish.at,
        })
    }

    fn line(&self) -> String {
        let what = match self.wish.reason {
            SuppressionReason::Unsubscribed => "they unsubscribed",
            SuppressionReason::Complaint => "a complaint",
            SuppressionReason::Erased => "they asked to be erased",
            SuppressionReason::Operator => "the operator's stop",
            SuppressionReason::HardBounce => "a hard bounce",
        };
        let of = self.shop.as_ref().map_or("every shop", |(_, domain)| domain);
        format!("{what}, on {} ({of})", self.wish.at.day())
    }
}
