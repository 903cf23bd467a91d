//! The drawing itself, by resvg, and what the embedded fonts say of themselves, by skrifa.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Source};
use resvg::usvg::{ImageHrefResolver, Options, Tree};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider as _};

use super::{Face, NotDrawn};

const PLAIN: &[u8] = include_bytes!("../assets/fonts/Inter-Regular.otf");
const STRONG: &[u8] = include_bytes!("../assets/fonts/Inter-SemiBold.otf");
const SERIF: &[u8] = include_bytes!("../assets/fonts/Literata-SemiBold.ttf");

/// Longest side of a picture, in pixels.
const SIDE_MAX: u32 = 2_048;

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    for bytes in [PLAIN, STRONG, SERIF] {
        fonts.load_font_source(Source::Binary(Arc::new(bytes)));
    }
    fonts.set_sans_serif_family("Inter");
    fonts.set_serif_family("Literata");
    Arc::new(fonts)
});

/// Draws; an image that the SVG names is left out.
pub(super) fn png(svg: &str, scale: u8) -> Result<Vec<u8>, NotDrawn> {
    let options = Options {
        font_family: "Inter".to_owned(),
        fontdb: Arc::clone(&FONTS),
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).map_err(|_unread| NotDrawn::Unfit)?;
    let scale = f32::from(scale.max(1));
    let size = tree.size().to_int_size().scale_by(scale).ok_or(NotDrawn::Unfit)?;
    if size.width().max(size.height()) > SIDE_MAX {
        return Err(NotDrawn::Unfit);
    }
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or(NotDrawn::Unfit)?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|_unwritten| NotDrawn::Unfit)
}

/// What a font says of itself, at one pixel to the em.
struct Measure {
    letters: Charmap<'static>,
    widths: GlyphMetrics<'static>,
}

impl Measure {
    fn of(bytes: &'static [u8]) -> Option<Self> {
        let font = FontRef::new(bytes).ok()?;
        Some(Self { letters: font.charmap(), widths: font.glyph_metrics(Size::new(1.0), LocationRef::default()) })
    }

    fn width(&self, c: char) -> Option<f32> {
        self.widths.advance_width(self.letters.map(c)?)
    }
}

static MEASURES: LazyLock<[Option<Measure>; 3]> = LazyLock::new(|| [PLAIN, STRONG, SERIF].map(Measure::of));

/// The serif has fewer letters than the others, which stand in for it.
pub(super) fn covers(c: char) -> bool {
    let [plain, strong, _] = &*MEASURES;
    [plain, strong].into_iter().all(|font| font.as_ref().is_some_and(|font| font.letters.map(c).is_some()))
}

pub(super) fn width(text: &str, face: Face, size: f32) -> f32 {
    let [plain, strong, serif] = &*MEASURES;
    let fonts = match face {
        Face::Plain => [plain, strong],
        Face::Strong => [strong, plain],
        Face::Serif => [serif, strong],
    };
    let of = |c: char| fonts.into_iter().flatten().find_map(|font| font.width(c)).unwrap_or(1.0);
    text.chars().map(of).sum::<f32>() * size
}
