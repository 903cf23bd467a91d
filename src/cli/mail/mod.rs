//! `attesta mail`: what to publish so that mail arrives, whether it stands, one mail to see what happens, and all of them looked over.
//!
//! Works beside a running server. `verify`, `test` and `check` end with 1 when something is to be mended, so that scripts can ask.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

mod limits;
mod person;
mod preview;
mod queue;
mod told;
mod words;

use self::words::{dialogue, looked, report, zone};
use super::shown::{Failure, Shown};
use super::{runtime, shop};
use crate::context::Context;
use crate::kernel::domain::ascii_host;
use crate::kernel::email::EmailAddress;
use crate::kernel::locale::{Language, Locale};
use crate::kernel::zone::Zone;
use crate::keyring::Rotation;
use crate::links::Base;
use crate::mail::context::Frame;
use crate::mail::dns::{self, Report, Resolver};
use crate::mail::{Mail, Mailer, check, dkim, own, trial};
use crate::merchants::{self, Shop};

/// What can be done about mail.
#[derive(Debug, Subcommand)]
pub(crate) enum MailCommand {
    /// Print the DNS records that a sending domain needs, making its keys where it has none.
    Records(Records),
    /// Look whether they stand in the DNS: DKIM, SPF, DMARC, and the way back of bounces.
    Verify(Which),
    /// Send one mail to an address and print what was said, step by step.
    Test(Test),
    /// Render every mail in every language, the house's and what shops changed, and say what mail programs would not show.
    Check(Check),
    /// Write a shop's mails into a folder, as pages to look at: every case and the last real orders, on a phone and a desk, light and dark.
    Preview(preview::Preview),
    /// What waits to leave, and holding it.
    #[command(flatten)]
    Queue(queue::QueueCommand),
    /// To whom nobody writes.
    #[command(flatten)]
    Person(person::PersonCommand),
}

/// Which sending domain.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The domain (default: the one this instance sends from).
    #[arg(value_name = "DOMAIN")]
    domain: Option<String>,
}

/// Which records, and how.
#[derive(Debug, Args)]
pub(crate) struct Records {
    #[command(flatten)]
    which: Which,
    /// As lines of a zone file.
    #[arg(long)]
    zone: bool,
}

/// To whom, and for whom.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The recipient.
    #[arg(value_name = "ADDRESS", allow_hyphen_values = true)]
    address: String,
    /// In the name of this shop: its id or domain (default: of the instance itself).
    #[arg(long, value_name = "SHOP")]
    shop: Option<String>,
    /// Its language: it, en, de, fr or es (default: the shop's, else en).
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
}

/// Whose mails.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Only what this shop changed, by its id or domain.
    #[arg(long, value_name = "SHOP")]
    shop: Option<String>,
    /// Also write every sample of the house's mails into this folder, as pages and texts to look at.
    #[arg(long, value_name = "FOLDER", conflicts_with = "shop")]
    out: Option<PathBuf>,
}

/// New keys for sending domains, under a new key of the keyring; prints the records to publish.
pub(crate) fn rotate(
    ctx: &Context,
    domain: Option<&str>,
    sealed_with: &Rotation,
    shown: &mut Shown<'_>,
) -> Result<(), Failure> {
    let mailer = mailer(ctx)?;
    let reports = runtime()?.block_on(async {
        ctx.keyring().refresh(ctx.db()).await?;
        let mut reports = Vec::new();
        for domain in dkim::rotate(ctx, domain).await? {
            reports.push(dns::known(ctx, &mailer, &domain).await?);
        }
        Ok::<_, Failure>(reports)
    })?;
    let answer = json!({ "purpose": "dkim", "key": sealed_with.new, "previous": sealed_with.old, "domains": reports });
    let mut text = "New keys are made; mail is signed with them once their records are found. Leave the old ones where they are:\n\
                    they sign until then."
        .to_owned();
    for one in &reports {
        text.push_str("\n\n");
        text.push_str(&report(one, false));
    }
    shown.say(&answer, &text)
}

fn mailer(ctx: &Context) -> Result<Mailer, Failure> {
    Mailer::new(ctx.config(), ctx.clock()).map_err(|error| Failure { text: error.to_string(), code: 3 })
}

/// Runs a command.
pub(crate) fn run(ctx: &Context, command: MailCommand, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let mailer = mailer(ctx)?;
    match command {
        MailCommand::Records(records) => self::records(ctx, &mailer, &records, shown),
        MailCommand::Verify(which) => verify(ctx, &mailer, &which, shown),
        MailCommand::Test(test) => try_out(ctx, &mailer, &test, shown),
        MailCommand::Check(asked) => look_over(ctx, &mailer, &asked, shown),
        MailCommand::Preview(asked) => preview::run(ctx, &mailer, &asked, shown),
        MailCommand::Queue(command) => queue::run(ctx, &mailer, command, shown),
        MailCommand::Person(command) => person::run(ctx, command, shown),
    }
}

impl Which {
    fn name(&self, mailer: &Mailer) -> Result<String, Failure> {
        let Some(text) = &self.domain else { return Ok(mailer.own_domain().to_owned()) };
        ascii_host(text).map_err(|error| Failure::usage(format!("{text}: {error}.")))
    }
}

