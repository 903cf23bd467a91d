//! Widgets without a script: the same data as markup. A fragment is for a page that includes it on its server: plain
//! elements with classes, pictures that carry their colours, no style and no script, so that the strictest page takes it.
//! A frame is a whole page of its own that any site may frame; its policy allows its own style and nothing else, and its
//! links open beside the frame, so that it works in a sandbox. Every text is escaped by the templates.

use serde::Serialize;

use super::data::{Data, Said};
use super::files;
use super::kind::{Family, Kind};
use super::words::StreamWords;
use crate::http::stored::{Manner, Stored};
use crate::kernel::locale::Language;
use crate::look::badge::Theme;
use crate::look::words as say;
use crate::look::{Broken, template};

/// What the fragment's template takes.
#[derive(Serialize)]
struct Fragment<'a> {
    kind: &'static str,
    family: &'static str,
    data: &'a Data,
    bars: Vec<Bar>,
    stream: Option<&'a StreamWords>,
    reviews: Vec<&'a Said>,
    scrolls: bool,
}

/// Reviews with a number of stars.
#[derive(Serialize)]
struct Bar {
    stars: i64,
    count: i64,
}

/// What the frame's template takes.
#[derive(Serialize)]
struct Frame<'a> {
    language: Language,
    theme: &'static str,
    title: &'a str,
    css: &'static str,
    fragment: String,
    unknown: Option<&'static str>,
}

const HTML: Manner = Manner {
    content_type: "text/html; charset=utf-8",
    cache_control: "public, max-age=60, stale-while-revalidate=3600",
    vary: "Accept-Encoding",
    language: None,
    policy: None,
};

/// The fragment of a kind, ready to give.
pub(crate) fn fragment(kind: Kind, data: &Data) -> Result<Stored, Broken> {
    Ok(given(inner(kind, data)?, data.locale, "frame-ancestors 'none'".to_owned()))
}

/// The frame of a kind, ready to give.
pub(crate) fn frame(kind: Kind, theme: Theme, data: &Data) -> Result<Stored, Broken> {
    let html = outer(theme, data.locale, &data.words.certified, Ok(inner(kind, data)?))?;
    Ok(given(html, data.locale, framed()))
}

/// What stands in a frame whose shop is not here, under status 404.
pub(crate) fn nobody(theme: Theme, language: Language) -> Result<Stored, Broken> {
    let words = say::of(language).badge.unknown;
    let html = outer(theme, language, words, Err(words))?;
    Ok(given(html, language, framed()).with_status(404))
}

fn inner(kind: Kind, data: &Data) -> Result<String, Broken> {
    let micro = kind.family() == Family::Micro || kind == Kind::ProductStars;
    let tall = matches!(kind, Kind::Vertical | Kind::ProductSummary | Kind::Filtered) && data.review_count > 0;
    let tally = data.tally.iter().rev().filter(|_| tall);
    let mut reviews: Vec<&Said> = data.reviews.iter().flatten().collect();
    if kind == Kind::Quote {
        reviews.retain(|review| !review.title.is_empty() || !review.text.is_empty());
        reviews.truncate(1);
    }
    template!("badges/fragment", "pages/fragment.hbs").fill(
        data.locale,
        &Fragment {
            kind: kind.name(),
            family: if micro { "micro" } else { "other" },
            data,
            bars: tally.map(|(stars, count)| Bar { stars: *stars, count: *count }).collect(),
            stream: data.words.stream.as_ref(),
            reviews,
            scrolls: kind != Kind::Quote,
        },
    )
}

/// The frame around a fragment, or around the words for its absence.
fn outer(theme: Theme, language: Language, title: &str, body: Result<String, &'static str>) -> Result<String, Broken> {
    let (fragment, unknown) = match body {
        Ok(fragment) => (fragment, None),
        Err(words) => (String::new(), Some(words)),
    };
    let theme = match theme {
        Theme::Light => "light",
        Theme::Dark => "dark",
        Theme::Auto => "auto",
    };
    let frame = Frame { language, theme, title, css: files::frame_css(), fragment, unknown };
    template!("badges/frame", "pages/frame.hbs").fill(language, &frame)
}

fn framed() -> String {
    format!("style-src '{}'; frame-ancestors *", files::frame_css_hash())
}

fn given(html: String, language: Language, policy: String) -> Stored {
    let policy = format!("default-src 'none'; base-uri 'none'; form-action 'none'; {policy}");
    Stored::new(html.into_bytes(), &Manner { language: Some(language.tag()), policy: Some(policy), ..HTML })
}
