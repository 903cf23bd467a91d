//! `attesta shop`: opening, listing and changing shops, and the operator's hand on their standing.
//!
//! Works beside a running server: what it writes is seen there within two seconds. Keys are shown once, when made.

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

mod fields;

use self::fields::Fields;
use super::shown::{Failure, Shown};
use crate::context::Context;
use crate::kernel::domain::{ShopDomain, ShopRef};
use crate::kernel::id::{MerchantId, ShopId};
use crate::kernel::locale::{Language, Locale};
use crate::kernel::zone::Zone;
use crate::links::path;
use crate::mail::own;
use crate::merchants::settings::{self, Flaw, Hand, POLICY_FIELDS};
use crate::merchants::{self, Changed, LegalBasis, Merchant, NewShop, Opened, Policy, Sector, Shop, ShopStatus};

/// What can be done with shops.
#[derive(Debug, Subcommand)]
pub(crate) enum ShopCommand {
    /// Open a shop and show its first keys, once.
    Create(Fields),
    /// List the shops of this instance.
    List,
    /// Change settings and invitation policy of a shop.
    Set(Set),
    /// Close a shop: its profile stays, nothing new comes in, and its orders go in time.
    Close(Which),
    /// Suspend a shop: it can read, nothing else.
    Suspend(Which),
    /// Take a closed or suspended shop back.
    Reopen(Which),
}

/// Which shop.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The shop: its id or domain.
    #[arg(value_name = "SHOP", required_unless_present = "shop")]
    which: Option<String>,
    /// The same, as an option.
    #[arg(long, value_name = "SHOP", conflicts_with = "which")]
    shop: Option<String>,
}

impl Which {
    /// The shop, if it is there.
    pub(crate) fn find(&self, ctx: &Context) -> Result<Shop, Failure> {
        let text = self.which.as_deref().or(self.shop.as_deref()).unwrap_or_default();
        find(ctx, text)
    }
}

/// The shop of this id or domain.
pub(crate) fn find(ctx: &Context, text: &str) -> Result<Shop, Failure> {
    let name = ShopRef::parse(text)
        .map_err(|error| Failure::usage(format!("{text} is neither the id nor the domain of a shop: {error}.")))?;
    let found = ctx.db().read_now(|conn| merchants::find(conn, &name))?;
    found.ok_or_else(|| Failure::new(format!("There is no shop {name} here. See: attesta shop list")))
}

/// Changes to a shop.
#[derive(Debug, Args)]
pub(crate) struct Set {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    fields: Fields,
    /// Hold (true) or send (false) its invitations.
    #[arg(long)]
    paused: Option<bool>,
    /// Empty an optional setting: country, category, contact, `mail_name`, `mail_from`, hours, `min_total` or `remind_after`. Can be repeated.
    #[arg(long, value_name = "FIELD")]
    clear: Vec<String>,
}

/// A flaw, as the option it came from.
fn option_of(flaw: &Flaw) -> Failure {
    let name = flaw.pointer.trim_start_matches('/').split('/').next().unwrap_or_default().replace('_', "-");
    Failure::usage(format!("--{name}: {}", flaw.detail))
}

/// A name stands in mails, and no mail asks for stars.
fn check_names(fields: &Map<String, Value>) -> Result<(), Failure> {
    let mut named = settings::NAME_FIELDS.iter().filter_map(|name| Some((name, fields.get(*name)?.as_str()?)));
    named.try_for_each(|(name, text)| {
        own::check_name(text).map_err(|detail| option_of(&Flaw { pointer: format!("/{name}"), detail }))
    })
}

fn blank(ctx: &Context) -> Result<Shop, Failure> {
    let domain = ShopDomain::parse("shop.invalid").map_err(|error| Failure::new(error.to_string()))?;
    Ok(Shop {
        id: ctx.ids().next(),
        merchant_id: ctx.ids().next(),
        domain,
        name: String::new(),
        locale: Locale::from(Language::En),
        zone: Zone::UTC,
        country: None,
        category: None,
        contact: None,
        sector: Sector::General,
        mail_name: None,
        mail_from: None,
        legal_basis: LegalBasis::SoftOptIn,
        status: ShopStatus::Open,
        paused: false,
        policy: Policy::default(),
        settings_version: 1,
        public_version: 1,
        created_at: ctx.now(),
        weekly_mail: true,
        weekly_stop: None,
    })
}

