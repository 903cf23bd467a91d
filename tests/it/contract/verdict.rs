//! Whether an answer is one that the contract promises: its status, its headers, its content type, its body.

use serde_json::Value;

use super::file::{At, Operation, find};
use crate::support::app::Answer;

/// Fails with a sentence where an answer is not in the contract. Any integration test may call it.
pub(crate) fn check(method: &str, path: &str, answer: &Answer) {
    let faults = match find(method, path) {
        Some(operation) => faults(operation, answer),
        None if answer.status == 404 || answer.status == 405 => Vec::new(),
        None => vec![format!("openapi.yaml has no {method} {path}")],
    };
    assert!(faults.is_empty(), "{method} {path} answered {}: {}\n{}", answer.status, faults.join("; "), answer.text);
}

/// All that is wrong with an answer of this operation.
pub(super) fn faults(operation: &Operation, answer: &Answer) -> Vec<String> {
    match declared(operation, answer.status) {
        Some((_, response)) => of_response(&response, answer),
        None => vec![format!("the status {} is not declared", answer.status)],
    }
}

/// The response that stands for a status, and its key.
pub(super) fn declared(operation: &Operation, status: u16) -> Option<(String, At)> {
    let responses = operation.at.must("responses");
    let keys = [status.to_string(), format!("{}XX", status / 100)];
    keys.into_iter().find_map(|key| responses.to(&key).map(|response| (key, response)))
}

/// All that is wrong with an answer under one response of the file.
pub(super) fn of_response(response: &At, answer: &Answer) -> Vec<String> {
    let mut faults = of_headers(response, answer);
    let given = answer.header("content-type").split(';').next().unwrap_or_default().trim().to_owned();
    match response.to("content").map(|content| content.to(&given)) {
        None if answer.text.is_empty() => {}
        None => faults.push("it has a body and none is declared".to_owned()),
        Some(None) => faults.push(format!("the content type {given:?} is not declared")),
        Some(Some(media)) => faults.extend(of_body(&media, &given, answer)),
    }
    faults
}

fn of_body(media: &At, content_type: &str, answer: &Answer) -> Vec<String> {
    let schema = media.must("schema");
    if !content_type.ends_with("json") {
        return schema.faults(&Value::String(answer.text.clone()));
    }
    match serde_json::from_str::<Value>(&answer.text) {
        Ok(body) => [schema.faults(&body), of_problem(content_type, &body, answer)].concat(),
        Err(error) => vec![format!("the body is not JSON: {error}")],
    }
}

/// A problem says its own status.
fn of_problem(content_type: &str, body: &Value, answer: &Answer) -> Vec<String> {
    let said = body.get("status").and_then(Value::as_u64);
    let wrong = content_type == "application/problem+json" && said != Some(u64::from(answer.status));
    if wrong { vec!["the problem names another status".to_owned()] } else { Vec::new() }
}

fn of_headers(response: &At, answer: &Answer) -> Vec<String> {
    let headers = response.to("headers").map(|headers| headers.members()).unwrap_or_default();
    let one = |(name, header): (String, At)| match answer.headers.get(&name) {
        None if header.node.get("required") == Some(&Value::Bool(true)) => {
            vec![format!("the header {name} is missing")]
        }
        None => Vec::new(),
        Some(value) => {
            let value = Value::String(value.to_str().unwrap_or_default().to_owned());
            header.must("schema").faults(&value).into_iter().map(|fault| format!("header {name}{fault}")).collect()
        }
    };
    headers.into_iter().flat_map(one).collect()
}
