//! The settings and the policy of a shop as options, turned into the fields of the API: one check serves both.

use clap::Args;
use serde_json::{Map, Value, json};

/// The settings of a shop, as options.
#[derive(Debug, Args)]
pub(crate) struct Fields {
    /// Its domain, unique here: bottega.example
    #[arg(long)]
    pub(super) domain: Option<String>,
    /// Its name, as customers know it.
    #[arg(long)]
    pub(super) name: Option<String>,
    /// Its language: it, en-GB, ...
    #[arg(long)]
    pub(super) locale: Option<String>,
    /// Where its days begin: Europe/Rome (default UTC).
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// Why it may write to its customers: `soft_opt_in`, consent or none (default `soft_opt_in`).
    #[arg(long, value_name = "BASIS")]
    legal_basis: Option<String>,
    /// Where it is established: IT
    #[arg(long)]
    country: Option<String>,
    /// What it sells.
    #[arg(long)]
    category: Option<String>,
    /// Its public contact address.
    #[arg(long)]
    contact: Option<String>,
    /// Its name in the From of mails (default: its name).
    #[arg(long, value_name = "NAME")]
    mail_name: Option<String>,
    /// The address it writes from, once its domain is set up for it: see `attesta mail records`.
    #[arg(long, value_name = "ADDRESS")]
    mail_from: Option<String>,
    /// Rules of its trade: general or `tourism_it` (default general).
    #[arg(long)]
    sector: Option<String>,
    /// The event that starts the clock: created, paid, fulfilled or delivered (default fulfilled).
    #[arg(long, value_name = "EVENT")]
    invite_on: Option<String>,
    /// How long after it to invite: 12h, 7d, 2w (default 7d).
    #[arg(long, value_name = "DELAY")]
    invite_after: Option<String>,
    /// Local hours in which mails leave: 9-20 (default any).
    #[arg(long, value_name = "FROM-TO")]
    hours: Option<String>,
    /// One invitation per person in so many days, 0 for every order (default 30).
    #[arg(long, value_name = "DAYS")]
    cap_days: Option<i64>,
    /// Orders below this total, in minor units, are skipped.
    #[arg(long, value_name = "AMOUNT")]
    min_total: Option<i64>,
    /// Remind once, so long after the invitation.
    #[arg(long, value_name = "DELAY")]
    remind_after: Option<String>,
    /// What is otherwise for some countries and categories, as a JSON list; see docs/invitations.md.
    #[arg(long, value_name = "JSON")]
    exceptions: Option<String>,
    /// Send its numbers once a week to its contact address: true or false (default true).
    #[arg(long, value_name = "BOOL")]
    weekly_mail: Option<bool>,
    /// Its account: a mer_ id, or the name of a new one (default: a new one named like the shop).
    #[arg(long)]
    pub(super) merchant: Option<String>,
}

impl Fields {
    pub(super) fn settings(&self) -> Map<String, Value> {
        let given = [
            ("domain", &self.domain),
            ("name", &self.name),
            ("locale", &self.locale),
            ("time_zone", &self.time_zone),
            ("legal_basis", &self.legal_basis),
            ("country", &self.country),
            ("category", &self.category),
            ("contact", &self.contact),
            ("mail_name", &self.mail_name),
            ("mail_from", &self.mail_from),
            ("sector", &self.sector),
        ];
        let given = given.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text.as_ref()?))));
        given.chain(self.weekly_mail.map(|wanted| ("weekly_mail".to_owned(), json!(wanted)))).collect()
    }

    pub(super) fn policy(&self) -> Map<String, Value> {
        let given = [
            ("invite_on", self.invite_on.as_ref().map(|text| json!(text))),
            ("invite_after", self.invite_after.as_ref().map(|text| json!(text))),
            ("hours", self.hours.as_deref().map(window)),
            ("cap_days", self.cap_days.map(|days| json!(days))),
            ("min_total", self.min_total.map(|amount| json!(amount))),
            ("remind_after", self.remind_after.as_ref().map(|text| json!(text))),
            // What is no JSON stays a text, which the check refuses as no list.
            ("exceptions", self.exceptions.as_ref().map(|t| serde_json::from_str(t).unwrap_or_else(|_bad| json!(t)))),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

/// `9-20` as the API writes it; anything else is left for the check to refuse.
fn window(text: &str) -> Value {
    let hour = |text: &str| text.trim().parse::<i64>().ok();
    match text.split_once('-').map(|(from, to)| (hour(from), hour(to))) {
        Some((Some(from), Some(to))) => json!({ "from": from, "to": to }),
        _ => json!(text),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        fields: Fields,
    }

    #[test]
    fn options_become_the_fields_of_the_api() {
        let line = "create --domain b.example --invite-on paid --hours 9-20 --cap-days 0 --remind-after 7d";
        let fields = Line::try_parse_from(line.split(' ')).unwrap().fields;
        assert_eq!(json!(fields.settings()), json!({ "domain": "b.example" }));
        let policy =
            json!({ "invite_on": "paid", "hours": { "from": 9, "to": 20 }, "cap_days": 0, "remind_after": "7d" });
        assert_eq!(json!(fields.policy()), policy);
    }
}
