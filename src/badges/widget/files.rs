//! The files of the widgets, put together once from readable sources: comments and indentation are left out, style, stars
//! and sizes are put in, and each file is named by its content, so that a page may pin it with a hash. The address without
//! a hash gives the same script and may be kept for minutes only.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384};

use super::kind::Kind;
use crate::http::stored::{Manner, Stored};
use crate::look::{seal, stars};

const V1_JS: &str = include_str!("assets/v1.js");
const V1_CSS: &str = include_str!("assets/v1.css");
const MORE_JS: &str = include_str!("assets/more.js");
const MORE_CSS: &str = include_str!("assets/more.css");
const FRAME_CSS: &str = include_str!("assets/frame.css");
const GALLERY_JS: &str = include_str!("assets/gallery.js");
const GALLERY_CSS: &str = include_str!("assets/gallery.css");

/// Scripts as earlier releases gave them, word for word, so that a page that pinned one keeps its widgets.
const EARLIER: [(&str, &str); 0] = [];

/// The address that always gives the newest script.
pub(crate) const NEWEST: &str = "v1.js";

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const FOREVER: &str = "public, max-age=31536000, immutable";
const BRIEFLY: &str = "public, max-age=300, stale-while-revalidate=86400";

/// A file under the name of its content.
pub(crate) struct File {
    /// Last part of its address.
    pub(crate) name: String,
    /// What a page says to take these bytes and no others.
    pub(crate) integrity: String,
    stored: Stored,
}

/// All of them.
struct Files {
    newest: Stored,
    script: File,
    gallery_css: File,
    gallery_js: File,
    others: Vec<File>,
}

static FILES: LazyLock<Files> = LazyLock::new(|| {
    let more = File::of("more", "js", &lean(MORE_JS).replace("'__CSS__'", &literal(&lean_css(MORE_CSS))));
    let rooms: String = Kind::ALL.iter().map(|kind| room(*kind)).collect();
    let text = lean(V1_JS)
        .replace("'__CSS__'", &literal(&lean_css(&V1_CSS.replace("__ROOMS__", &rooms))))
        .replace("__STARS__", &stars::filled(10))
        .replace("__SEAL__", seal::PATH)
        .replace("__MORE__", &more.name)
        .replace("__MORE_HASH__", &more.integrity);
    let earlier = EARLIER.iter().map(|(name, text)| File::of(name, "js", text));
    Files {
        newest: stored(&text, SCRIPT, BRIEFLY),
        script: File::of("v1", "js", &text),
        gallery_css: File::of("gallery", "css", &[&lean_css(GALLERY_CSS), &*stages()].concat()),
        gallery_js: File::of("gallery", "js", &lean(GALLERY_JS)),
        others: [more].into_iter().chain(earlier).collect(),
    }
});

/// The style of frames, which stands inside them, and its hash for their policy.
static FRAME: LazyLock<(String, String)> = LazyLock::new(|| {
    let css = lean_css(FRAME_CSS);
    let hash = format!("sha256-{}", STANDARD.encode(Sha256::digest(css.as_bytes())));
    (css, hash)
});

/// The style of frames.
pub(super) fn frame_css() -> &'static str {
    &FRAME.0
}

/// What a policy calls it.
pub(super) fn frame_css_hash() -> &'static str {
    &FRAME.1
}

impl File {
    fn of(name: &str, ending: &str, text: &str) -> Self {
        let hash: Vec<String> =
            Sha256::digest(text.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let hash = hash.concat();
        let kind = if ending == "css" { STYLE } else { SCRIPT };
        let integrity = format!("sha384-{}", STANDARD.encode(Sha384::digest(text.as_bytes())));
        Self { name: format!("{name}.{hash}.{ending}"), integrity, stored: stored(text, kind, FOREVER) }
    }
}

/// The script as a page pins it.
pub(crate) fn script() -> &'static File {
    &FILES.script
}

/// The gallery's style.
pub(crate) fn gallery_css() -> &'static File {
    &FILES.gallery_css
}

/// The gallery's script.
pub(crate) fn gallery_js() -> &'static File {
    &FILES.gallery_js
}

/// The bytes under a name; `None` where nothing has it.
pub(crate) fn find(name: &str) -> Option<&'static Stored> {
    let files = &*FILES;
    if name == NEWEST {
        return Some(&files.newest);
    }
    let mut all = files.others.iter().chain([&files.script, &files.gallery_css, &files.gallery_js]);
    all.find(|file| file.name == name).map(|file| &file.stored)
}

fn stored(text: &str, content_type: &'static str, cache_control: &'static str) -> Stored {
    let manner = Manner { content_type, cache_control, vary: "Accept-Encoding", language: None, policy: None };
    Stored::new(text.as_bytes().to_vec(), &manner)
}

/// The size of a kind from within, the same as the page's own line says from without.
fn room(kind: Kind) -> String {
    let fallback = if kind == Kind::Mini { ",:host(:not([kind]))" } else { "" };
    format!(":host([kind={}]){fallback}{{{}}}\n", kind.name(), kind.room())
}

/// The room of every kind on the gallery's stages, for the live widget and for the frame in its place.
fn stages() -> String {
    let one =
        |kind: &Kind| format!("{}.kind-{} iframe{{inline-size:100%;{}}}", kind.reserve(), kind.name(), kind.room());
    Kind::ALL.iter().map(one).collect()
}

/// Without comments that have a line of their own, and without indentation.
fn lean(text: &str) -> String {
    lines(text).collect::<Vec<_>>().join("\n")
}

fn lean_css(text: &str) -> String {
    lines(text).collect()
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    let comment = |line: &str| line.starts_with("//") || (line.starts_with("/*") && line.ends_with("*/"));
    text.lines().map(str::trim).filter(move |line| !line.is_empty() && !comment(line))
}

/// As a literal of the script. Plain text always serialises.
fn literal(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str) -> &'static str {
        std::str::from_utf8(find(name).unwrap().bytes()).unwrap()
    }

    #[test]
    fn every_place_is_filled_and_nothing_is_left_of_the_sources() {
        let (newest, pinned) = (text(NEWEST), text(&script().name));
        assert_eq!(newest, pinned);
        let more = newest.split('\'').find(|part| part.starts_with("more.")).unwrap();
        for text in [newest, text(more)] {
            assert!(!text.contains("__") && !text.contains("\n//") && !text.contains("\n "), "{text}");
        }
        assert!(newest.contains(":host([kind=carousel])") && newest.contains(seal::PATH));
        assert!(find("more.js").is_none() && find("v1.000000000000.js").is_none() && find("").is_none());
    }

    #[test]
    fn nothing_runs_that_a_strict_page_refuses() {
        let sources = [V1_JS, MORE_JS].concat();
        let forbidden = [
            "innerHTML",
            "outerHTML",
            "insertAdjacent",
            "document.write",
            "eval(",
            "new Function",
            "localStorage",
            "sessionStorage",
            "indexedDB",
            "document.cookie",
            "sendBeacon",
            "XMLHttpRequest",
            ".style.",
            "DOMParser",
            "srcdoc",
        ];
        let code: String = lean(&sources);
        for word in forbidden {
            assert!(!code.contains(word), "{word}");
        }
        assert_eq!(sources.matches("http").count(), 1, "the name of SVG is the only address");
    }
}
