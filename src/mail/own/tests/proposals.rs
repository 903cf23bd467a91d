//! Proposals, good and bad: what is refused is refused with its place, and before any template engine has seen it.

use super::*;
use crate::mail::samples;

pub(super) fn own(json: serde_json::Value) -> Own {
    serde_json::from_value(json).unwrap()
}

pub(super) fn tried(mail: &'static str, proposal: &Own) -> Result<(), Flaw> {
    let templates = Templates::load().unwrap();
    check(&templates, Proposal { mail, language: Language::It, domain: "orto.example", own: proposal })
}

pub(super) fn text(text: &str) -> Own {
    own(serde_json::json!({ "text": { "opening": text } }))
}

fn html(html: &str) -> Own {
    own(serde_json::json!({ "text": { "opening": "Ciao." }, "html": { "opening": html } }))
}

#[test]
fn what_the_house_says_can_be_said_by_a_shop() {
    let templates = Templates::load().unwrap();
    for language in Language::ALL {
        for mail in MAILS {
            let house = Templates::house(language.tag(), mail).unwrap();
            assert!(
                !house.text.is_empty() && !house.html.is_empty() && !house.preheader.is_empty(),
                "{language} {mail}"
            );
            let proposal = own(serde_json::json!({
                "subject": house.subject, "heading": house.heading, "preheader": house.preheader,
                "text": { "opening": house.text }, "html": { "opening": house.html },
            }));
            let what = Proposal { mail, language: *language, domain: "orto.example", own: &proposal };
            assert_eq!(check(&templates, what), Ok(()), "{language} {mail}");
            let (_, contexts) = samples::all().into_iter().find(|(name, _)| *name == mail).unwrap();
            for context in &contexts {
                let own = templates.render_own(language.tag(), context, Some(&proposal)).unwrap();
                let ours = templates.render(language.tag(), context).unwrap();
                assert_eq!((own.subject, own.text), (ours.subject, ours.text), "{language} {mail}");
                let bare = |html: &str| html.replace("&#x27;", "'").split_whitespace().collect::<String>();
                assert_eq!(bare(&own.html), bare(&ours.html), "{language} {mail}");
            }
        }
    }
}

#[test]
fn what_stands_around_the_words_stays() {
    let templates = Templates::load().unwrap();
    let proposal = own(serde_json::json!({
        "subject": "A", "heading": "B & <b>", "preheader": "P",
        "text": { "opening": "C", "closing": "D\nE" },
        "colours": { "accent": "#7a1f3d", "paper": "#ffffff" },
        "logo": { "url": "https://cdn.orto.example/l.png", "alt": "L'Orto", "width": 120 },
    }));
    assert_eq!(tried("invitation", &proposal), Ok(()));
    let (_, contexts) = samples::all().into_iter().next().unwrap();
    let mail = templates.render_own("it", &contexts[0], Some(&proposal)).unwrap();
    let url = contexts[0].unsubscribe_url().unwrap();
    assert_eq!(mail.subject, "A");
    for part in [&mail.text, &mail.html] {
        for kept in [
            url,
            "5 stelle su 5, ottima",
            "1 stella su 5, pessima",
            "Ti scriviamo per conto di",
            "nascondere né cambiare",
        ] {
            assert!(part.contains(kept), "{kept} in {part}");
        }
    }
    assert!(mail.text.starts_with("C\n\nScegli") && mail.text.contains("\n\nD\nE\n\nTi scriviamo"), "{}", mail.text);
    for part in [
        "B &amp; &lt;b&gt;</h1>",
        "<p style=\"margin:0 0 18px\">D<br>\nE</p>",
        "alt=\"L&#x27;Orto\"",
        "background:#ffffff",
    ] {
        assert!(mail.html.contains(part), "{part} in {}", mail.html);
    }
    assert!(!mail.html.contains("#0b6b4f") && mail.html.contains("color:#7a1f3d"), "{}", mail.html);
}

