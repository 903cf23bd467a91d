//! Plays the demo's past through the real doors under the stepped clock: signed webhooks over HTTP, the queue, the mails,
//! the review form, the shop's API. Nothing is written past them.

use std::collections::BTreeMap;

use crate::context::Context;
use crate::jobs::Runner;
use crate::kernel::time::{DAY, HOUR, Timestamp};
use crate::mail::transport::capture::Mailbox;

use super::browser::{Browser, Failed};
use super::clock::DemoClock;
use super::event;
use super::story::{AMENDS, Amend, CANCELLED, CHAPTERS, Chapter, Deed};

/// Days from the parcel to the invitation in the demo's past.
const INVITED_AFTER: i64 = 7 * DAY;

/// Everything the past is played with.
pub(super) struct Seed<'a> {
    pub(super) ctx: &'a Context,
    pub(super) clock: &'a DemoClock,
    pub(super) runner: &'a Runner,
    pub(super) mailbox: &'a Mailbox,
    pub(super) browser: &'a Browser,
}

enum Act {
    Parcel(Chapter, usize),
    Invitations,
    Deed(Chapter),
    Reply(Chapter, &'static str),
    Amend(Chapter, Amend),
    OrderThenCancel(Chapter),
    Forgery,
}

impl Seed<'_> {
    /// Plays everything up to `today`; the clock stands there afterwards.
    pub(super) async fn play(&self, today: Timestamp) -> Result<(), Failed> {
        let mut begun = false;
        for ((at, _), act) in acts(today) {
            self.clock.step_to(at);
            if !begun {
                // Orders are told apart by the day on which their id was made: those of the past get ids of the past.
                self.ctx.ids().go_back_to_the_clock();
                begun = true;
            }
            match act {
                Act::Parcel(chapter, n) => self.parcel(&chapter, n).await?,
                Act::Invitations => self.send().await?,
                Act::Deed(chapter) => self.deed(&chapter).await?,
                Act::Reply(chapter, text) => self.reply(&chapter, text).await?,
                Act::Amend(chapter, amend) => self.amend(&chapter, &amend).await?,
                Act::OrderThenCancel(chapter) => self.order_then_cancel(&chapter).await?,
                Act::Forgery => self.forgery().await?,
            }
        }
        self.clock.step_to(today);
        self.send().await
    }

    /// Somebody else's signature: the shop finds it among its rejected webhooks.
    async fn forgery(&self) -> Result<(), Failed> {
        let event = event::fulfilled(&chapter_order(&CANCELLED, 0), self.ctx.now());
        self.browser.post_forged_event(&event).await
    }

    async fn parcel(&self, chapter: &Chapter, n: usize) -> Result<(), Failed> {
        self.browser.post_event(&event::fulfilled(&chapter_order(chapter, n), self.ctx.now())).await.map(drop)
    }

    async fn order_then_cancel(&self, chapter: &Chapter) -> Result<(), Failed> {
        let order = chapter_order(chapter, 900);
        self.browser.post_event(&event::fulfilled(&order, self.ctx.now())).await?;
        self.clock.step_to(self.ctx.now().plus_ms(5 * HOUR));
        self.browser.post_event(&event::cancelled(&order, self.ctx.now())).await.map(drop)
    }

    async fn send(&self) -> Result<(), Failed> {
        while self.runner.run_due().await.map_err(|error| Failed(error.to_string()))? > 0 {}
        Ok(())
    }

    async fn deed(&self, chapter: &Chapter) -> Result<(), Failed> {
        match chapter.deed {
            Deed::Nothing => Ok(()),
            Deed::Unsubscribe => self.browser.unsubscribe(&self.link(chapter, "/u/")?).await,
            Deed::Review(stars, title, text, product) => {
                self.browser
                    .review(
                        &self.link(chapter, "/r/")?,
                        &[
                            ("stars", stars.to_string()),
                            ("title", title.to_owned()),
                            ("text", text.to_owned()),
                            ("name", short_name(chapter.name)),
                        ],
                        product,
                    )
                    .await
            }
        }
    }

    async fn reply(&self, chapter: &Chapter, text: &str) -> Result<(), Failed> {
        let id = self.browser.newest_review_by(&short_name(chapter.name)).await?;
        self.browser.reply(&id, text).await?;
        self.send().await
    }

