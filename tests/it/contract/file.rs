//! The contract as the tests read it: openapi.yaml with its references followed, and its schemas at work.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::{Draft, Registry, Resource, Validator};
use serde_json::{Value, json};

/// Name of the file among the schemas.
const HERE: &str = "urn:attesta:contract";

static ROOT: LazyLock<Value> = LazyLock::new(|| {
    serde_saphyr::from_str(include_str!("../../../openapi.yaml")).expect("openapi.yaml is YAML that JSON can hold")
});

static SCHEMAS: LazyLock<Registry<'static>> = LazyLock::new(|| {
    let file = Resource::from_contents(ROOT.clone());
    let registry = Registry::new().draft(Draft::Draft202012).add(HERE, file);
    registry.and_then(jsonschema::RegistryBuilder::prepare).expect("the references of openapi.yaml lead somewhere")
});

/// A place in the file.
#[derive(Clone, Debug)]
pub(super) struct At {
    /// JSON pointer.
    pointer: String,
    pub(super) node: &'static Value,
}

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.pointer)
    }
}

impl At {
    /// The whole file.
    pub(super) fn root() -> Self {
        Self { pointer: String::new(), node: &ROOT }
    }

    /// A member, or what it refers to.
    pub(super) fn to(&self, key: &str) -> Option<Self> {
        let node = match self.node {
            Value::Array(list) => list.get(key.parse::<usize>().ok()?)?,
            node => node.get(key)?,
        };
        let pointer = format!("{}/{}", self.pointer, key.replace('~', "~0").replace('/', "~1"));
        Some(Self { pointer, node }.followed())
    }

    /// A member that every file of this kind has.
    pub(super) fn must(&self, key: &str) -> Self {
        self.to(key).unwrap_or_else(|| panic!("openapi.yaml lacks {key} at {}", self.pointer))
    }

    fn followed(self) -> Self {
        let Some(link) = self.node.get("$ref").and_then(Value::as_str) else { return self };
        let pointer = link.strip_prefix('#').unwrap_or_else(|| panic!("{link} leads out of openapi.yaml"));
        let node = ROOT.pointer(pointer).unwrap_or_else(|| panic!("{link} leads nowhere in openapi.yaml"));
        Self { pointer: pointer.to_owned(), node }.followed()
    }

    /// All members, references followed.
    pub(super) fn members(&self) -> Vec<(String, Self)> {
        let keys: Vec<String> = match self.node {
            Value::Object(members) => members.keys().cloned().collect(),
            Value::Array(list) => (0..list.len()).map(|index| index.to_string()).collect(),
            _ => Vec::new(),
        };
        keys.into_iter().map(|key| (key.clone(), self.must(&key))).collect()
    }

    pub(super) fn text(&self, key: &str) -> Option<&'static str> {
        self.node.get(key).and_then(Value::as_str)
    }

    /// The examples beside a schema: `example`, or the values of `examples`.
    pub(super) fn examples(&self) -> Vec<(String, &'static Value)> {
        let one = self.node.get("example").map(|value| ("example".to_owned(), value));
        let many = self.to("examples").map(|examples| examples.members()).unwrap_or_default();
        one.into_iter().chain(many.into_iter().map(|(name, at)| (name, at.must("value").node))).collect()
    }

    /// What is wrong with a value under the schema here: what the schema forbids, and members it does not name.
    pub(super) fn faults(&self, value: &Value) -> Vec<String> {
        let validator = validator(&self.pointer);
        let forbidden = validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path()));
        let mut faults: Vec<String> = forbidden.collect();
        unnamed(value, std::slice::from_ref(self), "", &mut faults);
        faults
    }
}

/// A schema ready to judge; kept, since each is used often.
fn validator(pointer: &str) -> Arc<Validator> {
    static READY: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut ready = READY.lock().expect("no test panics in here");
    let made = ready.entry(pointer.to_owned()).or_insert_with(|| {
        let schema = json!({ "$ref": format!("{HERE}#{}", escaped(pointer)) });
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        let built = options.with_registry(&SCHEMAS).build(&schema);
        Arc::new(built.unwrap_or_else(|error| panic!("the schema at {pointer} of openapi.yaml is broken: {error}")))
    });
    Arc::clone(made)
}

fn escaped(pointer: &str) -> String {
    pointer.replace('%', "%25").replace('{', "%7B").replace('}', "%7D").replace('+', "%2B").replace(' ', "%20")
}

