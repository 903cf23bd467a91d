//! The contract as its page shows it: the embedded openapi.yaml, read once in the life of a process and put into plain
//! values, operation by operation. It knows no request, no language and no address; the page adds those.

use std::sync::LazyLock;

use serde::Serialize;

mod node;
mod prose;
mod schema;

use self::node::{At, Node};
pub(crate) use self::prose::Line;
use self::prose::prose;
pub(crate) use self::schema::{Field, Variant};
use self::schema::{parameter, variants};

/// The file, as it stands beside Cargo.toml.
pub(super) const OPENAPI: &str = include_str!("../../../openapi.yaml");

/// Everything that the page draws.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Contract {
    /// What holds for all of it.
    pub(crate) about: Vec<Line>,
    /// Operations by subject.
    pub(crate) groups: Vec<Group>,
    /// Long closed lists that fields refer to.
    pub(crate) lists: Vec<List>,
}

/// A subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Group {
    /// Its name.
    pub(crate) name: String,
    /// What it is about.
    pub(crate) about: Vec<Line>,
    /// Its operations, in the order of the file.
    pub(crate) operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Operation {
    /// Its id, and its anchor.
    pub(crate) id: String,
    /// HTTP method.
    pub(crate) method: String,
    /// Path with its `{parameters}`.
    pub(crate) path: String,
    /// One line.
    pub(crate) summary: String,
    /// More of it.
    pub(crate) about: Vec<Line>,
    /// How the caller proves who they are: `key`, `signature`, or nothing.
    pub(crate) proof: Option<&'static str>,
    /// Of path and query.
    pub(crate) parameters: Vec<Field>,
    /// What is sent.
    pub(crate) body: Option<Body>,
    /// What comes back.
    pub(crate) answers: Vec<Answer>,
    /// What may be refused.
    pub(crate) refusals: Vec<Refusal>,
}

/// What is sent, or comes back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Body {
    /// Its media type.
    pub(crate) media: String,
    /// Its forms; none where it is no object.
    pub(crate) variants: Vec<Variant>,
    /// Examples of it.
    pub(crate) examples: Vec<Example>,
}

/// An example.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Example {
    /// What it shows, where that is said.
    pub(crate) title: Option<String>,
    /// JSON, spelled for reading.
    pub(crate) text: String,
}

/// An answer that is no refusal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: String,
    /// When it comes.
    pub(crate) about: Vec<Line>,
    /// Its body.
    pub(crate) body: Option<Body>,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Refusal {
    /// HTTP status.
    pub(crate) status: String,
    /// Its codes, each an anchor of the page.
    pub(crate) codes: Vec<String>,
    /// When it comes.
    pub(crate) about: Vec<Line>,
}

/// A closed list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct List {
    /// Its name, and its anchor.
    pub(crate) name: String,
    /// What it is about.
    pub(crate) about: Vec<Line>,
    /// Its words.
    pub(crate) words: Vec<String>,
}

/// The contract, or why it cannot be read.
pub(crate) fn contract() -> Result<&'static Contract, &'static str> {
    static READ: LazyLock<Result<Contract, String>> = LazyLock::new(|| {
        let root: Node = serde_saphyr::from_str(OPENAPI).map_err(|error| format!("openapi.yaml: {error}"))?;
        Ok(read(At::root(&root)))
    });
    READ.as_ref().map_err(String::as_str)
}

/// A contract of a few lines that covers both sides of every condition of the page.
pub(crate) fn sample() -> &'static Contract {
    static READ: LazyLock<Contract> = LazyLock::new(|| {
        let root: Node = serde_saphyr::from_str(include_str!("sample.yaml")).unwrap_or(Node::List(Vec::new()));
        read(At::root(&root))
    });
    &READ
}

const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

