//! The obvious mistakes, made with every operation: no key, another shop's key, a thing that is not there, a body of the
//! wrong type, size or form, a wrong method, a bad cursor, a bad filter, too many requests.

use std::collections::BTreeSet;

use attesta::kernel::id::ShopId;
use serde_json::{Value, json};

use super::audit::Audit;
use super::call::Call;
use super::file::{At, Operation, operations};
use super::scene::Scene;
use crate::support::app::multipart;

/// All of them, with all operations. Refused calls change nothing, so one scene is enough.
pub(super) async fn round(audit: &mut Audit<'_>) {
    let scene = audit.scene().await;
    let other = audit.domain();
    let other = Scene::bare(audit.app, &other).await;
    let (last, first): (Vec<_>, Vec<_>) = operations().iter().partition(|operation| operation.id == "erase_review");
    for operation in first.into_iter().chain(last) {
        let call = Call::new(operation, &scene);
        proof(audit, &call, &other).await;
        unknown(audit, &call).await;
        wrong_method(audit, &call).await;
        query(audit, &call).await;
        bodies(audit, &call).await;
    }
}

/// Without a key, with the key of another shop, with one that never was.
async fn proof(audit: &mut Audit<'_>, call: &Call, other: &Scene) {
    if !call.operation.security().iter().any(|scheme| scheme == "apiKey" || scheme == "webhookSignature") {
        return;
    }
    let usual = call.clone().usual();
    let calls = [
        ("without a key", usual.clone().anonymous()),
        ("with another shop's keys", usual.clone().with_keys_of(&other.shop)),
        ("with a key that never was", usual.header("authorization", "Bearer atk_nothing").anonymous()),
    ];
    for (why, call) in calls {
        let answer = audit.expect(&call, &[401], why).await;
        if answer.header("www-authenticate").is_empty() {
            audit.fault(&call, &answer, "a 401 says how to prove who one is");
        }
    }
}

/// Each parameter of the path names something that is not there.
async fn unknown(audit: &mut Audit<'_>, call: &Call) {
    for at in call.operation.parameters_in("path") {
        let name = at.text("name").unwrap_or_default();
        for value in strangers(audit, name, at) {
            let wrong = call.clone().usual().segment(name, &value);
            let answer = audit.take(&wrong, &format!("{name} is {value:?}")).await;
            let lenient = ["list_product_reviews", "request_fresh_link"].contains(&call.operation.id) && name != "shop";
            if answer.status < 400 && !lenient {
                audit.fault(&wrong, &answer, "nothing is there, and it is not said");
            }
        }
    }
}

fn strangers(audit: &Audit<'_>, name: &str, at: &At) -> Vec<String> {
    let shop: ShopId = audit.app.ctx().ids().next();
    let id = |prefix: &str| shop.to_string().replace("shp_", prefix);
    let texts: Vec<String> = match name {
        "shop" | "domain" => vec![shop.to_string(), "nowhere.example".to_owned(), "not a shop".to_owned()],
        "id" if at.node.to_string().contains("inv") => vec![id("inv_"), id("ord_"), "x".to_owned()],
        "id" => vec![id("ord_"), id("rev_"), "rev_x".to_owned()],
        "stars" if at.node.to_string().contains("4.5") => vec!["0.5".to_owned(), "6".to_owned()],
        "stars" => vec!["0".to_owned(), "6".to_owned(), "99999999999999999999".to_owned()],
        _ => vec!["nothing".to_owned()],
    };
    texts.into_iter().chain(["\0".to_owned(), "%".to_owned(), "é".repeat(300)]).collect()
}

/// A method that the file does not have for this path is refused with those that it has.
async fn wrong_method(audit: &mut Audit<'_>, call: &Call) {
    let known: BTreeSet<&str> = same_path(call.operation).map(|operation| operation.method.as_str()).collect();
    let extra = if known.contains("GET") { vec!["HEAD", "OPTIONS"] } else { vec!["OPTIONS"] };
    let allowed: BTreeSet<&str> = known.iter().copied().chain(extra).collect();
    for method in ["GET", "PUT", "POST", "PATCH", "DELETE"].into_iter().filter(|method| !known.contains(method)) {
        let wrong = call.clone().method(method);
        let answer = audit.expect(&wrong, &[405], "the method is not in the file").await;
        let said: BTreeSet<&str> = answer.header("allow").split(", ").collect();
        if said != allowed {
            audit.fault(&wrong, &answer, &format!("Allow says {said:?}, the file {allowed:?}"));
        }
    }
}

