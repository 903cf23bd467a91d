//! The mark: a star inside a scalloped seal, one path, drawn by us. It says "certified" beside a review and
//! "Attesta" in the header; it is never shown for anything that was not checked.

/// The mark in a 32 × 32 box; the star is a hole (`fill-rule="evenodd"`).
pub(crate) const PATH: &str = "M19.68 2.28a4.85 4.85 0 0 1 6.36 3.68 4.85 4.85 0 0 1 3.68 6.36 4.85 4.85 0 0 1 0 7.36 4.85 4.85 0 0 1-3.68 6.36 4.85 4.85 0 0 1-6.36 3.68 4.85 4.85 0 0 1-7.36 0 4.85 4.85 0 0 1-6.36-3.68 4.85 4.85 0 0 1-3.68-6.36 4.85 4.85 0 0 1 0-7.36 4.85 4.85 0 0 1 3.68-6.36 4.85 4.85 0 0 1 6.36-3.68 4.85 4.85 0 0 1 7.36 0zM16 7.3l2.53 5.92 6.41 .58-4.85 4.23 1.44 6.27-5.53-3.3-5.53 3.3 1.44-6.27-4.85-4.23 6.41-.58z";

/// The mark as an inline picture; decoration only, words stand beside it.
pub(crate) fn svg(class: &str) -> String {
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 32 32\" width=\"20\" height=\"20\" aria-hidden=\"true\"><path fill-rule=\"evenodd\" d=\"{PATH}\"/></svg>"
    )
}

/// The same with its own colour, for pages that have no style of ours.
pub(crate) fn plain() -> String {
    format!(
        "<svg class=\"seal\" viewBox=\"0 0 32 32\" width=\"20\" height=\"20\" aria-hidden=\"true\"><path fill=\"#0b6b4f\" fill-rule=\"evenodd\" d=\"{PATH}\"/></svg>"
    )
}
