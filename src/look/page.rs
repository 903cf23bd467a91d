//! The layout every page stands in, and what a room says to get one. Strict policy: one external stylesheet,
//! no inline style, no script needed. The public root is the only source of addresses.

use serde::Serialize;

use super::assets;
use super::hbs::{Broken, Template};
use super::words::Words;
use crate::kernel::locale::Language;

/// A page: a typed view, its embedded template, and samples that cover both sides of its conditions.
pub(crate) trait View: Serialize + Sized {
    /// The compiled template; see `look::template!`.
    fn template() -> &'static Template;
    /// Language and addresses.
    fn frame(&self) -> &Frame;
    /// What stands in `<head>`.
    fn head(&self, words: &Words) -> Head;
    /// At least one sample per side of each condition.
    fn samples() -> Vec<Self>;
}

/// Language and addresses of a page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Frame {
    /// Language of the page (texts of people carry their own).
    pub(crate) language: Language,
    /// Public address of the instance, without a trailing slash.
    pub(crate) root: String,
    /// Public address of this page, in whatever language the reader prefers.
    pub(crate) here: String,
    /// The address search engines should list: `here`, or the page in one language where its address names that.
    pub(crate) canonical: String,
    /// The page in each language, itself included; empty where switching makes no sense.
    pub(crate) alternates: Vec<Alternate>,
    /// The same news for programs.
    pub(crate) feeds: Vec<FeedLink>,
    /// What messengers and networks show of a link to it; none for a page that is not to be shared.
    pub(crate) card: Option<CardLink>,
}

/// A feed of what a page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FeedLink {
    /// Media type.
    pub(crate) kind: &'static str,
    /// What it is called.
    pub(crate) title: String,
    /// Address.
    pub(crate) url: String,
}

/// What messengers and networks show of a link, beside title and description.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CardLink {
    /// `website` or `article`, as Open Graph calls it.
    pub(crate) kind: &'static str,
    /// Address of the picture, 1200 × 630; none where this build draws none.
    pub(crate) image: Option<String>,
    /// The picture in one sentence.
    pub(crate) alt: String,
    /// Where a page that wants to embed this one asks how (oEmbed, as JSON and as XML); none where it cannot be embedded.
    pub(crate) embed: Option<EmbedLinks>,
}

/// The two forms of one oEmbed answer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct EmbedLinks {
    /// Address of the JSON.
    pub(crate) json: String,
    /// Address of the XML.
    pub(crate) xml: String,
}

/// The same page in another language.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Alternate {
    /// BCP 47 tag.
    pub(crate) code: &'static str,
    /// The language's own name.
    pub(crate) name: &'static str,
    /// Address.
    pub(crate) url: String,
}

impl Frame {
    /// A page at `here` that exists in every language as `here?lang=xx`.
    pub(crate) fn new(language: Language, root: &str, here: &str) -> Self {
        let alternates = Language::ALL
            .iter()
            .map(|other| Alternate { code: other.tag(), name: other.name(), url: in_language(here, *other) })
            .collect();
        let (root, here) = (root.trim_end_matches('/').to_owned(), here.to_owned());
        Self { language, root, canonical: here.clone(), here, alternates, feeds: Vec::new(), card: None }
    }

    /// The same page under the address that names its language: search engines list each language by itself.
    #[must_use]
    pub(crate) fn chosen(self) -> Self {
        Self { canonical: in_language(&self.here, self.language), ..self }
    }

    /// The same page with feeds of what it shows.
    #[must_use]
    pub(crate) fn with_feeds(self, feeds: Vec<FeedLink>) -> Self {
        Self { feeds, ..self }
    }

    /// The same page with what is shown of a link to it.
    #[must_use]
    pub(crate) fn with_card(self, card: CardLink) -> Self {
        Self { card: Some(card), ..self }
    }

    /// Without a language switch: what answers a POST.
    pub(crate) fn fixed(language: Language, root: &str, here: &str) -> Self {
        Self { alternates: Vec::new(), ..Self::new(language, root, here) }
    }
}

/// The address of a page in a language.
fn in_language(here: &str, language: Language) -> String {
    let mark = if here.contains('?') { '&' } else { '?' };
    format!("{here}{mark}lang={language}")
}

/// What stands in `<head>`.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// Title; " · Attesta" is added.
    pub(crate) title: String,
    /// One sentence for search engines.
    pub(crate) description: Option<String>,
    /// What robots may do.
    pub(crate) robots: Robots,
    /// Look again every so many seconds, as something is under way (the demo): by script, else by reloading.
    pub(crate) refresh: Option<u32>,
}

