//! How far the visitor's own order has come: read from the mailbox and the public API, as anybody could.

use serde_json::Value;

use crate::kernel::time::Timestamp;
use crate::links::path;

use super::browser::Failed;
use super::pages::Step;
use super::{Demo, Latest};

/// The four steps of the tour; those that have happened are there.
#[derive(Default)]
pub(super) struct Progress {
    /// Reviews in the public profile now.
    pub(super) reviews: i64,
    pub(super) ordered: Option<Step>,
    pub(super) invited: Option<Step>,
    pub(super) reviewed: Option<Step>,
    pub(super) shown: Option<Step>,
}

/// Page of one captured mail.
pub(super) const MAIL: &str = "/demo/mail/{id}";

/// Looks where the visitor's order is.
pub(super) async fn progress(demo: &Demo) -> Result<Progress, Failed> {
    let (profile, newest) = demo.browser.profile().await?;
    let reviews = profile.get("review_count").and_then(Value::as_i64).unwrap_or(0);
    let Some(latest) = demo.latest() else { return Ok(Progress { reviews, ..Progress::default() }) };
    let links = demo.ctx.links();
    let ordered = Step { at: latest.at, what: latest.number.clone(), url: links.to(super::api::SHOP, &[]) };
    let invited = invitation(demo, &latest)?;
    let reviewed = invited.as_ref().and(newest).and_then(|review| published_since(&review, latest.at));
    let shown = reviewed.as_ref().filter(|_| reviews > latest.reviews_before).map(|step| Step {
        at: step.at,
        what: reviews.to_string(),
        url: links.badge(&demo.browser.shop),
    });
    let reviewed = reviewed.map(|step| Step { url: links.to(path::PROFILE, &[&super::DOMAIN]), ..step });
    Ok(Progress { reviews, ordered: Some(ordered), invited, reviewed, shown })
}

fn invitation(demo: &Demo, latest: &Latest) -> Result<Option<Step>, Failed> {
    let mails = demo.mailbox.list().map_err(|error| Failed(error.to_string()))?;
    // A mail's date has whole seconds.
    let since = latest.at.minus_ms(1000);
    let found = mails
        .into_iter()
        .find(|mail| mail.to.to_lowercase().contains(&latest.email) && mail.date.is_some_and(|at| at >= since));
    Ok(found.map(|mail| Step {
        at: mail.date.unwrap_or(latest.at),
        what: mail.subject,
        url: demo.ctx.links().to(MAIL, &[&mail.id]),
    }))
}

fn published_since(review: &Value, since: Timestamp) -> Option<Step> {
    let at = review.get("published_at").and_then(Value::as_str).and_then(|text| Timestamp::parse(text).ok())?;
    let words =
        |name: &str| review.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let what = words("title").or_else(|| words("text")).or_else(|| words("author")).unwrap_or_default();
    (at >= since).then_some(Step { at, what, url: String::new() })
}
