//! From a schema to rows that a developer reads: name, type, whether it has to be there, what it means. Nested members
//! are spelled with dots, entries of lists with brackets: `items[].sku`.

use serde::Serialize;

use super::node::{At, Node};
use super::prose::{Line, prose};

/// One member of a body, or one parameter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Field {
    /// Its name, with those it stands in.
    pub(crate) name: String,
    /// Its type and bounds, in words.
    pub(crate) kind: String,
    /// The words it may be; empty where it is free or the list stands elsewhere.
    pub(crate) words: Vec<String>,
    /// Where a long list of words stands on the page.
    pub(crate) list: Option<String>,
    /// Whether it has to be there.
    pub(crate) required: bool,
    /// What it means.
    pub(crate) meaning: Vec<Line>,
}

/// One of the forms a body may have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Variant {
    /// What it is called, where there are several.
    pub(crate) title: Option<String>,
    /// What it means.
    pub(crate) meaning: Vec<Line>,
    /// Its members.
    pub(crate) fields: Vec<Field>,
}

/// Words shown in place; longer lists stand once on the page.
const FEW: usize = 12;
/// Levels drawn; deeper ones are named only.
const DEEP: usize = 6;

/// The forms of a body.
pub(super) fn variants(schema: At<'_>) -> Vec<Variant> {
    let objects: Vec<At<'_>> = schema.each("oneOf").filter(|one| has_members(*one)).collect();
    if objects.is_empty() {
        let fields = fields(schema);
        return if fields.is_empty() { Vec::new() } else { vec![Variant { title: None, meaning: Vec::new(), fields }] };
    }
    let variant = |one: At<'_>| Variant {
        title: one.name.map(str::to_owned),
        meaning: one.text("description").map(prose).unwrap_or_default(),
        fields: fields(one),
    };
    objects.into_iter().map(variant).collect()
}

fn fields(schema: At<'_>) -> Vec<Field> {
    let mut rows = Vec::new();
    let prefix = if is_list(schema) { "[]." } else { "" };
    grow(item(schema), prefix, 0, &mut rows);
    rows
}

/// A parameter as a row.
pub(super) fn parameter(at: At<'_>) -> Option<Field> {
    let schema = at.to("schema")?;
    let mut field = row(at.text("name")?.to_owned(), schema, at.text("required") == Some("true"));
    if let Some(own) = at.text("description") {
        field.meaning = prose(own);
    }
    Some(field)
}