fn read(root: At<'_>) -> Contract {
    let mut groups: Vec<Group> = root.each("tags").map(group).collect();
    for (path, item) in root.all("paths") {
        for (method, at) in METHODS.into_iter().filter_map(|method| Some((method, item.to(method)?))) {
            let tag = at.words("tags").first().copied().unwrap_or_default();
            if let Some(group) = groups.iter_mut().find(|group| group.name == tag) {
                group.operations.push(operation(path, item, (method, at)));
            }
        }
    }
    let about = root.to("info").and_then(|info| info.text("description")).map(prose).unwrap_or_default();
    let lists = lists(root, &groups);
    Contract { about, groups, lists }
}

fn group(tag: At<'_>) -> Group {
    Group { name: tag.text("name").unwrap_or_default().to_owned(), about: described(tag), operations: Vec::new() }
}

fn described(at: At<'_>) -> Vec<Line> {
    at.text("description").map(prose).unwrap_or_default()
}

fn operation(path: &str, item: At<'_>, (method, at): (&str, At<'_>)) -> Operation {
    let (mut answers, mut refusals) = (Vec::new(), Vec::new());
    for (status, response) in at.all("responses") {
        if status.starts_with(['1', '2', '3']) {
            let answer = Answer { status: status.to_owned(), about: described(response), body: body(response) };
            answers.push(answer);
        } else {
            refusals.push(refusal(status, response));
        }
    }
    Operation {
        id: at.text("operationId").unwrap_or_default().to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: at.text("summary").unwrap_or_default().to_owned(),
        about: described(at),
        proof: proof(at),
        parameters: item.each("parameters").chain(at.each("parameters")).filter_map(parameter).collect(),
        body: at.to("requestBody").and_then(body),
        answers,
        refusals,
    }
}

