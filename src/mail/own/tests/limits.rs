//! What is too much: refused with its case, its place and the variable it comes from, and before it costs anything.

use super::proposals::{own, text, tried};
use serde_json::json;

const EACH: &str = "{{#each answer}}{{this}}\n{{/each}}";

/// More in the HTML than a mail may have, though each part has less.
fn doubled() -> serde_json::Value {
    json!({
        "text": { "opening": "Ciao.", "closing": "Ciao." },
        "html": {
            "opening": format!("<p>Ciao</p>\n<p>{}</p>", EACH.repeat(3)),
            "closing": format!("<p>{}</p>", EACH.repeat(4)),
        },
    })
}

type Row = (&'static str, serde_json::Value, &'static str, &'static str, (usize, usize), &'static str);

/// Whatever is too much or not enough names its case, its place and the variable it comes from.
fn is_named(table: impl IntoIterator<Item = Row>) {
    for (mail, proposal, case, pointer, place, nearest) in table {
        let flaw = tried(mail, &own(proposal.clone())).expect_err(&proposal.to_string());
        let found = (flaw.case, flaw.pointer.as_str(), flaw.place, flaw.nearest.as_deref().unwrap_or_default());
        assert_eq!(found, (Some(case), pointer, Some(place), nearest), "{proposal}: {flaw}");
    }
}

#[test]
fn a_subject_that_fails_with_a_case_is_named_with_the_place_it_comes_from() {
    let name = "{{#if customer_name}}{{customer_name}}{{/if}} ";
    let row = |mail, text: &str, case, place, nearest| -> Row {
        (mail, json!({ "subject": text }), case, "/subject", place, nearest)
    };
    let twice = "A {{#if review.title}}{{review.title}}{{review.title}}{{/if}}";
    is_named([
        row("invitation", &format!("A {}", name.repeat(4)), "long_name", (1, 24), "customer_name"),
        row("invitation", "{{order.number}} {{order.number}}", "longest", (1, 1), "order.number"),
        row("fresh_link", "{{order_number}}{{order_number}}", "longest", (1, 1), "order_number"),
        row("reply_notice", twice, "longest", (1, 23), "review.title"),
        row("invitation", "{{#if customer_name}}Ciao{{/if}}", "no_name", (1, 1), ""),
        row("invitation", "x {{#each order.items}}{{this}}{{/each}}", "longest", (1, 3), "order.items"),
        row("answer_shown", "Su {{#each answer}}{{this}} {{/each}}", "many_items", (1, 4), "answer"),
    ]);
}

#[test]
fn a_part_that_fails_with_a_case_is_named_with_the_place_it_comes_from() {
    let row = |own, pointer, place| -> Row { ("answer_shown", own, "longest", pointer, place, "answer") };
    let body = |text: String| json!({ "text": { "opening": text } });
    let long = json!({ "text": { "opening": format!("Ciao.\n\n{}", EACH.repeat(5)), "closing": EACH.repeat(4) } });
    is_named([
        row(body(format!("Ciao,\n{}", EACH.repeat(9))), "/text/opening", (2, 1)),
        row(body("{{#each answer}}x{{this}}{{/each}}".repeat(8)), "/text/opening", (1, 1)),
        row(doubled(), "/html/closing", (1, 4)),
        row(long, "/text/opening", (3, 1)),
    ]);
}

/// What a shop replied is quoted in its own mail as it is in ours.
#[test]
fn a_reply_and_an_answer_can_be_quoted() {
    let reply = "Ecco la risposta di {{shop.name}}:\n\n{{#each reply}}\n> {{this}}\n{{/each}}\n\nA presto.";
    assert_eq!(tried("reply_notice", &text(reply)), Ok(()));
    let answer = "La tua replica:\n\n{{#each answer}}\n> {{this}}\n{{/each}}";
    assert_eq!(tried("answer_shown", &text(answer)), Ok(()));
}

/// A template that costs much is refused before it is rendered, or ends within what the writer allows.
#[test]
fn what_takes_too_many_steps_is_refused_before_it_is_rendered() {
    let thrice = |inner: &str| {
        let open = "{{#each order.items}}".repeat(3);
        let close = "{{/each}}".repeat(3);
        format!("{open}{inner}{close}")
    };
    let nested = thrice(&"{{this}} ".repeat(190));
    let flaw = tried("invitation", &text(&nested)).unwrap_err();
    assert!(flaw.place.is_some() && flaw.what.contains("cannot stand inside another"), "{flaw}");

    let empty = "{{#each reply}}{{/each}}".repeat(90);
    let many = json!({
        "text": { "opening": empty, "closing": empty },
        "html": { "opening": "<p>x</p>".to_owned() + &empty, "closing": "<p>x</p>".to_owned() + &empty },
    });
    let flaw = tried("reply_notice", &own(many)).unwrap_err();
    assert!(flaw.what.contains("takes") && flaw.what.contains("steps"), "{flaw}");
    assert_eq!((flaw.case, flaw.nearest.as_deref()), (Some("longest"), Some("reply")), "{flaw}");
    assert!(flaw.place.is_some(), "{flaw}");
    assert_eq!(tried("reply_notice", &text(&"{{shop.name}} ".repeat(190))), Ok(()), "what is long but plain is taken");
}
