//! Whether an answer is one that the contract promises: its status, its headers, its content type, its body.

use serde_json::Value;

use super::file::{At, Operation, find};
use crate::support::app::Answer;

/// Fails with a sentence where an answer is not in the contract. Any integration test may call it.
pub(crate) fn check(method: &str, path: &str, answer: &Answer) {
    let outside = matches!(method, "HEAD" | "OPTIONS") || path.starts_with("/demo/");
    let (_, faults) = if outside { (None, Vec::new()) } else { of_call(method, path, answer) };
    assert!(faults.is_empty(), "{method} {path} answered {}: {}\n{}", answer.status, faults.join("; "), answer.text);
}

/// The operation that answered, and all that is wrong with its answer.
pub(super) fn of_call(method: &str, path: &str, answer: &Answer) -> (Option<&'static Operation>, Vec<String>) {
    let operation = find(method, path);
    (operation, operation.map_or_else(|| of_everywhere(answer), |operation| faults(operation, answer)))
}

/// What every address may answer: that it does not take the method, or that it is none.
fn of_everywhere(answer: &Answer) -> Vec<String> {
    let responses = At::root().must("components").must("responses");
    match answer.status {
        404 => of_response(&responses.must("NotFoundPage"), answer),
        405 => of_response(&responses.must("MethodNotAllowed"), answer),
        status => vec![format!("{status} from an address that openapi.yaml does not have")],
    }
}

/// All that is wrong with an answer of this operation.
fn faults(operation: &Operation, answer: &Answer) -> Vec<String> {
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
fn of_response(response: &At, answer: &Answer) -> Vec<String> {
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
    if content_type == "application/x-ndjson" {
        return answer.text.lines().flat_map(|line| of_line(&schema, line)).collect();
    }
    if !content_type.ends_with("json") {
        return schema.faults(&Value::String(answer.text.clone()));
    }
    match serde_json::from_str::<Value>(&answer.text) {
        Ok(body) => [schema.faults(&body), of_problem(content_type, &body, answer)].concat(),
        Err(error) => vec![format!("the body is not JSON: {error}")],
    }
}

/// One line of an answer that has a document a line.
fn of_line(schema: &At, line: &str) -> Vec<String> {
    match serde_json::from_str::<Value>(line) {
        Ok(body) => schema.faults(&body),
        Err(error) => vec![format!("a line is not JSON: {error}: {line}")],
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
