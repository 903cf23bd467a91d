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

/// An answer with these headers.
fn answer(headers: &[(&'static str, &'static str)]) -> Answer {
    let headers = headers.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")));
    Answer { status: 200, headers: headers.collect(), text: String::new() }
}

#[test]
fn what_is_left_open_is_found() {
    let personal = [
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex, nofollow"),
        ("content-type", "text/html; charset=utf-8"),
    ];
    let of = |headers: &[_]| faults(Audience::Personal, "show_form", &answer(headers));
    assert_eq!(of(&personal), Vec::<String>::new());
    for at in 0..personal.len() - 1 {
        let mut less = personal.to_vec();
        let (name, _) = less.remove(at);
        assert!(!of(&less).is_empty(), "an answer without {name} is refused");
    }
    for more in [
        ("set-cookie", "a=b"),
        ("access-control-allow-origin", "*"),
        ("access-control-allow-origin", "https://shop.example"),
        ("access-control-allow-credentials", "true"),
    ] {
        assert!(!of(&[&personal[..], &[more]].concat()).is_empty(), "{more:?} is refused");
    }
    let framed = [("content-type", "text/html"), ("content-security-policy", "default-src 'none'; frame-ancestors *")];
    let framed = |id| faults(Audience::Cached, id, &answer(&[&personal[..1], &framed[..]].concat()));
    assert_eq!(framed("read_widget_frame"), Vec::<String>::new());
    assert!(!framed("show_profile").is_empty(), "only what is made to be framed may be");
}