impl Head {
    /// A page for one person: no robots, no description.
    pub(crate) fn private(title: impl Into<String>) -> Self {
        Self { title: title.into(), description: None, robots: Robots::None, refresh: None }
    }
}

/// What robots may do with a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Robots {
    /// Index it; canonical and alternates are given.
    Index,
    /// Follow its links only.
    FollowOnly,
    /// Stay away.
    None,
}

/// A body in its layout, as `layout.hbs` takes it.
#[derive(Debug, Serialize)]
pub(crate) struct Page<'a> {
    language: Language,
    title: &'a str,
    description: Option<&'a str>,
    robots: Option<&'static str>,
    canonical: Option<&'a str>,
    refresh: Option<u32>,
    frame: &'a Frame,
    live: &'a str,
    share: &'a str,
    locale: String,
    other_locales: Vec<String>,
    css: &'a str,
    mark: &'a str,
    body: &'a str,
}

impl<'a> Page<'a> {
    /// Puts a rendered body into the layout.
    pub(crate) fn new(language: Language, frame: &'a Frame, head: &'a Head, body: &'a str) -> Self {
        let robots = match head.robots {
            Robots::Index => None,
            Robots::FollowOnly => Some("noindex,follow"),
            Robots::None => Some("noindex,nofollow"),
        };
        Self {
            language,
            title: &head.title,
            description: head.description.as_deref(),
            robots,
            canonical: (head.robots == Robots::Index).then_some(frame.canonical.as_str()),
            refresh: head.refresh,
            frame,
            live: assets::live_path(),
            share: assets::share_path(),
            locale: locale(frame.language),
            other_locales: Language::ALL
                .iter()
                .filter(|other| **other != frame.language)
                .copied()
                .map(locale)
                .collect(),
            css: assets::css_path(),
            mark: assets::mark_path(),
            body,
        }
    }

    /// The whole document.
    pub(crate) fn document(&self) -> Result<String, Broken> {
        super::template!("look/layout", "layout.hbs").fill(self.language, self)
    }
}

/// A language as Open Graph wants it, with a territory.
fn locale(language: Language) -> String {
    match language.tag() {
        "en" => "en_GB".to_owned(),
        tag => format!("{tag}_{}", tag.to_ascii_uppercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_an_address_and_one_is_for_everybody() {
        let frame = Frame::new(Language::It, "https://x.example/a/", "https://x.example/a/shops?category=t%C3%A8");
        let urls: Vec<&str> = frame.alternates.iter().map(|other| other.url.as_str()).collect();
        assert!(urls.contains(&"https://x.example/a/shops?category=t%C3%A8&lang=en"), "{urls:?}");
        let head = Head { title: "x".to_owned(), description: None, robots: Robots::Index, refresh: None };
        let page = |frame: &Frame| Page::new(frame.language, frame, &head, "").document().unwrap();
        let (plain, chosen) = (page(&frame), page(&frame.clone().chosen()));
        let canonical = |text: &str, url: &str| text.contains(&format!("<link rel=\"canonical\" href=\"{url}\">"));
        assert!(canonical(&plain, "https://x.example/a/shops?category&#x3D;t%C3%A8"), "{plain}");
        assert!(canonical(&chosen, "https://x.example/a/shops?category&#x3D;t%C3%A8&amp;lang&#x3D;it"), "{chosen}");
        for text in [plain, chosen] {
            assert_eq!(
                text.matches("hreflang=").count(),
                2 * Language::ALL.len(),
                "in the head, but for its own in the menu"
            );
            assert!(text.contains("hreflang=\"x-default\" href=\"https://x.example/a/shops?category&#x3D;t%C3%A8\""));
        }
        let hidden = Head { robots: Robots::FollowOnly, ..head };
        let text = Page::new(Language::It, &frame, &hidden, "").document().unwrap();
        assert!(!text.contains("canonical") && !text.contains("x-default") && text.contains("noindex,follow"));
    }

    #[test]
    fn feeds_are_offered_where_there_are_some() {
        let feed =
            FeedLink { kind: "application/atom+xml", title: "<b>".to_owned(), url: "https://x.example/f".to_owned() };
        let frame = Frame::new(Language::En, "https://x.example", "https://x.example/").with_feeds(vec![feed]);
        let text = Page::new(Language::En, &frame, &Head::private("x"), "").document().unwrap();
        let link =
            "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"&lt;b&gt;\" href=\"https://x.example/f\">";
        assert!(text.contains(link), "{text}");
    }
}