fn same_path(operation: &'static Operation) -> impl Iterator<Item = &'static Operation> {
    operations().iter().filter(|other| other.path == operation.path)
}

/// Bad cursors and filters, and each parameter twice.
async fn query(audit: &mut Audit<'_>, call: &Call) {
    let refuses = call.operation.responses().contains_key("400") && call.operation.method == "GET";
    for at in call.operation.parameters_in("query") {
        let name = at.text("name").unwrap_or_default();
        let twice = call.clone().and_query(name, "1").and_query(name, "1");
        let answer = audit.take(&twice, &format!("{name} stands there twice")).await;
        let once = at.must("schema").node["type"] != "array";
        if refuses && once && answer.status != 400 {
            audit.fault(&twice, &answer, "a parameter that stands there twice says nothing");
        }
        let schema = at.must("schema");
        for value in ["", "nonsense", "\0", "-1", "99999999999999999999", "AXt9"] {
            let wrong = call.clone().query(name, value);
            let answer = audit.take(&wrong, &format!("{name} is {value:?}")).await;
            let fits = schema.faults(&number_or_text(schema.node, value)).is_empty();
            let free = value.is_empty() || (fits && name != "cursor");
            if refuses && !free && answer.status != 400 {
                audit.fault(&wrong, &answer, &format!("{name} does not fit its schema and is taken"));
            }
        }
    }
}

/// A value of the query as its schema sees it.
fn number_or_text(schema: &Value, text: &str) -> Value {
    match text.parse::<i64>() {
        _ if schema["type"] == "array" => json!([number_or_text(&schema["items"], text)]),
        Ok(number) if schema["type"] == "integer" => number.into(),
        _ => text.into(),
    }
}

/// Bodies that cannot be taken.
async fn bodies(audit: &mut Audit<'_>, call: &Call) {
    let kinds: Vec<String> = call.operation.bodies().into_iter().map(|(kind, _)| kind).collect();
    let Some(kind) = kinds.first() else { return };
    let huge = vec![b' '; 70_000];
    audit.expect(&call.clone().body(kind, &huge), &[413], "a body that is too large").await;
    if kinds.iter().any(|kind| kind == "*/*") {
        return;
    }
    audit.expect(&call.clone().usual().header("content-encoding", "gzip"), &[415], "a body in another coding").await;
    let required = call.operation.at.must("requestBody").node["required"] == true;
    let plain = call.clone().usual().content_type("text/plain");
    audit.expect(&plain, if required { &[415] } else { &[200, 415] }, "a body of another type").await;
    match kind.as_str() {
        "multipart/form-data" => file_bodies(audit, call).await,
        kind if kind.ends_with("json") => json_bodies(audit, call).await,
        _ => form_bodies(audit, call).await,
    }
}

async fn file_bodies(audit: &mut Audit<'_>, call: &Call) {
    for (name, bytes) in [("photo", &b"no picture"[..]), ("photo", b""), ("other", b"x")] {
        let (kind, body) = multipart(&[(name, bytes.to_vec())]);
        audit.expect(&call.clone().body(&kind, &body), &[422], "a file that cannot be taken").await;
    }
    let (kind, body) = multipart(&[("photo", vec![0xff; 500])]);
    audit.expect(&call.clone().body(&kind, &body[..300]), &[400], "a form without its end").await;
    audit.expect(&call.clone().body("multipart/form-data", &body), &[400], "a form without a boundary").await;
}

async fn json_bodies(audit: &mut Audit<'_>, call: &Call) {
    let deep = "[".repeat(60_000);
    let broken: [&[u8]; 8] = [
        b"{",
        b"{\"a\":1,\"a\":2}",
        b"{\"a\":\"\\u0000\"}",
        b"{\"a\":\"\\ud800\"}",
        b"{\"a\":1e400}",
        b"{}x",
        b"\xff\xfe",
        deep.as_bytes(),
    ];
    for body in broken {
        audit.expect(&call.clone().body("application/json", body), &[400], "JSON that cannot be read").await;
    }
    for body in ["[]", "7", "null", "\"x\""] {
        audit.expect(&call.clone().body("application/json", body.as_bytes()), &[422], "JSON that is no object").await;
    }
    let (_, media) = &call.operation.bodies()[0];
    for (_, example) in media.examples() {
        for (name, _) in example.as_object().expect("examples are objects") {
            let mut body = example.clone();
            body[name] = json!([{ "not": "this" }]);
            let wrong = call.clone().example("application/json", &body);
            let still_fits = media.must("schema").faults(&body).is_empty();
            let wanted: &[u16] = if still_fits { &[200, 202] } else { &[422] };
            audit.expect(&wrong, wanted, &format!("{name} of the wrong type")).await;
        }
    }
}

async fn form_bodies(audit: &mut Audit<'_>, call: &Call) {
    // Where the form itself proves who one is, one that cannot be read proves nothing.
    let wanted = if call.operation.responses().contains_key("401") { 401 } else { 422 };
    for body in [&b"stars=9&text="[..], b"stars=%00&text=%00", b"stars=%ff&text=%ff", b"", b"&&==&"] {
        let kind = "application/x-www-form-urlencoded";
        audit.expect(&call.clone().body(kind, body), &[wanted], "a form that cannot be taken").await;
    }
}

/// Under settings that allow one request a minute, the next is refused wherever the file says so.
pub(super) async fn too_often(audit: &mut Audit<'_>) {
    for operation in operations() {
        // Each operation has its own minute, and its scene was made in minutes before.
        let domain = audit.domain();
        let mut scene = Scene::bare(audit.app, &domain).await;
        for name in ["id", "token", "file"] {
            scene.set("*", name, "nothing");
        }
        audit.app.advance(120_000);
        let call = Call::new(operation, &scene).usual();
        call.send(audit.app).await;
        let answer = call.send(audit.app).await;
        let limited = operation.responses().contains_key("429");
        if limited != (answer.status == 429) {
            audit.fault(&call, &answer, "429 is declared, or answered, but not both");
        }
        if limited {
            audit.take(&call, "too often").await;
        }
    }
}

/// What is not there because the operator has not set it.
pub(super) async fn not_set(audit: &mut Audit<'_>) {
    let domain = audit.domain();
    let scene = Scene::bare(audit.app, &domain).await;
    let contact = operations().iter().find(|operation| operation.id == "read_security_contact");
    let call = Call::new(contact.expect("it stands in the file"), &scene);
    audit.expect(&call, &[404], "no contact was set").await;
}