#[test]
fn a_logo_from_elsewhere_is_not_shown_even_where_it_was_stored() {
    let templates = Templates::load().unwrap();
    let (_, contexts) = samples::all().into_iter().next().unwrap();
    for (url, shown) in [("https://img.orto.example/l.png", 1), ("https://cdn.evil.example/l.png", 0)] {
        let stored = own(serde_json::json!({ "logo": { "url": url, "alt": "L'Orto", "width": 120 } }));
        let mail = templates.render_own("it", &contexts[0], Some(&stored)).unwrap();
        assert_eq!(mail.html.matches("<img").count(), shown, "{url}");
        assert_eq!(mail.html.contains("<bdi>L&#x27;Orto &amp; Figli</bdi></td>"), shown == 0, "the name stands there");
        assert!(!mail.html.contains("evil.example"), "{}", mail.html);
    }
}

#[test]
fn a_wrong_name_is_found_with_its_place_and_its_neighbour() {
    for (mail, source, line, column, nearest) in [
        ("invitation", "Ciao {{customer.name}}", 1, 6, Some("customer_name")),
        ("invitation", "Ciao\n è {{order.nummber}}", 2, 4, Some("order.number")),
        ("invitation", "{{stars.five}}", 1, 1, None),
        ("invitation", "{{unsubscribe_url}}", 1, 1, None),
        ("invitation", "{{#if custmer_name}}x{{/if}}", 1, 1, Some("customer_name")),
        ("invitation", "{{#if (eq shop.nam \"x\")}}x{{/if}}", 1, 1, Some("shop.name")),
        ("invitation", "{{review.title}}", 1, 1, None),
        ("reply_notice", "{{date review.writen}}", 1, 1, Some("review.written")),
        ("fresh_link", "{{plural order.mor one=\"#\" other=\"#\"}}", 1, 1, Some("order_number")),
    ] {
        let flaw = tried(mail, &text(source)).unwrap_err();
        assert_eq!((flaw.place, flaw.pointer.as_str()), (Some((line, column)), "/text/opening"), "{source}: {flaw}");
        if nearest.is_some() {
            assert_eq!(flaw.nearest.as_deref(), nearest, "{source}: {flaw}");
        }
    }
}

#[test]
fn what_may_be_absent_is_printed_only_where_it_was_asked_for() {
    let refused = [
        ("Ciao {{customer_name}},\n\ncome va?", (1, 6), "no_name", "`{{#if customer_name}} {{customer_name}}{{/if}}`"),
        ("Ordine\ndel {{date order.placed}}.", (2, 5), "bare", "`{{#if order.placed}} {{date order.placed}}{{/if}}`"),
        ("{{customer_name}}, ciao", (1, 1), "no_name", "`{{#if customer_name}}{{customer_name}}{{/if}}`"),
        ("{{#if customer_name}}a{{else}}{{customer_name}}{{/if}}", (1, 31), "no_name", "customer_name"),
        ("{{#unless customer_name}}{{customer_name}}{{/unless}}", (1, 26), "no_name", "customer_name"),
        ("{{#if order.items}}{{customer_name}}{{/if}}", (1, 20), "no_name", "customer_name"),
        ("{{#if customer_name}}a{{/if}} {{customer_name}}", (1, 31), "no_name", "customer_name"),
        ("{{plural order.more one=\"#\" other=\"# in più\"}}", (1, 1), "bare", "{{plural order.more one="),
    ];
    for (source, place, case, hint) in refused {
        let flaw = tried("invitation", &text(source)).expect_err(source);
        assert_eq!((flaw.place, flaw.case), (Some(place), Some(case)), "{source}: {flaw}");
        assert!(flaw.what.contains(hint) && flaw.what.contains("write `{{#if "), "{source}: {flaw}");
        assert_eq!(tried("invitation", &html("<p>x</p>")), Ok(()));
    }
    for good in [
        "Ciao{{#if customer_name}} {{customer_name}}{{/if}},",
        "{{#unless customer_name}}Ciao{{else}}Ciao {{customer_name}}{{/unless}}",
        "{{#if order.items}}a{{else if customer_name}}{{customer_name}}{{/if}}",
        "{{#if customer_name}}{{#if order.placed}}{{customer_name}}, {{date order.placed}}{{/if}}{{/if}}",
        "{{#if (eq customer_name \"Ada\")}}Ciao {{customer_name}}{{/if}}",
        "{{#each order.items}}{{this}}{{/each}}{{#if order.more}} e {{number order.more}}{{/if}}",
        "Scrivi entro il {{date write_until}}: {{shop.name}}.",
    ] {
        assert_eq!(tried("invitation", &text(good)), Ok(()), "{good}");
    }
    let flaw = tried("invitation", &html("<p>Ciao <b>{{customer_name}}</b></p>")).unwrap_err();
    assert_eq!((flaw.pointer.as_str(), flaw.place), ("/html/opening", Some((1, 12))), "{flaw}");
    assert!(tried("fresh_link", &text("Entro il {{date write_until}}.")).is_err(), "there it may be absent");
}

