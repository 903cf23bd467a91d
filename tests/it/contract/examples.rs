//! Every example of the file is sent, every parameter is tried, every list read on, every tag sent back.

use serde_json::Value;

use super::audit::Audit;
use super::call::{Call, plain};
use super::file::{Operation, operations};
use super::scene::Scene;

/// What a call that is meant to succeed may be answered.
const GOOD: [u16; 6] = [200, 201, 202, 204, 302, 308];

/// All operations: reads share one scene, writes get one for each example.
pub(super) async fn round(audit: &mut Audit<'_>) {
    let shared = audit.scene().await;
    for operation in operations() {
        if operation.method == "GET" {
            read(audit, operation, &shared).await;
        } else {
            write(audit, operation).await;
        }
    }
}

async fn read(audit: &mut Audit<'_>, operation: &'static Operation, scene: &Scene) {
    let call = Call::new(operation, scene);
    let answer = audit.expect(&call, &GOOD, "as it is").await;
    rate_limited(audit, &call, &answer);
    if !answer.header("etag").is_empty() {
        let again = call.clone().header("if-none-match", answer.header("etag"));
        audit.expect(&again, &[304], "with its own tag").await;
    }
    parameters(audit, &call, scene).await;
    if operation.parameters_in("query").any(|at| at.text("name") == Some("limit")) {
        read_on(audit, &call).await;
    }
}

/// Every example of every parameter of the query, one at a time; and the shop by its id.
async fn parameters(audit: &mut Audit<'_>, call: &Call, scene: &Scene) {
    for at in call.operation.parameters_in("query") {
        let parameter = at.text("name").unwrap_or_default();
        let own = scene.value(call.operation.id, parameter).map(str::to_owned);
        // What has to be there names something of the scene; the file's example names something of another.
        let scenes = own.is_some() && at.node["required"] == true;
        let examples = at.examples().into_iter().filter(|_| !scenes).map(|(_, value)| plain(value));
        let values = examples.chain(own);
        for value in values {
            let with = call.clone().query(parameter, &value);
            audit.expect(&with, &GOOD, &format!("with {parameter}={value}")).await;
        }
    }
    if call.operation.parameters_in("path").any(|at| at.text("name") == Some("shop")) {
        let with = call.clone().segment("shop", &scene.shop.id.to_string());
        audit.expect(&with, &GOOD, "with the shop's id").await;
    }
}

/// A list of one entry a page leads to the next, by `next` and by the Link header alike.
async fn read_on(audit: &mut Audit<'_>, call: &Call) {
    let (all, list) = match call.operation.id {
        "read_inbox" => (call.clone().query("unanswered", "false"), "data"),
        "read_tally" => (call.clone().query("products", "true"), "products"),
        _ => (call.clone(), "data"),
    };
    let first = audit.expect(&all.clone().query("limit", "1"), &[200], "one entry a page").await;
    let Some(next) = first.json()["next"].as_str().map(str::to_owned) else {
        audit.note(format!("{}: the scene has no second page", call.operation.id));
        return;
    };
    let link =
        first.header("link").strip_prefix('<').and_then(|rest| rest.split('>').next()).unwrap_or_default().to_owned();
    let second = audit.expect(&all.query("limit", "1").query("cursor", &next), &[200], "the next page").await;
    let followed = audit.app.http.get(link).bearer_auth(call.key()).send().await.expect("the link leads somewhere");
    let followed: Value = serde_json::from_str(&followed.text().await.expect("a body")).unwrap_or_default();
    if second.json() != followed || second.json()[list] == first.json()[list] {
        audit.fault(call, &second, "the next page is not the one that the Link header names, or it is the first again");
    }
}

async fn write(audit: &mut Audit<'_>, operation: &'static Operation) {
    let bodies = operation.bodies().into_iter();
    let examples: Vec<_> = bodies
        .flat_map(|(kind, media)| media.examples().into_iter().map(move |(name, value)| (kind.clone(), name, value)))
        .collect();
    let optional = operation.at.to("requestBody").is_none_or(|body| body.node["required"] != true);
    if optional {
        let scene = audit.scene_of(operation).await;
        twice(audit, Call::new(operation, &scene), "without a body").await;
    }
    for (kind, name, value) in examples {
        let scene = audit.scene_of(operation).await;
        twice(audit, Call::new(operation, &scene).example(&kind, value), &format!("with the example {name}")).await;
    }
    let scene = audit.scene_of(operation).await;
    parameters(audit, &Call::new(operation, &scene).usual(), &scene).await;
}

/// The first time it succeeds; whatever a repeat is answered is declared.
async fn twice(audit: &mut Audit<'_>, call: Call, why: &str) {
    let answer = audit.expect(&call, &GOOD, why).await;
    rate_limited(audit, &call, &answer);
    audit.take(&call, &format!("again, {why}")).await;
}

/// Routes that are limited say what is left.
fn rate_limited(audit: &mut Audit<'_>, call: &Call, answer: &crate::support::app::Answer) {
    let limited = call.operation.responses().contains_key("429");
    if limited == answer.header("ratelimit").is_empty() || limited == answer.header("ratelimit-policy").is_empty() {
        audit.fault(call, answer, "RateLimit fields stand where 429 is declared, and only there");
    }
}