/// How the caller proves who they are.
fn proof(at: At<'_>) -> Option<&'static str> {
    let schemes: Vec<&str> =
        at.each("security").flat_map(|way| way.node.members().iter().map(|(name, _)| name.as_str())).collect();
    if schemes.iter().any(|scheme| scheme.starts_with("webhook")) {
        return Some("signature");
    }
    schemes.contains(&"apiKey").then_some("key")
}

/// The first body that is declared, with its examples where they are JSON.
fn body(at: At<'_>) -> Option<Body> {
    let (media, content) = at.all("content").next()?;
    let json = media.ends_with("json");
    let one = content.node.member("example").map(|node| Example { title: None, text: node.spelled() });
    let many = content.all("examples").filter_map(|(_, example)| {
        let text = example.to("value")?.node.spelled();
        Some(Example { title: example.text("summary").map(str::to_owned), text })
    });
    let form = media == "application/x-www-form-urlencoded";
    Some(Body {
        media: media.to_owned(),
        variants: content.to("schema").filter(|_| json || form).map(variants).unwrap_or_default(),
        examples: one.into_iter().chain(many).filter(|_| json).collect(),
    })
}

fn refusal(status: &str, response: At<'_>) -> Refusal {
    let problem = response.all("content").find(|(media, _)| *media == "application/problem+json");
    let mut codes = Vec::new();
    if let Some(schema) = problem.and_then(|(_, content)| content.to("schema")) {
        narrowed(schema, &mut codes);
    }
    Refusal { status: status.to_owned(), codes, about: described(response) }
}

/// The codes that a problem's schema narrows to.
fn narrowed(schema: At<'_>, codes: &mut Vec<String>) {
    if schema.name == Some("Problem") {
        return;
    }
    if let Some(code) = schema.to("properties").and_then(|properties| properties.to("code")) {
        codes.extend(code.node.member("const").and_then(Node::text).map(str::to_owned));
        codes.extend(code.words("enum").into_iter().map(str::to_owned));
    }
    for part in schema.each("allOf") {
        narrowed(part, codes);
    }
}

/// The long lists that fields of the page refer to, except the problems, which have a place of their own.
fn lists(root: At<'_>, groups: &[Group]) -> Vec<List> {
    let operations = || groups.iter().flat_map(|group| &group.operations);
    let bodies =
        operations().flat_map(|one| one.answers.iter().filter_map(|answer| answer.body.as_ref()).chain(&one.body));
    let fields = bodies.flat_map(|body| body.variants.iter().flat_map(|variant| &variant.fields));
    let mut names: Vec<&String> =
        fields.chain(operations().flat_map(|one| &one.parameters)).filter_map(|field| field.list.as_ref()).collect();
    names.sort();
    names.dedup();
    let schemas = root.to("components").and_then(|components| components.to("schemas"));
    let list = |name: &String| {
        let at = schemas?.to(name).filter(|_| name != "ProblemCode")?;
        let words = at.words("enum").into_iter().map(str::to_owned).collect();
        Some(List { name: name.clone(), about: described(at), words })
    };
    names.into_iter().filter_map(list).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operations() -> Vec<Operation> {
        contract().unwrap().groups.iter().flat_map(|group| group.operations.clone()).collect()
    }

    #[test]
    fn the_sample_covers_every_part() {
        let all: Vec<_> = sample().groups.iter().flat_map(|group| &group.operations).collect();
        assert!(all.len() == 3 && !sample().lists.is_empty() && !sample().about.is_empty());
        assert!(all.iter().any(|one| one.proof.is_none()) && all.iter().any(|one| one.proof.is_some()));
        assert!(all.iter().any(|one| one.body.is_none() && one.parameters.is_empty() && one.refusals.is_empty()));
        let body = all.iter().find_map(|one| one.body.as_ref()).unwrap();
        assert!(body.variants.len() == 2 && body.examples.len() == 2);
    }

    #[test]
    fn every_operation_of_the_file_is_on_the_page() {
        assert_eq!(operations().len(), OPENAPI.matches("operationId:").count());
        assert!(contract().unwrap().groups.iter().all(|group| !group.operations.is_empty() && !group.about.is_empty()));
    }

    #[test]
    fn the_first_thing_a_shop_reads_is_whole() {
        let push = operations().into_iter().find(|operation| operation.id == "push_event").unwrap();
        assert_eq!((push.method.as_str(), push.proof), ("POST", Some("signature")));
        let body = push.body.unwrap();
        let titles: Vec<_> = body.variants.iter().filter_map(|variant| variant.title.as_deref()).collect();
        assert_eq!(titles, ["OrderEvent", "CustomerErased", "OtherEvent"]);
        let email = body.variants[0].fields.iter().find(|field| field.name == "data.customer.email");
        assert!(email.is_some(), "{:?}", body.variants[0]);
        assert!(body.examples.len() > 3 && body.examples[0].text.contains("\"number\": \"#1001\""));
        assert!(push.refusals.iter().any(|refusal| refusal.codes.contains(&"webhook_id_reused".to_owned())));
        let reason =
            push.answers[0].body.as_ref().unwrap().variants[0].fields.iter().find(|field| field.name == "reason");
        assert_eq!(reason.unwrap().list.as_deref(), Some("Reason"));
        assert!(contract().unwrap().lists.iter().any(|list| list.name == "Reason" && list.words.len() > 20));
    }

    /// Whoever writes a shop's side reads this page first.
    #[test]
    fn every_field_that_a_shop_sends_or_reads_says_what_it_means() {
        let mut silent = std::collections::BTreeSet::new();
        for operation in operations().into_iter().filter(|operation| operation.proof.is_some()) {
            let bodies = operation.answers.iter().filter_map(|answer| answer.body.as_ref()).chain(&operation.body);
            let fields = bodies.flat_map(|body| body.variants.iter().flat_map(|variant| &variant.fields));
            for field in fields.chain(&operation.parameters).filter(|field| field.meaning.is_empty()) {
                silent.insert(format!("{} {}", operation.id, field.name));
            }
        }
        assert!(silent.is_empty(), "{} fields say nothing: {silent:#?}", silent.len());
    }
}
