//! The headers that keep a reader safe, on every answer of every route by its audience (OWASP ASVS 5.0, chapter 3): nothing
//! runs that is not ours, nothing personal is kept or passed on, and only what is made to be framed may be.

use attesta::http::Audience;

use crate::support::app::Answer;

/// All that is wrong with the headers of an answer of this route.
pub(super) fn faults(audience: Audience, id: &str, answer: &Answer) -> Vec<String> {
    let csp = answer.header("content-security-policy");
    let html = answer.header("content-type").starts_with("text/html");
    let private = matches!(audience, Audience::Private | Audience::Write | Audience::Personal | Audience::Ops);
    let everybody = answer.header("access-control-allow-origin");
    let framed = csp.contains("frame-ancestors *");
    let embeddable = ["read_widget_frame", "show_review_frame"].contains(&id);
    let rules = [
        (answer.header("x-content-type-options") == "nosniff", "the type may be guessed"),
        (csp.contains("default-src 'none'"), "what may be loaded is not closed"),
        (!csp.contains("unsafe-") && !csp.contains("script-src *"), "scripts or styles may be put in"),
        (!html || framed == embeddable, "framing does not fit what the page is for"),
        (!html || embeddable || csp.contains("frame-ancestors 'none'"), "a page may be framed"),
        (everybody.is_empty() || everybody == "*", "an origin is reflected"),
        (!private || everybody.is_empty(), "other origins may read what is not public"),
        (answer.header("access-control-allow-credentials").is_empty(), "credentials of other origins are taken"),
        (answer.header("set-cookie").is_empty(), "a cookie is set"),
        (!private || answer.header("cache-control") == "no-store", "what is not public may be kept"),
        (!private || answer.header("referrer-policy") == "no-referrer", "the address may be passed on"),
        (audience != Audience::Personal || answer.header("x-robots-tag").contains("noindex"), "it may be listed"),
        (audience != Audience::Personal || csp.contains("frame-ancestors 'none'"), "a personal page may be framed"),
        (audience != Audience::Personal || !csp.contains("script-src"), "a personal page may run scripts"),
    ];
    rules.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| format!("{fault}: {:?}", answer.headers)).collect()
}