/// Collects members of `value` that none of the schemas for this place names.
fn unnamed(value: &Value, schemas: &[At], place: &str, found: &mut Vec<String>) {
    let all = composed(schemas);
    match value {
        Value::Object(members) => {
            let named =
                |key: &str| all.iter().filter_map(|schema| schema.to("properties")?.to(key)).collect::<Vec<_>>();
            let open = all.iter().any(is_open) || !all.iter().any(|schema| schema.node.get("properties").is_some());
            for (key, member) in members {
                let schemas = named(key);
                if schemas.is_empty() && !open {
                    found.push(format!("{place}/{key}: openapi.yaml does not name this member"));
                }
                unnamed(member, &schemas, &format!("{place}/{key}"), found);
            }
        }
        Value::Array(list) => {
            let items: Vec<At> = all.iter().filter_map(|schema| schema.to("items")).collect();
            list.iter().enumerate().for_each(|(n, item)| unnamed(item, &items, &format!("{place}/{n}"), found));
        }
        _ => {}
    }
}

fn is_open(schema: &At) -> bool {
    let extra = schema.node.get("additionalProperties");
    extra.is_some_and(|extra| *extra != Value::Bool(false)) || schema.node.get("patternProperties").is_some()
}

/// The schemas and all they are composed of.
fn composed(schemas: &[At]) -> Vec<At> {
    let parts = |schema: &At| {
        let lists = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| schema.to(key));
        lists.flat_map(|list| list.members()).map(|(_, part)| part).collect::<Vec<_>>()
    };
    schemas.iter().flat_map(|schema| [vec![schema.clone()], composed(&parts(schema))].concat()).collect()
}

/// One operation of the file.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    /// `GET` and kin.
    pub(super) method: String,
    /// With its `{parameters}`.
    pub(super) path: String,
    pub(super) id: &'static str,
    pub(super) at: At,
    /// Those of the path and its own.
    pub(super) parameters: Vec<At>,
}

const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

/// Every operation.
pub(super) fn operations() -> &'static [Operation] {
    static ALL: LazyLock<Vec<Operation>> = LazyLock::new(|| {
        let paths = At::root().must("paths").members().into_iter();
        paths
            .flat_map(|(path, item)| METHODS.into_iter().filter_map(move |method| operation(&path, &item, method)))
            .collect()
    });
    &ALL
}

fn operation(path: &str, item: &At, method: &str) -> Option<Operation> {
    let at = item.to(method)?;
    let lists = [item.to("parameters"), at.to("parameters")];
    let parameters = lists.into_iter().flatten().flat_map(|list| list.members()).map(|(_, parameter)| parameter);
    Some(Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        id: at.text("operationId").expect("every operation of openapi.yaml has an operationId"),
        parameters: parameters.collect(),
        at,
    })
}

impl Operation {
    /// Its parameters of one kind: `path` or `query`.
    pub(super) fn parameters_in(&self, kind: &'static str) -> impl Iterator<Item = &At> {
        self.parameters.iter().filter(move |parameter| parameter.text("in") == Some(kind))
    }

    /// The bodies it takes, by content type.
    pub(super) fn bodies(&self) -> Vec<(String, At)> {
        let content = self.at.to("requestBody").and_then(|body| body.to("content"));
        content.map(|content| content.members()).unwrap_or_default()
    }

    /// What it may answer.
    pub(super) fn responses(&self) -> BTreeMap<String, At> {
        self.at.must("responses").members().into_iter().collect()
    }

    /// Names of the schemes that one way of proving oneself needs; the first way that needs any.
    pub(super) fn security(&self) -> BTreeSet<String> {
        let ways = self.at.to("security").map(|ways| ways.members()).unwrap_or_default();
        let names = |way: &At| way.members().into_iter().map(|(name, _)| name).collect::<BTreeSet<_>>();
        ways.iter().map(|(_, way)| names(way)).find(|names| !names.is_empty()).unwrap_or_default()
    }

    /// Whether people read its answers.
    pub(super) fn is_page(&self) -> bool {
        let pages = |(_, response): (String, At)| {
            response.to("content").is_some_and(|content| content.to("text/html").is_some())
        };
        self.responses().into_iter().any(pages)
    }
}

/// The operation that answers this method at this path, found as the server finds it: first the path, fixed segments
/// before patterns, then the method.
pub(super) fn find(method: &str, path: &str) -> Option<&'static Operation> {
    let path = path.split('?').next().unwrap_or_default();
    let fitting = operations().iter().filter(|operation| fits(&operation.path, path));
    let pattern = &fitting.min_by_key(|operation| operation.path.matches('{').count())?.path;
    operations().iter().find(|operation| operation.method == method && operation.path == *pattern)
}

/// Whether a path is one of a pattern.
pub(super) fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    let one = |(wanted, given): (&&str, &&str)| match wanted.split_once('{').zip(wanted.split_once('}')) {
        Some(((before, _), (_, after))) => {
            given.len() > before.len() + after.len() && given.starts_with(before) && given.ends_with(after)
        }
        None => wanted == given,
    };
    pattern.len() == path.len() && pattern.iter().zip(&path).all(one)
}
