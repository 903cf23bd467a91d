//! The kinds of widgets: their names for ever, their families, and the room each takes on a page. The same sizes go into
//! the script, the gallery and the line of CSS that reserves the room before the script has come.

/// What a kind is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// One line within a text, a header or a footer.
    Micro,
    /// The score at a glance.
    Summary,
    /// Reviews to read.
    Stream,
    /// Reviews behind a button.
    Overlay,
    /// About one product.
    Product,
    /// How to leave a review.
    Collector,
}

impl Family {
    /// Every family, in the order of the gallery.
    pub(crate) const ALL: [Self; 6] =
        [Self::Micro, Self::Summary, Self::Stream, Self::Overlay, Self::Product, Self::Collector];
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $family:ident $size:ident $css:literal;)*) => {
        /// One way to show a shop.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// Every kind, in the order of the gallery.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The value of the attribute `kind`.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            /// What it is for.
            pub(crate) const fn family(self) -> Family {
                match self { $(Self::$kind => Family::$family,)* }
            }

            /// The room it takes, in CSS.
            pub(crate) const fn room(self) -> &'static str {
                match self { $(Self::$kind => concat!(kinds!(@$size), $css),)* }
            }
        }
    };
    (@line) => { "display:inline-block;vertical-align:middle;max-inline-size:100%;overflow:hidden;white-space:nowrap;text-overflow:ellipsis;" };
    (@open) => { "display:inline-block;vertical-align:middle;max-inline-size:100%;" };
    (@block) => { "display:block;max-inline-size:100%;" };
    (@corner) => { "display:block;position:fixed;z-index:999;" };
}

kinds! {
    /// The verdict and five stars.
    Stars "stars" Micro line "inline-size:13em;block-size:1.75em";
    /// The score as a number.
    Score "score" Micro line "inline-size:8em;block-size:1.75em";
    /// How many reviews.
    Count "count" Micro line "inline-size:16em;block-size:1.75em";
    /// Stars, score and count.
    Combo "combo" Micro line "inline-size:25em;block-size:1.75em";
    /// A button to the reviews.
    Button "button" Micro line "inline-size:16em;block-size:2.75em";
    /// A small card.
    Mini "mini" Summary block "inline-size:18em;block-size:10.5em";
    /// A band across the page.
    Horizontal "horizontal" Summary block "block-size:7em";
    /// A tall card with the share of each number of stars.
    Vertical "vertical" Summary block "inline-size:18em;block-size:22em";
    /// The latest reviews, one below the other.
    List "list" Stream block "block-size:34em";
    /// The same, narrowed by the reader to a number of stars.
    Filtered "filtered" Stream block "block-size:38em";
    /// The latest reviews in columns.
    Grid "grid" Stream block "block-size:38em";
    /// The latest reviews in a row to push.
    Slider "slider" Stream block "block-size:24em";
    /// The same row, moving by itself until somebody looks.
    Carousel "carousel" Stream block "block-size:24em";
    /// The latest review that says something.
    Quote "quote" Stream block "block-size:16em";
    /// A line that opens the reviews below itself.
    Dropdown "dropdown" Overlay open "inline-size:17em;block-size:2.75em";
    /// A button in the corner of the window that opens the reviews.
    Floating "floating" Overlay corner "inset-block-end:1em;inset-inline-end:1em;inline-size:13em;block-size:3em";
    /// Stars and count of one product.
    ProductStars "product-stars" Product line "inline-size:25em;block-size:1.75em";
    /// The score of one product.
    ProductSummary "product-summary" Product block "inline-size:18em;block-size:22em";
    /// The reviews of one product.
    ProductReviews "product-reviews" Product block "block-size:34em";
    /// How to leave a review.
    Collector "collector" Collector block "inline-size:26em;block-size:16em";
}

impl Kind {
    /// By the value of the attribute.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether it shows reviews, which come in a file and an answer of their own.
    pub(crate) const fn reads_reviews(self) -> bool {
        matches!(self.family(), Family::Stream | Family::Overlay) || matches!(self, Self::ProductReviews)
    }

    /// Whether it shows something without a script: all do but those that open by a click over the page.
    pub(crate) const fn stands_still(self) -> bool {
        !matches!(self.family(), Family::Overlay)
    }

    /// Whether the tag must name a product.
    pub(crate) const fn of_product(self) -> bool {
        matches!(self.family(), Family::Product)
    }

    /// Whether its picture shows reviews: what opens by a click is drawn closed.
    pub(crate) const fn pictures_reviews(self) -> bool {
        self.reads_reviews() && self.stands_still()
    }

    /// Width of its picture in pixels; none where it is as wide as its words.
    pub(crate) const fn picture_width(self) -> Option<u32> {
        match self {
            Self::Mini => Some(264),
            Self::Vertical | Self::ProductSummary => Some(232),
            Self::Stars
            | Self::Score
            | Self::Count
            | Self::Combo
            | Self::Button
            | Self::Dropdown
            | Self::Floating
            | Self::ProductStars => None,
            _ => Some(crate::look::badge::stream::WIDTH),
        }
    }

    /// Width (none: all there is) and height in pixels, for letters of 16 pixels.
    pub(crate) fn pixels(self) -> (Option<i64>, i64) {
        let of = |name: &str| {
            let value = self.room().split(';').find_map(|part| part.strip_prefix(name))?;
            let (whole, part) = value.strip_suffix("em")?.split_once('.').unwrap_or((value.strip_suffix("em")?, "0"));
            let part: i64 = format!("{part:0<2}").parse().ok()?;
            Some(whole.parse::<i64>().ok()? * 16 + part * 16 / 100)
        };
        (of("inline-size:"), of("block-size:").unwrap_or(0))
    }

    /// The line of CSS for a page that uses this kind.
    pub(crate) fn reserve(self) -> String {
        format!("attesta-widget[kind={}]{{{}}}", self.name(), self.room())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_and_read_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.name()), Some(*kind));
            assert!(Family::ALL.contains(&kind.family()));
        }
        assert_eq!(Kind::ALL.len(), 20);
        assert_eq!(Kind::parse("Mini"), None);
    }

    #[test]
    fn room_in_pixels() {
        assert_eq!(Kind::Score.pixels(), (Some(128), 28));
        assert_eq!(Kind::List.pixels(), (None, 544));
        assert!(Kind::ALL.iter().all(|kind| kind.pixels().1 >= 28));
    }

    #[test]
    fn every_kind_reserves_its_height_or_takes_none() {
        for kind in Kind::ALL {
            let room = kind.room();
            assert!(room.contains("block-size") || room.contains("position:fixed"), "{}", kind.reserve());
        }
        let line = Kind::Mini.reserve();
        assert!(line.starts_with("attesta-widget[kind=mini]{display:block;") && line.ends_with('}'), "{line}");
    }
}
