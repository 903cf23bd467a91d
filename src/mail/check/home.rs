//! Puts a sample at home on an instance: the addresses in it begin with what the instance's own begin with, so that what is looked over is
//! what customers would get. A link that a template makes up by itself stays where it leads, and is found.

use super::super::context::{Frame, MailContext, StarLinks};
use super::base_of;
use crate::links::Base;

/// The sample with its links below this base; as it is where there is none.
pub(super) fn moved(sample: MailContext, base: Option<&Base>) -> MailContext {
    let from = base_of(&sample.frame().shop.profile_url).to_owned();
    moved_from(&from, sample, base)
}

/// The same for a context whose links lead elsewhere than its shop's profile.
pub(super) fn moved_from(from: &str, mut sample: MailContext, base: Option<&Base>) -> MailContext {
    let Some(base) = base else { return sample };
    let home = |url: &mut String| {
        if let Some(rest) = url.strip_prefix(from) {
            *url = format!("{base}{rest}");
        }
    };
    match &mut sample {
        MailContext::Invitation(mail) => {
            frame(&mut mail.frame, base, home);
            stars(&mut mail.stars, home);
            home(&mut mail.unsubscribe_url);
        }
        MailContext::Reminder(mail) => {
            frame(&mut mail.frame, base, home);
            stars(&mut mail.stars, home);
            home(&mut mail.unsubscribe_url);
        }
        MailContext::ReplyNotice(mail) => {
            frame(&mut mail.frame, base, home);
            [&mut mail.review.url, &mut mail.answer_url, &mut mail.unsubscribe_url].into_iter().for_each(home);
        }
        MailContext::RestrictionStatement(mail) => {
            frame(&mut mail.frame, base, home);
            [&mut mail.review.url, &mut mail.edit_url].into_iter().for_each(home);
        }
        MailContext::FreshLink(mail) => {
            frame(&mut mail.frame, base, home);
            home(&mut mail.form_url);
        }
        MailContext::ReviewReceived(mail) => {
            frame(&mut mail.frame, base, home);
            [&mut mail.review.url, &mut mail.manage_url, &mut mail.unsubscribe_url].into_iter().for_each(home);
        }
        MailContext::AnswerShown(mail) => {
            frame(&mut mail.frame, base, home);
            [&mut mail.review.url, &mut mail.manage_url, &mut mail.unsubscribe_url].into_iter().for_each(home);
        }
        MailContext::WeeklyNumbers(mail) => {
            frame(&mut mail.frame, base, home);
            home(&mut mail.unsubscribe_url);
            if let Some(plot) = &mut mail.plot {
                plot.id = format!("plot@{}", base.host());
            }
        }
    }
    sample
}

fn frame(frame: &mut Frame, base: &Base, home: impl Fn(&mut String)) {
    [&mut frame.shop.profile_url, &mut frame.privacy_url].into_iter().for_each(home);
    base.host().clone_into(&mut frame.operator);
}

fn stars(stars: &mut StarLinks, home: impl Fn(&mut String)) {
    let StarLinks { form, one, two, three, four, five } = stars;
    [form, one, two, three, four, five].into_iter().for_each(home);
}
