//! What stands below each kind in the gallery: its tag and its forms without a script, ready to copy.

use super::{Attribute, FamilyFace, KindFace, Options, ShopFace};
use crate::badges::widget::kind::{Family, Kind};
use crate::kernel::locale::Language;
use crate::links::{Links, path};
use crate::look::words::{self, fill};

/// Makes what stands below each kind.
pub(super) struct Maker<'a> {
    pub(super) language: Language,
    pub(super) options: &'a Options,
    pub(super) shop: Option<&'a ShopFace>,
    pub(super) links: &'a Links,
}

impl Maker<'_> {
    pub(super) fn family(&self, family: Family) -> FamilyFace {
        let words = &words::of(self.language).gallery;
        let (name, title, more) = match family {
            Family::Micro => ("micro", words.micro, words.micro_more),
            Family::Summary => ("summary", words.summary, words.summary_more),
            Family::Stream => ("stream", words.stream, words.stream_more),
            Family::Overlay => ("overlay", words.overlay, words.overlay_more),
            Family::Product => ("product", words.product, words.product_more),
            Family::Collector => ("collect", words.collector, words.collector_more),
        };
        let kinds = Kind::ALL.iter().filter(|kind| kind.family() == family).map(|kind| self.kind(*kind)).collect();
        FamilyFace { name, title, more, kinds }
    }

    fn kind(&self, kind: Kind) -> KindFace {
        let attributes = self.attributes(kind);
        let link = self.shop.map(|shop| format!("<a href=\"{}\">{}</a>", escaped(&shop.url), escaped(&shop.link)));
        let link = link.unwrap_or_default();
        let written: Vec<String> =
            attributes.iter().map(|one| format!(" {}=\"{}\"", one.name, escaped(&one.value))).collect();
        let written = written.concat();
        let frame = (kind.stands_still() && self.shop.is_some()).then(|| self.frame(kind));
        let picture = self.shop.is_some().then(|| self.picture(kind));
        KindFace {
            name: kind.name(),
            word: kind.name().replace('-', "_"),
            tag: format!("<attesta-widget{written}>{link}</attesta-widget>"),
            css: kind.reserve(),
            frame_tag: frame.as_deref().map(|url| self.frame_tag(kind, url)).unwrap_or_default(),
            frame,
            fragment: self.still(kind, path::WIDGET_FRAGMENT, false),
            picture_tag: picture.as_deref().map(|url| self.picture_tag(kind, url)).unwrap_or_default(),
            mail_tag: picture.as_deref().map(|url| self.mail_tag(kind, url)).unwrap_or_default(),
            picture,
            attributes,
        }
    }

    /// Empty where there is nothing to show: no shop, or no product.
    fn attributes(&self, kind: Kind) -> Vec<Attribute> {
        let options = self.options;
        if self.shop.is_none() || (kind.of_product() && options.sku.is_empty()) {
            return Vec::new();
        }
        let filters = kind.reads_reviews();
        let all = [
            ("shop", options.shop.as_str(), true),
            ("kind", kind.name(), true),
            ("sku", &options.sku, kind.of_product()),
            ("theme", &options.theme, true),
            ("locale", &options.locale, true),
            ("stars", &options.stars, filters),
            ("language", &options.language, filters),
            ("min-count", &options.min_count, true),
        ];
        let given = all.into_iter().filter(|(_, value, fits)| *fits && !value.is_empty());
        given.map(|(name, value, _)| Attribute { name, value: value.to_owned() }).collect()
    }

    fn frame(&self, kind: Kind) -> String {
        self.still(kind, path::WIDGET_FRAME, true)
    }

    /// The address of a form without a script.
    fn still(&self, kind: Kind, pattern: &str, themed: bool) -> String {
        let options = self.options;
        let all = [
            ("locale", self.spoken().tag(), true),
            ("theme", options.theme.as_str(), themed),
            ("sku", &options.sku, kind.of_product()),
            ("stars", &options.stars, kind.reads_reviews()),
            ("language", &options.language, kind.reads_reviews()),
        ];
        format!("{}?{}", self.links.to(pattern, &[&options.shop, &kind.name()]), query(&all))
    }

    fn picture(&self, kind: Kind) -> String {
        let options = self.options;
        let filters = kind.pictures_reviews();
        let all = [
            ("kind", kind.name(), true),
            ("theme", if options.theme.is_empty() { "auto" } else { &options.theme }, true),
            ("locale", self.spoken().tag(), true),
            ("sku", &options.sku, kind.of_product()),
            ("stars", &options.stars, filters),
            ("language", &options.language, filters),
        ];
        format!("{}?{}", self.links.badge(&options.shop), query(&all))
    }

    /// The language of the words in what is shown.
    fn spoken(&self) -> Language {
        Language::of_tag(&self.options.locale).unwrap_or(self.language)
    }

    /// The picture in its link.
    fn picture_tag(&self, kind: Kind, url: &str) -> String {
        self.linked(kind, &format!("src=\"{}\"", escaped(url)))
    }

    /// The same for mails, whose readers show no SVG: a PNG of twice as many pixels as it takes room for.
    fn mail_tag(&self, kind: Kind, url: &str) -> String {
        if !crate::look::raster::BUILT {
            return String::new();
        }
        let png = escaped(&url.replacen(".svg?", ".png?", 1));
        // What is as wide as its words has no width to write down: it comes small, and large for dense screens.
        match kind.picture_width() {
            Some(width) => self.linked(kind, &format!("src=\"{png}\" width=\"{width}\"")),
            None => self.linked(kind, &format!("src=\"{png}&amp;scale=1\" srcset=\"{png} 2x\"")),
        }
    }

    fn linked(&self, kind: Kind, image: &str) -> String {
        let Some(shop) = self.shop else { return String::new() };
        let link = if kind.of_product() {
            self.links.product(&self.options.shop, &self.options.sku)
        } else {
            shop.url.clone()
        };
        let (link, words) = (escaped(&link), escaped(&self.picture_words(kind, shop)));
        format!("<a href=\"{link}\"><img {image} alt=\"{words}\"></a>")
    }

    /// What is read where the picture is not shown: nothing that changes with the next review.
    fn picture_words(&self, kind: Kind, shop: &ShopFace) -> String {
        let words = &words::of(self.spoken()).widget;
        if kind.family() == Family::Collector {
            return format!("{} {}", fill(words.collect_title, &[("shop", &shop.name)]), words.collect);
        }
        fill(words.certified_of, &[("name", &shop.name)])
    }

    fn frame_tag(&self, kind: Kind, url: &str) -> String {
        let (width, height) = kind.pixels();
        let width = width.map_or_else(|| "100%".to_owned(), |width| width.to_string());
        let title = self.shop.map(|shop| escaped(&shop.link)).unwrap_or_default();
        format!(
            "<iframe src=\"{}\" width=\"{width}\" height=\"{height}\" title=\"{title}\" loading=\"lazy\" \
             sandbox=\"allow-popups allow-popups-to-escape-sandbox\" referrerpolicy=\"no-referrer\"></iframe>",
            escaped(url)
        )
    }
}

/// What was given and fits, as a query.
fn query(all: &[(&str, &str, bool)]) -> String {
    let given = all.iter().filter(|(_, value, fits)| *fits && !value.is_empty());
    let given: Vec<(&str, &str)> = given.map(|(name, value, _)| (*name, *value)).collect();
    // Pairs of plain texts always serialise.
    serde_urlencoded::to_string(given).unwrap_or_default()
}

/// As it stands in an attribute or a text of somebody's page.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