/// Adds the members of a schema, each followed by its own.
fn grow(schema: At<'_>, prefix: &str, depth: usize, rows: &mut Vec<Field>) {
    let mut members: Vec<(&str, At<'_>)> = Vec::new();
    let mut required = Vec::new();
    for part in parts(schema) {
        required.extend(part.words("required"));
        for (name, member) in part.all("properties") {
            members.retain(|(known, _)| *known != name);
            members.push((name, member));
        }
    }
    for (name, member) in members {
        let name_here = format!("{prefix}{name}");
        rows.push(row(name_here.clone(), member, required.contains(&name)));
        if depth < DEEP {
            let inner = format!("{name_here}{}.", if is_list(member) { "[]" } else { "" });
            grow(item(member), &inner, depth + 1, rows);
        }
    }
}

/// The schema and all it is composed of, alternatives included.
fn parts(schema: At<'_>) -> Vec<At<'_>> {
    let inner = ["allOf", "oneOf", "anyOf"].into_iter().flat_map(|key| schema.each(key));
    let mut all: Vec<At<'_>> = inner.flat_map(parts).collect();
    all.push(schema);
    all
}

fn has_members(schema: At<'_>) -> bool {
    parts(schema).iter().any(|part| part.node.member("properties").is_some())
}

fn is_list(schema: At<'_>) -> bool {
    types(schema).contains(&"array")
}

/// What a list has entries of; anything else itself.
fn item(schema: At<'_>) -> At<'_> {
    parts(schema).into_iter().find_map(|part| part.to("items")).filter(|_| is_list(schema)).unwrap_or(schema)
}

fn row(name: String, schema: At<'_>, required: bool) -> Field {
    let words = words(item(schema));
    let list = list_name(schema).filter(|_| words.len() > FEW);
    let meaning = schema.text("description").or_else(|| parts(schema).iter().find_map(|part| part.text("description")));
    Field {
        kind: kind(schema),
        words: if words.len() > FEW { Vec::new() } else { words },
        list,
        required,
        meaning: meaning.map(prose).unwrap_or_default(),
        name,
    }
}

/// The name of the closed list that a schema refers to.
fn list_name(schema: At<'_>) -> Option<String> {
    let named = parts(schema).into_iter().chain(parts(item(schema)));
    named.filter(|part| part.node.member("enum").is_some()).find_map(|part| part.name).map(str::to_owned)
}

/// The words a schema allows.
fn words(schema: At<'_>) -> Vec<String> {
    let all = parts(schema).into_iter();
    all.flat_map(|part| {
        let one = part.node.member("const").and_then(Node::text).map(str::to_owned);
        one.into_iter().chain(part.words("enum").into_iter().map(str::to_owned))
    })
    .collect()
}

/// The types of a schema, `null` among them.
fn types(schema: At<'_>) -> Vec<&str> {
    let mut types = Vec::new();
    for part in parts(schema) {
        match part.node.member("type") {
            Some(Node::List(all)) => types.extend(all.iter().filter_map(Node::text)),
            Some(one) => types.extend(one.text()),
            None => {}
        }
    }
    types
}

/// Type and bounds in words.
fn kind(schema: At<'_>) -> String {
    let types = types(schema);
    let null = if types.contains(&"null") { " or null" } else { "" };
    let plain: Vec<&str> = types.into_iter().filter(|kind| *kind != "null").collect();
    if plain.contains(&"array") {
        let of = parts(schema).into_iter().find_map(|part| part.to("items"));
        return format!("list of {}{null}", of.map_or_else(|| "anything".to_owned(), plural));
    }
    if plain.contains(&"object") {
        let of = parts(schema).into_iter().find_map(|part| part.to("additionalProperties"));
        let of = of.filter(|of| of.node.member("type").is_some());
        return format!("{}{null}", of.map_or_else(|| "object".to_owned(), |of| format!("object of {}", plural(of))));
    }
    let format = parts(schema).iter().find_map(|part| part.text("format"));
    let name = match (format, plain.first().copied()) {
        (Some("date-time"), _) => "time",
        (Some("date"), _) => "day",
        (Some("uri"), _) => "URL",
        (_, Some(kind)) => kind,
        (_, None) => "string",
    };
    format!("{name}{}{null}", bounds(schema))
}

fn plural(schema: At<'_>) -> String {
    let kind = kind(schema);
    match kind.split_once(' ') {
        _ if kind.starts_with("list ") || kind.starts_with("object of") => kind,
        Some((name, rest)) => format!("{name}s {rest}"),
        None => format!("{kind}s"),
    }
}

fn bounds(schema: At<'_>) -> String {
    let bound = |key: &str| parts(schema).iter().find_map(|part| part.text(key));
    match (bound("minimum"), bound("maximum"), bound("maxLength")) {
        (Some(least), Some(most), _) => format!(" {least} to {most}"),
        (Some(least), None, _) => format!(" from {least}"),
        (None, None, Some(longest)) => format!(" of up to {longest} characters"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(yaml: &str) -> Vec<(String, String, bool)> {
        let node: Node = serde_saphyr::from_str(yaml).unwrap();
        let all = variants(At::root(&node));
        let rows = all.into_iter().flat_map(|variant| variant.fields);
        rows.map(|field| (field.name, field.kind, field.required)).collect()
    }

    #[test]
    fn members_are_spelled_with_their_place_and_type() {
        let found = rows(
            "type: object\nrequired: [b]\nproperties:\n  b: { type: [string, 'null'], maxLength: 9 }\n  \
             c: { type: array, items: { type: object, properties: { d: { type: integer, minimum: 0 } } } }\n  \
             e: { anyOf: [{ type: string, format: date-time }, { type: 'null' }] }\n",
        );
        let row = |name: &str, kind: &str, required| (name.to_owned(), kind.to_owned(), required);
        let expected = [
            row("b", "string of up to 9 characters or null", true),
            row("c", "list of objects", false),
            row("c[].d", "integer from 0", false),
            row("e", "time or null", false),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_later_part_says_more_of_the_same_member() {
        let node: Node = serde_saphyr::from_str(
            "allOf:\n  - { properties: { a: { type: string }, code: { type: string } } }\n  \
             - { required: [code], properties: { code: { enum: [x, z] } } }\n",
        )
        .unwrap();
        let fields = fields(At::root(&node));
        assert_eq!(fields.len(), 2, "{fields:?}");
        assert_eq!((fields[1].words.clone(), fields[1].required), (vec!["x".to_owned(), "z".to_owned()], true));
    }
}
