//! For eyes: writes every sample of a page to `target/pages/`, with the assets beside them. Tests only.

use std::fs;
use std::path::Path;

use super::page::View;
use super::{assets, render};

/// Renders the samples of a view and writes them as `name-1.html`, `name-2.html`, …; each must pass the strict policy
/// and stay small.
pub(crate) fn hang<V: View>(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages");
    fs::create_dir_all(folder.join("assets")).expect("target is writable");
    for asset in assets::all() {
        fs::write(folder.join(asset.path.trim_start_matches('/')), asset.bytes).expect("target is writable");
    }
    for (at, view) in V::samples().iter().enumerate() {
        let root = &view.frame().root;
        let page = render(view).expect("the sample renders").replace(root.as_str(), "");
        let inline = [" style=", "<style", "<script>", "javascript:", " onclick", " onload", " onsubmit"];
        let found = inline.iter().find(|forbidden| page.contains(**forbidden));
        assert_eq!(found, None, "{name}: the policy allows nothing inline");
        assert!(page.len() < 30 * 1024, "{name}: {} bytes", page.len());
        fs::write(folder.join(format!("{name}-{}.html", at + 1)), page).expect("target is writable");
    }
}
