//! The mark: a star inside a scalloped seal, one path, drawn by us. It says "certified" beside a review and
//! "Attesta" in the header; it is never shown for anything that was not checked.

/// The mark in a 32 × 32 box; the star is a hole (`fill-rule="evenodd"`).
pub(crate) const PATH: &str = "M19.52 2.86a3.94 3.94 0 0 1 6.1 3.52 3.94 3.94 0 0 1 3.52 6.1 3.94 3.94 0 0 1 0 7.04 3.94 3.94 0 0 1-3.52 6.1 3.94 3.94 0 0 1-6.1 3.52 3.94 3.94 0 0 1-7.04 0 3.94 3.94 0 0 1-6.1-3.52 3.94 3.94 0 0 1-3.52-6.1 3.94 3.94 0 0 1 0-7.04 3.94 3.94 0 0 1 3.52-6.1 3.94 3.94 0 0 1 6.1-3.52 3.94 3.94 0 0 1 7.04 0zM16 7.9l2.2 5.57 5.98 .37-4.61 3.82 1.48 5.8-5.05-3.21-5.05 3.21 1.48-5.8-4.61-3.82 5.98-.37z";

/// The mark as an inline picture; decoration only, words stand beside it.
pub(crate) fn svg(class: &str) -> String {
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 32 32\" width=\"20\" height=\"20\" aria-hidden=\"true\"><path fill-rule=\"evenodd\" d=\"{PATH}\"/></svg>"
    )
}
