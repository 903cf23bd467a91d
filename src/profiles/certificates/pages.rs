//! `/verify`: the form, and in plain words what a certificate proves and what it does not.

use serde::Serialize;

use crate::kernel::locale::Language;
use crate::kernel::time::{Timestamp, UtcDay};
use crate::links::Links;
use crate::look::page::{Frame, Head, Robots, View};
use crate::look::words::Words;
use crate::look::{Broken, Template, template};

use super::claims::Claims;
use super::verify::{Finding, Verdict};

/// The page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct VerifyPage {
    /// Language and addresses.
    pub(crate) frame: Frame,
    /// Where the form is posted.
    pub(crate) action: String,
    /// The keys, for who checks by themselves.
    pub(crate) keys_url: String,
    /// What was pasted.
    pub(crate) given: String,
    /// Nothing was pasted.
    pub(crate) missing: bool,
    /// What was found of it.
    pub(crate) found: Option<Found>,
}

/// What was found.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Found {
    /// Closed code.
    pub(crate) code: &'static str,
    /// The review stands as certified, or as an earlier version of itself.
    pub(crate) good: bool,
    /// Issued here and not altered.
    pub(crate) genuine: bool,
    /// Who issued it, by its own words: text, never a link.
    pub(crate) issuer: Option<String>,
    /// What it certifies.
    pub(crate) facts: Option<Facts>,
}

/// What a genuine certificate says, and what became of the review.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Facts {
    /// The shop's domain, for people.
    pub(crate) shop: String,
    /// Its profile.
    pub(crate) profile_url: String,
    /// The review's page.
    pub(crate) review_url: String,
    /// Its id.
    pub(crate) review: String,
    /// 1 to 5.
    pub(crate) stars: i64,
    /// Which version was certified.
    pub(crate) version: i64,
    /// When it was written.
    pub(crate) written_at: Timestamp,
    /// When the review was first published.
    pub(crate) published_at: Timestamp,
    /// The order event was signed with a key that only the shop holds.
    pub(crate) own_key: bool,
    /// When the order was placed, if known.
    pub(crate) ordered_at: Option<Timestamp>,
    /// When it was delivered, if known.
    pub(crate) delivered_at: Option<Timestamp>,
    /// Closed reason of a restriction in force.
    pub(crate) restricted_for: Option<&'static str>,
    /// Since when the review does not stand.
    pub(crate) gone_since: Option<Timestamp>,
}

impl VerifyPage {
    /// The form alone.
    pub(super) fn empty(language: Language, links: &Links) -> Self {
        Self {
            frame: Frame::new(language, &links.base().to_string(), &links.verify()),
            action: links.verify(),
            keys_url: links.key_set(),
            given: String::new(),
            missing: false,
            found: None,
        }
    }
}

/// What was found of a text.
pub(super) fn found(language: Language, links: &Links, given: String, verdict: &Verdict) -> VerifyPage {
    let finding = verdict.finding;
    let found = Found {
        code: finding.as_str(),
        good: matches!(finding, Finding::Stands | Finding::EditedSince),
        genuine: finding.genuine(),
        issuer: verdict.issuer.clone(),
        facts: verdict.claims.as_deref().map(|claims| facts(claims, verdict, links)),
    };
    // Without a switch of language: what was pasted would be lost.
    let frame = Frame::fixed(language, &links.base().to_string(), &links.verify());
    VerifyPage { frame, given, found: Some(found), ..VerifyPage::empty(language, links) }
}

fn facts(claims: &Claims, verdict: &Verdict, links: &Links) -> Facts {
    let stone = verdict.stone.as_ref();
    Facts {
        shop: claims.shop.domain.clone(),
        profile_url: links.profile(&claims.shop.domain),
        review_url: links.review(claims.sub),
        review: claims.sub.to_string(),
        stars: claims.review.stars,
        version: claims.review.version,
        written_at: claims.review.written_at,
        published_at: claims.review.published_at,
        own_key: claims.checked.signature == "v1a",
        ordered_at: claims.checked.ordered_on.map(UtcDay::start),
        delivered_at: claims.checked.delivered_on.map(UtcDay::start),
        restricted_for: stone.filter(|stone| stone.restriction().is_some()).map(|stone| stone.reason),
        gone_since: stone.map(|stone| stone.date),
    }
}

impl View for VerifyPage {
    fn template() -> &'static Template {
        template!("profiles/certificates/verify", "verify.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        let title = words.verify.title.to_owned();
        if self.found.is_some() || self.missing {
            return Head::private(title);
        }
        Head { title, description: Some(words.verify.lead.to_owned()), robots: Robots::Index, refresh: None }
    }

    fn samples() -> Vec<Self> {
        let links = Links::new(sample_base());
        let empty = Self::empty(Language::It, &links);
        let with =
            |found: Found| Self { given: "eyJhbGciOiJFZERTQSJ9.e30.AA".into(), found: Some(found), ..empty.clone() };
        let refused = Found { code: "foreign_issuer", good: false, genuine: false, issuer: None, facts: None };
        let named = Found { issuer: Some("https://reviews.example".into()), ..refused.clone() };
        let genuine = Found { code: "stands", good: true, genuine: true, facts: Some(sample_facts()), ..named.clone() };
        let bare = Facts {
            own_key: true,
            ordered_at: None,
            delivered_at: None,
            restricted_for: Some("court_order"),
            gone_since: Some(Timestamp::EPOCH),
            ..sample_facts()
        };
        let restricted = Found { code: "restricted", good: false, facts: Some(bare), ..genuine.clone() };
        vec![
            empty.clone(),
            Self { missing: true, ..empty.clone() },
            with(refused),
            with(named),
            with(genuine),
            with(restricted),
        ]
    }
}

fn sample_base() -> crate::links::Base {
    crate::links::Base::listening(std::net::SocketAddr::from(([127, 0, 0, 1], 8080)))
}

fn sample_facts() -> Facts {
    Facts {
        shop: "bottega.example".into(),
        profile_url: "https://attesta.example/shops/bottega.example".into(),
        review_url: "https://attesta.example/reviews/rev_1".into(),
        review: "rev_01kaamjsk0e8xv2f9b4d6h1j3m".into(),
        stars: 4,
        version: 2,
        written_at: Timestamp::EPOCH,
        published_at: Timestamp::EPOCH,
        own_key: false,
        ordered_at: Some(Timestamp::EPOCH),
        delivered_at: Some(Timestamp::EPOCH),
        restricted_for: None,
        gone_since: None,
    }
}

/// Renders the page with its samples; called once at start.
pub(crate) fn check_pages() -> Result<(), Broken> {
    crate::look::check::<VerifyPage>()
}

/// Whether a language has words for every finding.
#[cfg(test)]
pub(super) fn has_words(language: Language, finding: Finding) -> bool {
    let of = crate::look::words::of(language);
    ["findings", "findings_more"].iter().all(|section| of.find(section, finding.as_str()).is_some())
}
