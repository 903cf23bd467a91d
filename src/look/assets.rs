//! The few files every page needs, under names that carry the hash of their content: they may be cached for
//! ever. The routes are mounted by the HTTP door; nothing else is served from here.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

const CSS: &str = include_str!("assets/attesta.css");
/// The only script of ours on a page: it spares the demo its reloads.
const LIVE: &str = include_str!("assets/live.js");
const MARK: &str = include_str!("assets/mark.svg");

/// One file and the path it is served at.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Path below the public root, with a leading slash.
    pub(crate) path: String,
    /// Media type.
    pub(crate) content_type: &'static str,
    /// The bytes.
    pub(crate) bytes: &'static [u8],
}

static ALL: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        asset("attesta", "css", "text/css; charset=utf-8", CSS),
        asset("mark", "svg", "image/svg+xml", MARK),
        asset("live", "js", "text/javascript; charset=utf-8", LIVE),
    ]
});

fn asset(name: &str, ending: &str, content_type: &'static str, text: &'static str) -> Asset {
    let hash: Vec<String> = Sha256::digest(text.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let hash = hash.concat();
    Asset { path: format!("/assets/{name}.{hash}.{ending}"), content_type, bytes: text.as_bytes() }
}

/// Every file, to be served as immutable.
pub(crate) fn all() -> &'static [Asset] {
    ALL.as_slice()
}

/// Path of the stylesheet.
pub(crate) fn css_path() -> &'static str {
    let [css, ..] = &*ALL;
    &css.path
}

/// Path of the mark, also the favicon.
pub(crate) fn mark_path() -> &'static str {
    let [_, mark, _] = &*ALL;
    &mark.path
}

/// Path of the demo's script.
pub(crate) fn live_path() -> &'static str {
    let [.., live] = &*ALL;
    &live.path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_named_by_content() {
        assert!(CSS.len() < 13 * 1024, "{} bytes", CSS.len());
        assert!(css_path().starts_with("/assets/attesta.") && mark_path().starts_with("/assets/mark."));
        assert!(!CSS.contains("http") && !CSS.contains("@import"));
    }
}