    /// The customer comes back by the link of the notice that the shop has replied.
    async fn amend(&self, chapter: &Chapter, amend: &Amend) -> Result<(), Failed> {
        let link = self.link(chapter, "/r/")?;
        let (stars, title, text) = amend.review;
        let name = short_name(chapter.name);
        let review =
            [("stars", stars.to_string()), ("title", title.to_owned()), ("text", text.to_owned()), ("name", name)];
        self.browser.post_form(&link, "/edit", &review).await?;
        self.browser.post_form(&link, "/answer", &[("text", amend.answer.to_owned())]).await
    }

    /// The link with this part in the newest mail to the chapter's customer, read from the mail as a person would.
    fn link(&self, chapter: &Chapter, part: &str) -> Result<String, Failed> {
        let missing = || Failed(format!("the demo's past has no mail to {} with {part}", chapter.name));
        let all = self.mailbox.list().map_err(|error| Failed(error.to_string()))?;
        let entry = all.into_iter().find(|entry| entry.to.contains(chapter.email)).ok_or_else(missing)?;
        let mail = self.mailbox.read(entry.id).map_err(|error| Failed(error.to_string()))?.ok_or_else(missing)?;
        let mut words = mail.text.split(|c: char| c.is_whitespace() || "<>()".contains(c));
        words.find(|word| word.starts_with("http") && word.contains(part)).map(str::to_owned).ok_or_else(missing)
    }
}

/// Everything that happens, in order of time.
fn acts(today: Timestamp) -> BTreeMap<(Timestamp, usize), Act> {
    let mut acts = BTreeMap::new();
    let mut put = |at: Timestamp, act: Act| {
        let n = acts.len();
        acts.insert((at, n), act);
    };
    for (n, chapter) in CHAPTERS.iter().enumerate() {
        let minutes = i64::try_from(n * 7 % 60).unwrap_or(0) * 60_000;
        let parcel = today.minus_ms(chapter.days_ago * DAY + minutes);
        let invited = parcel.plus_ms(INVITED_AFTER + 2 * HOUR);
        let deed = invited.plus_ms(9 * HOUR + minutes);
        put(parcel, Act::Parcel(*chapter, n));
        put(invited, Act::Invitations);
        put(deed, Act::Deed(*chapter));
        if let Some((hours, text)) = chapter.reply {
            let reply = deed.plus_ms(hours * HOUR);
            put(reply, Act::Reply(*chapter, text));
            if let Some(amend) = AMENDS.iter().find(|amend| amend.name == chapter.name) {
                put(reply.plus_ms(amend.days * DAY), Act::Amend(*chapter, *amend));
            }
        }
    }
    put(today.minus_ms(CANCELLED.days_ago * DAY), Act::OrderThenCancel(CANCELLED));
    put(today.minus_ms(2 * DAY), Act::Forgery);
    acts
}

fn chapter_order(chapter: &Chapter, n: usize) -> event::DemoOrder {
    event::DemoOrder {
        number: format!("#{}", 1041 + n),
        name: chapter.name.to_owned(),
        email: chapter.email.to_owned(),
        locale: chapter.locale.to_owned(),
        country: Some(chapter.country.to_owned()),
        product: chapter.product,
    }
}

/// "Giulia F.", as people sign in public.
fn short_name(name: &str) -> String {
    match name.split_once(' ') {
        Some((first, last)) => format!("{first} {}.", last.chars().next().unwrap_or(' ')),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_is_played_in_order_and_ends_before_today() {
        let today = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
        let acts = acts(today);
        assert!(acts.len() > 75, "a past with months of life in it, not {} acts", acts.len());
        let last = acts.keys().next_back().unwrap().0;
        assert!(last < today, "nothing of the past lies in the future: {last}");
        for stars in 1..=5 {
            let some = CHAPTERS.iter().any(|chapter| matches!(chapter.deed, Deed::Review(given, ..) if given == stars));
            assert!(some, "a visitor sees an honest profile: someone gave {stars}");
        }
    }

    #[test]
    fn names_are_signed_as_in_public() {
        assert_eq!(short_name("Giulia Ferri"), "Giulia F.", "first name and an initial");
    }
}
