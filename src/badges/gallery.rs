//! `/widgets`: every kind shown live with a shop's real reviews, its tag to copy, its forms without a script, and what a
//! site with a strict policy has to say. Filled from plain values; the options of its form are a plain GET, so that it
//! works without scripts, where frames stand in for the live widgets.

mod maker;

use serde::Serialize;

use maker::Maker;

use super::widget::files;
use super::widget::kind::Family;
use crate::kernel::locale::Language;
use crate::links::{Links, path};
use crate::look::page::{Frame, Head, Robots, View};
use crate::look::words::{self, Words, fill};
use crate::look::{Broken, Template, template};

/// The page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct GalleryPage {
    frame: Frame,
    /// Whose reviews are shown; `None`: the instance has no shop yet.
    shop: Option<ShopFace>,
    /// What was asked for and is no shop here.
    unknown: Option<String>,
    options: Options,
    locales: Vec<Choice>,
    stars: Vec<Choice>,
    languages: Vec<Choice>,
    families: Vec<FamilyFace>,
    script: String,
    pinned: String,
    policy: String,
    host: String,
    css: String,
    js: String,
    widgets: String,
}

/// The shop as the page needs it.
#[derive(Debug, Clone, Serialize)]
struct ShopFace {
    name: String,
    url: String,
    /// The words of the link inside a tag.
    link: String,
}

/// What the form holds; empty where nothing was chosen.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Options {
    /// The shop's domain or id.
    pub(crate) shop: String,
    /// `light`, `dark` or empty.
    pub(crate) theme: String,
    /// A language of ours.
    pub(crate) locale: String,
    /// `4,5`
    pub(crate) stars: String,
    /// Language of the reviews.
    pub(crate) language: String,
    /// A whole number.
    pub(crate) min_count: String,
    /// A product.
    pub(crate) sku: String,
}

/// A value of a list.
#[derive(Debug, Clone, Serialize)]
struct Choice {
    code: String,
    name: String,
    chosen: bool,
}

/// A family and its kinds.
#[derive(Debug, Clone, Serialize)]
struct FamilyFace {
    name: &'static str,
    title: &'static str,
    more: &'static str,
    kinds: Vec<KindFace>,
}

/// A kind with all its forms.
#[derive(Debug, Clone, Serialize)]
struct KindFace {
    name: &'static str,
    /// Its key in the glossary.
    word: String,
    /// Of the live tag; empty where it cannot be shown.
    attributes: Vec<Attribute>,
    tag: String,
    css: String,
    frame: Option<String>,
    frame_tag: String,
    fragment: String,
    picture: Option<String>,
    picture_tag: String,
    /// The same as PNG; empty where this build draws none.
    mail_tag: String,
}

/// One attribute of a tag.
#[derive(Debug, Clone, Serialize)]
struct Attribute {
    name: &'static str,
    value: String,
}

/// A shop to show.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    /// As the merchant wrote it.
    pub(crate) name: String,
    /// As it stands in addresses.
    pub(crate) domain: String,
    /// Languages its reviews are written in.
    pub(crate) languages: Vec<String>,
}

impl GalleryPage {
    /// The page for these options; `shown` is the shop they lead to, or one to begin with.
    pub(crate) fn of(language: Language, options: Options, shown: Option<&Shown>, links: &Links) -> Self {
        let unknown = Some(options.shop.clone()).filter(|asked| !asked.is_empty() && shown.is_none());
        let shop = shown.map(|shown| ShopFace {
            name: shown.name.clone(),
            url: links.profile(&shown.domain),
            link: fill(words::of(language).widget.certified_of, &[("name", &shown.name)]),
        });
        let file = |name: &str| links.to(path::WIDGET_FILE, &[&name]);
        let options = Options { shop: shown.map_or(options.shop, |shown| shown.domain.clone()), ..options };
        let maker = Maker { language, options: &options, shop: shop.as_ref(), links };
        let families = Family::ALL.iter().map(|family| maker.family(*family)).collect();
        let root = links.base().to_string();
        let script = file(files::NEWEST);
        Self {
            frame: Frame::new(language, &root, &links.to(path::WIDGETS, &[])),
            unknown,
            locales: Language::ALL.iter().map(|own| choice(own.tag(), own.name(), &options.locale)).collect(),
            stars: ["4,5", "3,4,5", "5", "1,2,3"].iter().map(|stars| choice(stars, stars, &options.stars)).collect(),
            languages: shown
                .iter()
                .flat_map(|shown| &shown.languages)
                .map(|code| choice(code, code, &options.language))
                .collect(),
            families,
            pinned: format!(
                "<script async src=\"{}\" integrity=\"{}\" crossorigin></script>",
                file(&files::script().name),
                files::script().integrity
            ),
            policy: format!(
                "script-src {root}/w/;\nconnect-src {root}/w/;\nframe-src {root}/w/; img-src {root}/badges/"
            ),
            host: links.base().host().to_owned(),
            css: file(&files::gallery_css().name),
            js: file(&files::gallery_js().name),
            script: format!("<script async src=\"{script}\"></script>"),
            widgets: script,
            options,
            shop,
        }
    }
}

