//! For eyes: writes every sample of a page to `target/pages/`, in every language, with the assets beside them. Tests only.

use std::fs;
use std::path::Path;

use super::assets;
use super::hbs::document;
use super::page::View;
use crate::kernel::locale::Language;

/// Renders the samples of a view and writes them as `name-1.it.html`, `name-2.it.html`, …; each must pass the strict policy
/// and stay small.
pub(crate) fn hang<V: View>(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages");
    fs::create_dir_all(folder.join("assets")).expect("target is writable");
    for asset in assets::all() {
        fs::write(folder.join(asset.path.trim_start_matches('/')), asset.bytes).expect("target is writable");
    }
    for (at, view) in V::samples().iter().enumerate() {
        for language in Language::ALL {
            let root = &view.frame().root;
            let page = document(view, *language).expect("the sample renders").replace(root.as_str(), "");
            let inline = [" style=", "<style", "<script>", "javascript:", " onclick", " onload", " onsubmit"];
            let found = inline.iter().find(|forbidden| page.contains(**forbidden));
            assert_eq!(found, None, "{name}: the policy allows nothing inline");
            assert!(page.len() < 44 * 1024, "{name} in {language}: {} bytes", page.len());
            fs::write(folder.join(format!("{name}-{}.{language}.html", at + 1)), page).expect("target is writable");
        }
    }
}