impl From<dkim::DkimError> for Failure {
    fn from(error: dkim::DkimError) -> Self {
        match error {
            dkim::DkimError::Db(error) => error.into(),
            other => Failure::new(other.to_string()),
        }
    }
}

fn records(ctx: &Context, mailer: &Mailer, asked: &Records, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let domain = asked.which.name(mailer)?;
    let found: Report = runtime()?.block_on(async {
        dkim::ensure(ctx, &domain).await?;
        Ok::<_, Failure>(dns::known(ctx, mailer, &domain).await?)
    })?;
    let text = if asked.zone { zone(&found) } else { report(&found, false) };
    shown.say(&json!(found), &text)
}

fn verify(ctx: &Context, mailer: &Mailer, which: &Which, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let domain = which.name(mailer)?;
    let found = runtime()?.block_on(async {
        let resolver = Resolver::new(&ctx.config().dns.resolvers);
        let resolver = resolver.map_err(|error| Failure { text: error.to_string(), code: 3 })?;
        Ok::<_, Failure>(dns::check(ctx, mailer, &resolver, &domain).await?)
    })?;
    shown.say(&json!(found), &report(&found, true))?;
    if found.is_right() { Ok(()) } else { Err(Failure::said()) }
}

fn try_out(ctx: &Context, mailer: &Mailer, test: &Test, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let to = EmailAddress::parse(&test.address);
    let to = to.map_err(|error| Failure::usage(format!("This is no address a mail can be sent to: {error}.")))?;
    let shop = test.shop.as_deref().map(|text| shop::find(ctx, text)).transpose()?;
    let language = test.language.as_deref().map(language).transpose()?;
    let mail = mail(ctx, mailer, shop.as_ref(), (to, language))?;
    let told = runtime()?.block_on(mailer.try_out(ctx, &mail))?;
    shown.say(&json!(told), &dialogue(&told))?;
    if told.sent { Ok(()) } else { Err(Failure::said()) }
}

fn language(text: &str) -> Result<Language, Failure> {
    let known = Locale::parse(text).ok().map(|locale| locale.language()).filter(|known| known.tag() == text);
    known.ok_or_else(|| Failure::usage("--language: this must be it, en, de, fr or es."))
}

fn mail(
    ctx: &Context,
    mailer: &Mailer,
    shop: Option<&Shop>,
    (to, language): (EmailAddress, Option<Language>),
) -> Result<Mail, Failure> {
    let own = shop.map_or(Language::En, |shop| shop.locale.language());
    let language = language.unwrap_or(own);
    let frame = match shop {
        Some(shop) => Frame::new(ctx.links(), (&shop.name, shop.domain.as_str()), None, true),
        None => trial::own_frame(ctx, mailer),
    };
    let context =
        trial::sample(&frame, language).ok_or_else(|| Failure::new("There is no sample of an invitation."))?;
    Ok(Mail {
        shop_id: shop.map_or_else(|| ctx.ids().next(), |shop| shop.id),
        edition: 0,
        to,
        identity: shop.map_or_else(trial::own_identity, Shop::identity),
        reply_to: shop.and_then(Shop::reply_to),
        language,
        zone: shop.map_or(Zone::UTC, |shop| shop.zone),
        hours: None,
        context,
    })
}

fn look_over(ctx: &Context, mailer: &Mailer, asked: &Check, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let home = ctx.config().public_url.as_ref();
    let (mut all, shops) = match &asked.shop {
        Some(text) => (Vec::new(), vec![shop::find(ctx, text)?]),
        None => (look_over_house(mailer, home, asked.out.as_deref())?, ctx.db().read_now(merchants::all)?),
    };
    for shop in shops {
        let face = Frame::new(ctx.links(), (&shop.name, shop.domain.as_str()), None, false).shop;
        let used = ctx.db().read_now(|conn| own::in_use(conn, shop.id))?;
        let templates = mailer.composer().templates();
        all.extend(used.iter().map(|used| check::of_shop(templates, &face, used, home)));
    }
    // Without `public_url` links lead to this machine, and no mail to anybody else.
    let one_click = home.is_none_or(Base::is_https);
    shown.say(&json!({ "mails": all, "one_click": one_click }), &looked(&all, one_click))?;
    if one_click && all.iter().all(check::Looked::is_good) { Ok(()) } else { Err(Failure::said()) }
}

/// The house's own mails, each written into a folder where one is given.
fn look_over_house(mailer: &Mailer, home: Option<&Base>, out: Option<&Path>) -> Result<Vec<check::Looked>, Failure> {
    if let Some(folder) = out {
        std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    }
    let mut written = Ok(());
    let looked = check::all(mailer.composer(), home, &mut |sample| {
        if let (Some(folder), Ok(())) = (out, &written) {
            written = write_sample(folder, sample);
        }
    });
    written.map(|()| looked)
}

fn write_sample(folder: &Path, sample: check::Sample<'_>) -> Result<(), Failure> {
    let check::Sample { mail, language, number, rendered } = sample;
    let text = format!("{}\n\n{}", rendered.subject, rendered.text);
    for (kind, words) in [("html", &rendered.html), ("txt", &text)] {
        let file = folder.join(format!("{mail}.{language}.{number}.{kind}"));
        std::fs::write(&file, words).map_err(|error| unwritable(&file, &error))?;
    }
    Ok(())
}

fn unwritable(place: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{} cannot be written: {error}.", place.display()))
}