#[test]
fn brackets_that_end_nothing_are_refused_with_their_place() {
    for (source, place) in [
        ("ciao}}", (1, 5)),
        ("{{shop.name}} a\nb }} c", (2, 3)),
        ("}}{{shop.name}}", (1, 1)),
        ("{{shop.name}}}", (1, 14)),
    ] {
        let flaw = tried("invitation", &text(source)).expect_err(source);
        assert_eq!((flaw.place, flaw.pointer.as_str()), (Some(place), "/text/opening"), "{source}: {flaw}");
    }
    assert_eq!(tried("invitation", &text("Un {sorriso} da {{shop.name}}.")), Ok(()));
}

/// handlebars aborts the process on what nests deeply, and knows more than a shop shall: nothing of it gets there.
#[test]
fn no_engine_sees_what_could_end_the_process() {
    let deep = |open: &str, close: &str, n: usize| open.repeat(n) + "x" + &close.repeat(n);
    let sources = [
        deep("{{#if customer_name}}", "{{/if}}", 300),
        deep("{{#each order.items}}", "{{/each}}", 2),
        "{{#if ".to_owned() + &"(eq ".repeat(1000) + &")".repeat(1000) + "}}x{{/if}}",
        "{{".repeat(3_000),
        "{{#if customer_name}}".repeat(280),
        "{{#*inline \"a\"}}{{> a}}{{/inline}}{{> a}}".to_owned(),
        "{{> layout}}".to_owned(),
        "{{#> layout}}{{/layout}}".to_owned(),
        "{{ > layout}}".to_owned(),
        "{{>layout}}".to_owned(),
        "{{* decorator}}".to_owned(),
        "{{{{raw}}}}{{x}}{{{{/raw}}}}".to_owned(),
        "{{{shop.name}}}".to_owned(),
        "{{& shop.name}}".to_owned(),
        "{{! comment }}".to_owned(),
        "{{!-- {{x}} --}}".to_owned(),
        "{{~shop.name}}".to_owned(),
        "{{shop.name~}}".to_owned(),
        "\\{{shop.name}}".to_owned(),
        "{{lookup shop \"name\"}}".to_owned(),
        "{{log shop.name}}".to_owned(),
        "{{#with shop}}{{name}}{{/with}}".to_owned(),
        "{{#each order.items}}{{@index}}{{/each}}".to_owned(),
        "{{#each order.items as |x|}}{{x}}{{/each}}".to_owned(),
        "{{../shop.name}}".to_owned(),
        "{{@root.unsubscribe_url}}".to_owned(),
        "{{this.unsubscribe_url}}".to_owned(),
        "{{shop.[name]}}".to_owned(),
        "{{shop/name}}".to_owned(),
        "{{^}}".to_owned(),
        "{{else}}".to_owned(),
        "{{/if}}".to_owned(),
        "{{#if customer_name}}x{{/each}}".to_owned(),
        "{{#if customer_name}}x{{else}}y{{else}}z{{/if}}".to_owned(),
        "{{prose \"opening\"}}".to_owned(),
        "{{#prose \"opening\"}}x{{/prose}}".to_owned(),
        "{{shop.name".to_owned(),
        "{{}}".to_owned(),
        "{{ }}".to_owned(),
        "{{shop}}".to_owned(),
        "{{order.items}}".to_owned(),
        "{{write_until}}".to_owned(),
        "{{number customer_name}}".to_owned(),
        "{{plural order.more one=\"}}\" other=\"x\"}}".to_owned(),
        "{{plural order.more one=x other=\"y\"}}".to_owned(),
        "{{shop.name shop.name}}".to_owned(),
        "ciao}}".to_owned(),
    ];
    for source in &sources {
        let flaw = tried("invitation", &text(source)).expect_err(source);
        assert!(flaw.place.is_some() || flaw.what.contains("characters"), "{source}: {flaw}");
    }
    assert_eq!(tried("invitation", &text("Sono vivo.")), Ok(()), "and the process lives");
}