/// The shop that the options describe, and its account if that is new.
fn described(ctx: &Context, fields: &Fields) -> Result<(Shop, Option<Merchant>), Failure> {
    for (name, given) in [("domain", &fields.domain), ("name", &fields.name), ("locale", &fields.locale)] {
        if given.is_none() {
            return Err(Failure::usage(format!("--{name} is needed to open a shop.")));
        }
    }
    check_names(&fields.settings())?;
    let mut shop = blank(ctx)?;
    settings::patch(&mut shop, &fields.settings(), Hand::Operator).map_err(|flaw| option_of(&flaw))?;
    settings::patch_policy(&mut shop.policy, &fields.policy()).map_err(|flaw| option_of(&flaw))?;
    if let Some(id) = fields.merchant.as_deref().and_then(|text| MerchantId::parse(text).ok()) {
        shop.merchant_id = id;
        return Ok((shop, None));
    }
    let name = fields.merchant.clone().unwrap_or_else(|| shop.name.clone());
    let merchant = Merchant { id: shop.merchant_id, name, created_at: shop.created_at };
    Ok((shop, Some(merchant)))
}

/// Runs a command.
pub(crate) fn run(ctx: &Context, command: ShopCommand, shown: &mut Shown<'_>) -> Result<(), Failure> {
    match command {
        ShopCommand::Create(fields) => create(ctx, &fields, shown),
        ShopCommand::List => list(ctx, shown),
        ShopCommand::Set(set) => change(ctx, &set, shown),
        ShopCommand::Close(which) => stand(ctx, &which, ShopStatus::Closed, shown),
        ShopCommand::Suspend(which) => stand(ctx, &which, ShopStatus::Suspended, shown),
        ShopCommand::Reopen(which) => stand(ctx, &which, ShopStatus::Open, shown),
    }
}

fn create(ctx: &Context, fields: &Fields, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let (shop, merchant) = described(ctx, fields)?;
    let new = NewShop::new(ctx, shop.clone(), merchant).map_err(|error| Failure::new(error.to_string()))?;
    let (secret, key) = match ctx.db().write_now(move |tx| merchants::open_shop(tx, new))? {
        Opened::Open { webhook_secret, api_key } => (webhook_secret.text, api_key.text),
        Opened::DomainTaken => {
            return Err(Failure::new(format!("Another shop has the domain {}. See: attesta shop list", shop.domain)));
        }
        Opened::NoMerchant(id) => return Err(Failure::usage(format!("--merchant: there is no merchant {id}."))),
    };
    let answer = json!({ "shop": shop.id, "domain": shop.domain, "webhook_secret": secret, "api_key": key });
    let text = format!(
        "Opened {name} at {domain}.\n\n  shop            {id}\n  webhook secret  {secret}\n  API key         {key}\n\n\
         Keep both keys now: they are not shown again (attesta key rotate makes new ones).\n\
         Send signed events to {events}\nTry it: attesta event send order.fulfilled --shop {domain}",
        name = shop.name,
        domain = shop.domain,
        id = shop.id,
        events = ctx.links().to(path::V1_EVENTS, &[&shop.domain]),
    );
    shown.say(&answer, &text)
}

fn list(ctx: &Context, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let shops = ctx.db().read_now(merchants::all)?;
    if shops.is_empty() {
        let text = "There is no shop yet. Open one: attesta shop create --domain D --name N --locale L";
        return shown.say(&json!({ "shops": [] }), text);
    }
    let lines: Vec<_> = shops.iter().map(line).collect();
    shown.say(&json!({ "shops": shops.iter().map(view).collect::<Vec<_>>() }), &lines.join("\n"))
}

fn line(shop: &Shop) -> String {
    let policy = &shop.policy;
    let standing = if shop.paused && shop.is_open() { "paused" } else { shop.status.as_str() };
    format!(
        "{}  {:<9}  {}  {}  invites {} after {}",
        shop.id, standing, shop.domain, shop.name, policy.invite_after, policy.invite_on
    )
}

fn view(shop: &Shop) -> Value {
    let mut view = settings::view(shop);
    if let Some(fields) = view.as_object_mut() {
        fields.insert("merchant".to_owned(), json!(shop.merchant_id));
        fields.insert("policy".to_owned(), settings::view_policy(&shop.policy));
    }
    view
}

