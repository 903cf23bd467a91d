//! openapi.yaml is the truth: every route, every error, every example and every answer is compared with it, on both
//! engines and in both directions.

mod audit;
mod call;
mod errors;
mod examples;
mod file;
mod safety;
mod scene;
mod turns;
mod verdict;

use std::collections::BTreeSet;
use std::fmt::Display;

use attesta::db::Engine;
use attesta::demo;
use attesta::http::RouteTable;
use attesta::merchants::{LegalBasis, Sector, ShopStatus, Trigger};
use attesta::orders::Reason;
use attesta::orders::state::WORDS;
use attesta::problem::Code;
use attesta::reviews::model::RestrictionReason;

pub(crate) use self::verdict::check;

use self::audit::Audit;
use self::file::{At, operations};
use crate::support::app::TestApp;

/// `METHOD /path operation` of every route.
fn routes(table: &RouteTable) -> BTreeSet<String> {
    table.entries().iter().map(|entry| format!("{} {} {}", entry.method, entry.path, entry.operation)).collect()
}

#[tokio::test]
async fn the_route_table_and_the_file_are_the_same() {
    let app = TestApp::start(Engine::Sqlite).await.expect("SQLite is built in");
    let table = routes(&app.rooms.routes());
    let file = operations()
        .iter()
        .map(|operation| format!("{} {} {}", operation.method, operation.path, operation.id))
        .collect();
    let missing: Vec<_> = table.difference(&file).collect();
    let extra: Vec<_> = file.difference(&table).collect();
    assert!(missing.is_empty(), "these routes are served and not in openapi.yaml: {missing:#?}");
    assert!(extra.is_empty(), "these operations stand in openapi.yaml and are not served: {extra:#?}");
    let ids: BTreeSet<_> = operations().iter().map(|operation| operation.id).collect();
    assert_eq!(ids.len(), operations().len(), "an operation id stands for one operation");
}

#[test]
fn what_the_demo_adds_is_outside_the_contract() {
    let mut table = RouteTable::new();
    demo::routes(&mut table);
    for entry in table.entries() {
        let own = entry.path == "/" || entry.path.starts_with("/demo/");
        assert!(own && entry.operation.starts_with("demo_"), "{} {} is not the demo's own", entry.method, entry.path);
    }
}

/// The words of a closed list of the code, and those of the file.
fn assert_same_words<W: Display>(schema: &str, ours: impl IntoIterator<Item = W>) {
    let at = At::root().must("components").must("schemas").must(schema);
    let file = at.must("enum").members().into_iter().map(|(_, word)| word.node.as_str().expect("a word").to_owned());
    let (file, ours): (BTreeSet<_>, BTreeSet<_>) =
        (file.collect(), ours.into_iter().map(|word| word.to_string()).collect());
    assert_eq!(file, ours, "the words of {schema} in openapi.yaml (left) and in the code (right)");
}

#[test]
fn closed_lists_are_the_same() {
    assert_same_words("ProblemCode", Code::ALL);
    assert_same_words("Reason", Reason::ALL);
    assert_same_words("OrderState", WORDS);
    assert_same_words("Trigger", Trigger::ALL);
    assert_same_words("Sector", Sector::ALL);
    assert_same_words("LegalBasis", LegalBasis::ALL);
    assert_same_words("ShopStatus", ShopStatus::ALL);
    assert_same_words("RestrictionReason", RestrictionReason::ALL.iter().map(|reason| reason.as_str()));
}

/// The codes that the schema of a problem narrows to, in this schema and those it is composed of.
fn codes_of(schema: &At, found: &mut BTreeSet<String>) {
    let code = schema.to("properties").and_then(|properties| properties.to("code"));
    for word in code.iter().flat_map(|code| [code.to("const"), code.to("enum")]).flatten() {
        let words = word.node.as_array().cloned().unwrap_or_else(|| vec![word.node.clone()]);
        found.extend(words.iter().filter_map(|word| word.as_str().map(str::to_owned)));
    }
    for (_, part) in schema.to("allOf").map(|parts| parts.members()).unwrap_or_default() {
        if !is_problem(&part) {
            codes_of(&part, found);
        }
    }
}

/// Whether a schema is that of every problem, whose codes are all there are.
fn is_problem(schema: &At) -> bool {
    schema.to_string() == "/components/schemas/Problem"
}

#[test]
fn every_code_is_declared_where_it_is_answered() {
    let everywhere =
        ["MethodNotAllowed", "NotFoundPage"].map(|name| At::root().must("components").must("responses").must(name));
    let answers = operations().iter().flat_map(|operation| operation.responses().into_values()).chain(everywhere);
    let mut declared = BTreeSet::new();
    for answer in answers {
        let problem = answer.to("content").and_then(|content| content.to("application/problem+json"));
        if let Some(problem) = problem {
            codes_of(&problem.must("schema"), &mut declared);
        }
    }
    let all: BTreeSet<String> = Code::ALL.iter().map(ToString::to_string).collect();
    let nowhere: Vec<_> = all.difference(&declared).collect();
    assert!(nowhere.is_empty(), "no operation of openapi.yaml declares these codes: {nowhere:?}");
}

/// Every place below that has a schema and examples.
fn with_examples(at: &At, found: &mut Vec<At>) {
    if at.node.get("schema").is_some() && !at.examples().is_empty() {
        found.push(at.clone());
    }
    at.members().into_iter().filter(|(key, _)| key != "schemas").for_each(|(_, member)| with_examples(&member, found));
}

#[test]
fn every_example_fits_its_own_schema() {
    let mut all = Vec::new();
    with_examples(&At::root(), &mut all);
    let mut faults = Vec::new();
    for at in &all {
        for (name, value) in at.examples() {
            let wrong = at.must("schema").faults(value);
            faults.extend(wrong.into_iter().map(|fault| format!("{at} {name}{fault}")));
        }
    }
    assert!(all.len() > 150, "the file has examples: {}", all.len());
    assert!(faults.is_empty(), "{} examples do not fit: {faults:#?}", faults.len());
}

#[test]
fn whatever_answers_has_an_example_and_whatever_takes_a_body_too() {
    let mut bare = Vec::new();
    for operation in operations() {
        let answers = operation.responses().into_values().filter_map(|response| response.to("content"));
        let taken = operation.bodies().into_iter().filter(|(kind, _)| kind != "*/*").map(|(_, media)| media);
        let medias = answers.flat_map(|content| content.members()).map(|(_, media)| media).chain(taken);
        bare.extend(
            medias.filter(|media| media.examples().is_empty()).map(|media| format!("{} {media}", operation.id)),
        );
    }
    assert!(bare.is_empty(), "without an example: {bare:#?}");
}

/// All calls on one engine; nothing where it is not installed.
async fn every_call(engine: Engine) {
    let Some(app) = TestApp::start_with(engine, audit::roomy).await else { return };
    let Some(tight) = TestApp::start_with(engine, audit::tight).await else { return };
    let mut audit = Audit::new(&app, engine);
    examples::round(&mut audit).await;
    errors::round(&mut audit).await;
    turns::round(&mut audit).await;
    let mut limited = Audit::new(&tight, engine);
    errors::too_often(&mut limited).await;
    errors::not_set(&mut limited).await;
    audit.and(limited).conclude();
}

#[tokio::test]
async fn every_call_is_answered_as_the_file_says_on_sqlite() {
    every_call(Engine::Sqlite).await;
}

#[tokio::test]
async fn every_call_is_answered_as_the_file_says_on_postgresql() {
    every_call(Engine::Postgres).await;
}