#[test]
fn markup_hides_nothing_and_leads_to_the_shop() {
    for good in [
        "<p>Ciao <b>{{shop.name}}</b></p>",
        "<p><a href=\"https://orto.example/aiuto\">Aiuto</a> <a href=\"https://www.orto.example\">x</a></p>",
        "<p><a href=\"{{shop.profile_url}}\">Profilo</a></p>",
        "{{#if customer_name}}<p>Ciao {{customer_name}}</p>{{else}}<p>Ciao</p>{{/if}}",
        "<ul>{{#each order.items}}<li>{{this}}</li>{{/each}}</ul>",
        "<p>1 &lt; 2 &amp; 3</p><h2>Titolo</h2><hr><blockquote><p>q</p></blockquote>",
    ] {
        assert_eq!(tried("invitation", &html(good)), Ok(()), "{good}");
    }
    for bad in [
        "<p>",
        "</td></tr></table><p>x</p>",
        "<!-- x",
        "<style>p{display:none}</style>",
        "<p style=\"display:none\">x</p>",
        "<img src=\"https://orto.example/x.png\">",
        "<p><a href=\"https://evil.example/\">x</a></p>",
        "<p><a href=\"https://orto.example.evil.example/\">x</a></p>",
        "<p><a href=\"https://orto.example@evil.example/\">x</a></p>",
        "<p><a href=\"https://evilorto.example/\">x</a></p>",
        "<p><a href=\"http://orto.example/\">x</a></p>",
        "<p><a href=\"javascript:alert(1)\">x</a></p>",
        "<p><a href=\"https://orto.example/{{customer_name}}\">x</a></p>",
        "<p><a href=\"{{customer_name}}\">x</a></p>",
        "<p><a href=\"{{shop.profile_url}}/x\">x</a></p>",
        "<p {{customer_name}}>x</p>",
        "<{{customer_name}}>x</p>",
        "{{#if customer_name}}<p>{{/if}}x</p>",
        "<p>{{#if customer_name}}</p><p>{{/if}}x</p>",
        "{{#if customer_name}}<p>x{{else}}<p>y</p>{{/if}}</p>",
        "<p>https://evil.example/</p>",
    ] {
        assert!(tried("invitation", &html(bad)).is_err(), "{bad}");
    }
    for away in ["Vai su http://evil.example", "Vai su www.evil.example", "Vai su (https://evil.example)"] {
        assert!(tried("invitation", &text(away)).is_err(), "{away}");
    }
    assert_eq!(tried("invitation", &text("Vai su www.orto.example, se vuoi.")), Ok(()));
    assert_eq!(tried("invitation", &text("Vai su https://orto.example/resi.")), Ok(()));
}