fn change(ctx: &Context, set: &Set, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let shop = set.which.find(ctx)?;
    let (mut settings, mut policy) = (set.fields.settings(), set.fields.policy());
    for field in &set.clear {
        let name = field.replace('-', "_");
        let fields = if POLICY_FIELDS.contains(&name.as_str()) { &mut policy } else { &mut settings };
        fields.insert(name, Value::Null);
    }
    let merchant = set.fields.merchant.as_deref().map(merchant_of).transpose()?;
    if settings.is_empty() && policy.is_empty() && merchant.is_none() && set.paused.is_none() {
        return Err(Failure::usage("Nothing to change was given. See: attesta shop set --help"));
    }
    check_names(&settings)?;
    let weekly = ["weekly_mail", "contact"].iter().any(|field| settings.contains_key(*field));
    let paused = set.paused;
    let edit = move |shop: &mut Shop| {
        settings::patch(shop, &settings, Hand::Operator)?;
        settings::patch_policy(&mut shop.policy, &policy)?;
        shop.paused = paused.unwrap_or(shop.paused);
        shop.merchant_id = merchant.unwrap_or(shop.merchant_id);
        Ok(())
    };
    let shop = write(ctx, &shop, edit)?;
    let mut text =
        format!("{} is changed. Invitations that wait are planned again within seconds.\n{}", shop.domain, line(&shop));
    // Wanted, and yet it does not come: that is not found out by waiting for it.
    if let (true, Err(note)) = (weekly, shop.weekly_mail_to()) {
        text = format!("{text}\n{note}");
    }
    shown.say(&view(&shop), &text)
}

fn merchant_of(text: &str) -> Result<MerchantId, Failure> {
    MerchantId::parse(text).map_err(|error| Failure::usage(format!("--merchant: {text}: {error}.")))
}

fn write<F>(ctx: &Context, shop: &Shop, edit: F) -> Result<Shop, Failure>
where
    F: FnOnce(&mut Shop) -> Result<(), Flaw> + Send + 'static,
{
    let id = shop.id;
    done(id, ctx.db().write_now(move |tx| merchants::change(tx, id, edit))?)
}

fn done(id: ShopId, changed: Changed) -> Result<Shop, Failure> {
    match changed {
        Changed::Done(shop) | Changed::Unchanged(shop) => Ok(*shop),
        Changed::Refused(flaw) => Err(option_of(&flaw)),
        Changed::NoShop => Err(Failure::new(format!("There is no shop {id} any more."))),
        Changed::NoMerchant => Err(Failure::usage("--merchant: there is no such merchant.")),
        Changed::DomainTaken => Err(Failure::new("Another shop has this domain. See: attesta shop list")),
        Changed::Raced => Err(Failure::new("The shop was changed at the same moment. Run the command again.")),
    }
}

fn stand(ctx: &Context, which: &Which, status: ShopStatus, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let shop = which.find(ctx)?;
    let before = shop.status;
    let (id, now, days) = (shop.id, ctx.now(), ctx.config().closed_shop_days);
    let shop = done(id, ctx.db().write_now(move |tx| merchants::standing::stand(tx, id, status, now))?)?;
    let means = match status {
        ShopStatus::Open => "It takes events in and invites again.".to_owned(),
        ShopStatus::Closed => format!(
            "Its profile stays; it takes nothing in and invites nobody. {days} days after it was closed its orders and the log of \
             its mails go for good, save orders on which a review rests. Until then: attesta shop reopen {}",
            shop.domain
        ),
        ShopStatus::Suspended => {
            "Its key still reads; it takes nothing in, changes nothing and invites nobody.".to_owned()
        }
    };
    let was = if before == status { "was already" } else { "is" };
    shown.say(&view(&shop), &format!("{} {was} {status}. {means}", shop.domain))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        command: ShopCommand,
    }

    #[test]
    fn a_shop_is_named_in_place_or_by_option_never_twice() {
        let close = |words: &[&str]| Line::try_parse_from(words).map(|line| line.command);
        assert!(matches!(close(&["shop", "close", "b.example"]), Ok(ShopCommand::Close(_))));
        assert!(matches!(close(&["shop", "close", "--shop", "b.example"]), Ok(ShopCommand::Close(_))));
        assert!(close(&["shop", "close"]).is_err());
        assert!(close(&["shop", "close", "a.example", "--shop", "b.example"]).is_err());
    }
}