fn choice(code: &str, name: &str, chosen: &str) -> Choice {
    Choice { code: code.to_owned(), name: name.to_owned(), chosen: code == chosen }
}

impl View for GalleryPage {
    fn template() -> &'static Template {
        template!("badges/gallery", "pages/gallery.hbs")
    }

    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn head(&self, words: &Words) -> Head {
        let plain = self.options.shop.is_empty() || self.shop.is_some();
        Head {
            title: words.gallery.title.to_owned(),
            description: Some(words.gallery.lead.to_owned()),
            robots: if plain { Robots::Index } else { Robots::FollowOnly },
            refresh: None,
        }
    }

    fn samples() -> Vec<Self> {
        let Ok(base) = crate::links::Base::parse("https://attesta.example") else { return Vec::new() };
        let links = Links::new(base);
        let shown = Shown {
            name: "Bottega Ligure".to_owned(),
            domain: "bottega-ligure.example".to_owned(),
            languages: vec!["it".to_owned(), "de".to_owned()],
        };
        let chosen = Options {
            theme: "dark".to_owned(),
            locale: "it".to_owned(),
            stars: "4,5".to_owned(),
            language: "it".to_owned(),
            sku: "tazza-1".to_owned(),
            ..Options::default()
        };
        let lost = Options { shop: "nowhere.example".to_owned(), ..Options::default() };
        let light = Options { theme: "light".to_owned(), ..Options::default() };
        vec![
            Self::of(Language::It, chosen, Some(&shown), &links),
            Self::of(Language::It, light, Some(&shown), &links),
            Self::of(Language::It, lost, None, &links),
        ]
    }
}

/// Renders the page with its samples; called once at start.
pub(crate) fn check_pages() -> Result<(), Broken> {
    crate::look::check::<GalleryPage>()
}

#[cfg(test)]
mod tests {
    use super::super::widget::kind::Kind;
    use super::*;

    #[test]
    fn every_sample_fits_its_template() {
        assert_eq!(check_pages(), Ok(()));
    }

    #[test]
    fn what_is_copied_is_escaped_once_for_the_page_it_goes_to() {
        let base = crate::links::Base::parse("https://x.example/a").unwrap();
        let shown = Shown { name: "A & \"B\" <i>".to_owned(), domain: "b.example".to_owned(), languages: Vec::new() };
        let options = Options { sku: "\"><script>".to_owned(), ..Options::default() };
        let page = GalleryPage::of(Language::En, options, Some(&shown), &Links::new(base));
        let all: Vec<&KindFace> = page.families.iter().flat_map(|family| &family.kinds).collect();
        assert_eq!(all.len(), Kind::ALL.len());
        let stars = all.iter().find(|kind| kind.name == "product-stars").unwrap();
        assert_eq!(
            stars.tag,
            "<attesta-widget shop=\"b.example\" kind=\"product-stars\" sku=\"&quot;&gt;&lt;script&gt;\">\
             <a href=\"https://x.example/a/shops/b.example\">Certified reviews of A &amp; &quot;B&quot; &lt;i&gt;</a></attesta-widget>"
        );
        assert_eq!(
            stars.frame.as_deref(),
            Some("https://x.example/a/w/b.example/product-stars/frame?locale=en&sku=%22%3E%3Cscript%3E")
        );
        let floating = all.iter().find(|kind| kind.name == "floating").unwrap();
        assert!(floating.frame.is_none() && floating.picture.is_some(), "a picture stands still");
        for kind in &all {
            let alt = "alt=\"Certified reviews of A &amp; &quot;B&quot; &lt;i&gt;\"";
            let tags = [&kind.picture_tag, &kind.mail_tag];
            assert!(tags.iter().all(|tag| tag.is_empty() || tag.contains(alt) || kind.name == "collector"), "{tags:?}");
            assert_eq!(kind.mail_tag.contains(".png?"), crate::look::raster::BUILT, "mail programs show no SVG");
        }
        assert_eq!(
            stars.picture_tag,
            "<a href=\"https://x.example/a/shops/b.example/products/%22%3E%3Cscript%3E\"><img \
                 src=\"https://x.example/a/badges/b.example.svg?kind=product-stars&amp;theme=auto&amp;locale=en&amp;\
                 sku=%22%3E%3Cscript%3E\" alt=\"Certified reviews of A &amp; &quot;B&quot; &lt;i&gt;\"></a>"
        );
    }
}