#[test]
fn signs_that_cannot_be_seen_and_headers_are_refused() {
    for bad in [
        serde_json::json!({ "subject": "A\r\nBcc: x@evil.example" }),
        serde_json::json!({ "subject": "A\nB" }),
        serde_json::json!({ "subject": "A\u{2028}B" }),
        serde_json::json!({ "subject": "=?utf-8?q?x?=" }),
        serde_json::json!({ "heading": "=?utf-8?b?eA==?=" }),
        serde_json::json!({ "subject": "A\u{0}B" }),
        serde_json::json!({ "subject": "A\u{202E}B" }),
        serde_json::json!({ "subject": "" }),
        serde_json::json!({ "subject": "   " }),
        serde_json::json!({ "subject": "A".repeat(1 << 20) }),
        serde_json::json!({ "preheader": "a\tb\u{7f}" }),
        serde_json::json!({ "text": { "opening": "A\rB" } }),
        serde_json::json!({ "text": { "opening": "A".repeat(1 << 20) } }),
        serde_json::json!({ "html": { "opening": "<p>solo html</p>" } }),
        serde_json::json!({ "colours": { "accent": "#ffcc00" } }),
        serde_json::json!({ "colours": { "paper": "red;}" } }),
        serde_json::json!({ "logo": { "url": "http://orto.example/a.png", "alt": "a", "width": 100 } }),
        serde_json::json!({ "logo": { "url": "https://orto.example/\"onerror=", "alt": "a", "width": 100 } }),
        serde_json::json!({ "logo": { "url": "https://orto.example/{{customer_name}}", "alt": "a", "width": 100 } }),
        serde_json::json!({ "logo": { "url": "https://cdn.evil.example/a.png", "alt": "a", "width": 100 } }),
        serde_json::json!({ "logo": { "url": "https://orto.example@evil.example/a.png", "alt": "a", "width": 100 } }),
        serde_json::json!({ "logo": { "url": "https://evilorto.example/a.png", "alt": "a", "width": 100 } }),
        serde_json::json!({ "logo": { "url": "https://orto.example:8443/a.png", "alt": "a", "width": 100 } }),
        serde_json::json!({ "logo": { "url": "https://orto.example/a.png?mail=invitation", "alt": "a", "width": 100 } }),
        serde_json::json!({ "logo": { "url": "https://orto.example/a.png", "alt": "", "width": 100 } }),
        serde_json::json!({ "logo": { "url": "https://orto.example/a.png", "alt": "Lasciaci 5 stelle", "width": 100 } }),
        serde_json::json!({ "logo": { "url": "https://orto.example/a.png", "alt": "a", "width": 1000 } }),
    ] {
        let flaw =
            tried("invitation", &own(bad.clone())).expect_err(&bad.to_string().chars().take(60).collect::<String>());
        assert!(!flaw.pointer.is_empty() && !flaw.what.is_empty(), "{flaw}");
    }
    let windows = own(serde_json::json!({ "text": { "opening": "A\r\nB" } })).tidied();
    assert_eq!(tried("invitation", &windows), Ok(()));
}

#[test]
fn an_ask_is_refused_however_it_is_written() {
    for bad in [
        text("Lasciaci 5 stelle!"),
        text("Lasciaci {{#if customer_name}}5 stelle{{else}}un parere{{/if}}"),
        text("Ciao.\n\nAiutaci con una recensione positiva."),
        html("<p>Dacci <b>cinque</b> stelle</p>"),
        html("<p>Dacci 5 st&#101;lle</p>"),
        own(serde_json::json!({ "subject": "Vota ★★★★★" })),
        text("{{#if order.more}}{{plural order.more one=\"Dacci 5 stelle\" other=\"x\"}}{{/if}}"),
        text("Please give us five stars"),
    ] {
        assert_eq!(tried("invitation", &bad).map_err(|flaw| flaw.rule), Err(Rule::NoAsk), "{bad:?}");
    }
    let split =
        tried("invitation", &text("Ciao.\n\nDacci{{#if order.placed}} 5{{/if}}{{#if order.items}} stelle{{/if}}!"));
    let split = split.expect_err("what only the rendered words ask");
    assert!(split.rule == Rule::NoAsk && split.place.is_some(), "{split}");
    let flaw = tried("invitation", &text("Ciao.\n\nLasciaci 5 stelle!")).unwrap_err();
    assert_eq!(flaw.place, Some((3, 1)), "{flaw}");
    assert_eq!(tried("invitation", &text("Hotel Cinque Stelle ti chiede com'è andata.")), Ok(()));
}
