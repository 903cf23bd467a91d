//! The letter: the numbers as they stand when it leaves, in the shop's language.

use super::store;
use super::{WEEKLY_NUMBERS, plot, stop, weeks};
use crate::context::Context;
use crate::db::{self, Connection};
use crate::desk::accounting::{self, Cohort, Numbers};
use crate::jobs::Subject;
use crate::kernel::locale::Language;
use crate::kernel::time::UtcDay;
use crate::keyring::PersonHash;
use crate::look::words;
use crate::mail::context::{Frame, MailContext, Picture, ReasonCount, WeekCount, WeekNumbers, WeeklyNumbers};
use crate::mail::identity::Identity;
use crate::mail::letter::{Draft, Fate, Letter, Mail, Owner, Settled, Stop};
use crate::mail::returned::{Back, ReturnKind};
use crate::merchants::{self, Shop, WeeklyEnd, WeeklyStop};

/// Days after which nobody wants to know any more.
const STALE_DAYS: i64 = 14;

/// The letter of kind [`WEEKLY_NUMBERS`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WeeklyLetter;

impl Letter for WeeklyLetter {
    fn kind(&self) -> &'static str {
        WEEKLY_NUMBERS
    }

    fn owner(&self) -> Option<Owner> {
        Some(store::SUBJECTS)
    }

    fn draft(&self, conn: &mut Connection, ctx: &Context, subject: Subject) -> db::Result<Draft> {
        let Some(shop) = merchants::load(conn, subject.id())? else { return Ok(Draft::Gone) };
        let Some(monday) = store::week_told(conn, shop.id)? else { return Ok(Draft::Gone) };
        let edition = monday.number();
        let nothing = |reason| Ok(Draft::Drop(Stop { shop_id: shop.id, edition, reason }));
        let Ok(to) = shop.weekly_mail_to() else { return nothing("not_wanted") };
        if ctx.now().day() > monday.plus(STALE_DAYS) {
            return nothing("too_late");
        }
        let weeks = weeks(conn, &shop, monday)?;
        let context = MailContext::WeeklyNumbers(Box::new(context(ctx, &shop, monday, &weeks)?));
        let language = shop.locale.language();
        // To the shop itself, so in the instance's own name.
        let (identity, zone) = (Identity::default(), shop.zone);
        Ok(Draft::Send(Box::new(Mail {
            shop_id: shop.id,
            edition,
            to,
            identity,
            reply_to: None,
            language,
            zone,
            hours: None,
            context,
        })))
    }

    fn settle(&self, tx: &mut Connection, ctx: &Context, subject: Subject, what: &Settled) -> db::Result<()> {
        match what.fate {
            Fate::Bounced(_) => stop::stop(tx, subject.id(), WeeklyStop { reason: WeeklyEnd::HardBounce, at: what.at }),
            Fate::Sent => match reader(tx, ctx, subject)? {
                Some(person) => store::note_reader(tx, subject.id(), &person, what.at),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// A mailbox that is gone, or that does not want it, gets no more: unless the mail went to an address that is the shop's no longer.
    fn returned(&self, tx: &mut Connection, ctx: &Context, subject: Subject, what: &Back) -> db::Result<bool> {
        let reason = match what.returned.kind {
            ReturnKind::HardBounce => WeeklyEnd::HardBounce,
            ReturnKind::Complaint => WeeklyEnd::Complaint,
            // The next one comes in a week anyway.
            ReturnKind::SoftBounce => return Ok(false),
        };
        let (now, last) = (reader(tx, ctx, subject)?, store::reader(tx, subject.id())?);
        let same = last.is_none_or(|(person, since)| Some(person) == now && what.sent_at >= since);
        if same {
            stop::stop(tx, subject.id(), WeeklyStop { reason, at: what.returned.at })?;
        }
        Ok(false)
    }
}

/// Whom the shop has it sent to now.
fn reader(conn: &mut Connection, ctx: &Context, subject: Subject) -> db::Result<Option<PersonHash>> {
    let contact = merchants::load(conn, subject.id())?.and_then(|shop| shop.reply_to());
    Ok(contact.map(|address| ctx.keyring().person(&address)))
}

fn context(ctx: &Context, shop: &Shop, monday: UtcDay, weeks: &[Vec<Cohort>]) -> db::Result<WeeklyNumbers> {
    let language = shop.locale.language();
    let totals: Vec<Numbers> = weeks.iter().map(|week| accounting::total(week)).collect();
    let nth_last = |n: usize| totals.iter().rev().nth(n).cloned().unwrap_or_default();
    let (week, before) = (nth_last(0), nth_last(1));
    let days: Vec<UtcDay> = weeks.iter().filter_map(|week| week.first().map(|cohort| cohort.day)).collect();
    let domain = shop.domain.to_string();
    let frame = Frame::new(ctx.links(), (&shop.name, &domain), None, false);
    let token = stop::token(ctx, shop.id, monday)?;
    Ok(WeeklyNumbers {
        from: date(language, monday.plus(-7)),
        to: date(language, monday.plus(-1)),
        reasons: reasons(language, &week),
        week: numbers(language, &week),
        before: numbers(language, &before),
        weeks: days.iter().zip(&totals).rev().map(|(day, numbers)| week_count(language, *day, numbers)).collect(),
        unsubscribe_url: ctx.links().weekly_stop(&token),
        plot: plot::png(language, &days, &totals).map(|png| Picture { id: format!("plot@{}", frame.operator), png }),
        frame,
    })
}

fn date(language: Language, day: UtcDay) -> String {
    let iso = day.start().to_string();
    words::date(language, &iso).unwrap_or_else(|| day.to_string())
}

fn numbers(language: Language, of: &Numbers) -> WeekNumbers {
    let said = |n: i64| words::number(language, n);
    let [waiting, scheduled, held, sent, reviewed, skipped, failed] = of.places().map(|(_, n)| said(n));
    WeekNumbers {
        orders: said(of.orders),
        eligible: said(of.eligible),
        invited: said(of.invited),
        waiting,
        scheduled,
        held,
        sent,
        reviewed,
        skipped,
        failed,
        bounced: said(of.bounced),
        form_started: said(of.form_started),
    }
}

/// Why orders of the week were held, skipped or not delivered, the most frequent first.
fn reasons(language: Language, of: &Numbers) -> Vec<ReasonCount> {
    let all = [&of.held, &of.skipped, &of.failed];
    let mut all: Vec<(&String, i64)> =
        all.into_iter().flatten().map(|(code, n)| (code, *n)).filter(|(_, n)| *n > 0).collect();
    all.sort_by(|(a_code, a), (b_code, b)| b.cmp(a).then_with(|| a_code.cmp(b_code)));
    let said = |(code, n): (&String, i64)| ReasonCount {
        reason: words::word(language, "reasons", code),
        count: words::number(language, n),
    };
    all.into_iter().map(said).collect()
}

fn week_count(language: Language, day: UtcDay, of: &Numbers) -> WeekCount {
    WeekCount {
        day: date(language, day),
        short: words::short_date(language, &day.start().to_string()).unwrap_or_else(|| day.to_string()),
        orders: words::number(language, of.orders),
        invited: words::number(language, of.invited),
        reviewed: words::number(language, of.reviewed),
    }
}
