//! openapi.yaml as a tree that keeps its order, with references followed. Knows YAML and JSON, not what they say.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value of the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// `null`, a number or a truth value, as JSON spells it.
    Plain(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Members in their order.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// A member, as it stands there.
    pub(super) fn member(&self, key: &str) -> Option<&Self> {
        self.members().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// All members; none of what has none.
    pub(super) fn members(&self) -> &[(String, Self)] {
        if let Self::Map(members) = self { members } else { &[] }
    }

    /// The entries of a list; none of what is no list.
    pub(super) fn entries(&self) -> &[Self] {
        if let Self::List(entries) = self { entries } else { &[] }
    }

    /// A text, number or truth value as text.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Plain(text) | Self::Text(text) => Some(text),
            Self::List(_) | Self::Map(_) => None,
        }
    }

    /// As JSON in lines of bounded length: what fits stays on one line.
    pub(super) fn spelled(&self) -> String {
        let mut out = String::new();
        self.spell(&mut out, 0);
        out
    }

    fn spell(&self, out: &mut String, depth: usize) {
        const WIDTH: usize = 76;
        let flat = self.flat();
        let (open, close, count) = match self {
            Self::List(list) => ('[', ']', list.len()),
            Self::Map(members) => ('{', '}', members.len()),
            Self::Plain(_) | Self::Text(_) => return out.push_str(&flat),
        };
        if flat.chars().count() + 2 * depth <= WIDTH {
            return out.push_str(&flat);
        }
        out.push(open);
        let inner = depth + 1;
        for at in 0..count {
            out.push_str(if at == 0 { "\n" } else { ",\n" });
            out.push_str(&"  ".repeat(inner));
            if let Some((name, _)) = self.members().get(at) {
                out.push_str(&quoted(name));
                out.push_str(": ");
            }
            if let Some(node) = self.entries().get(at).or_else(|| self.members().get(at).map(|(_, node)| node)) {
                node.spell(out, inner);
            }
        }
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
        out.push(close);
    }

    fn flat(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Text(text) => quoted(text),
            Self::List(list) => format!("[{}]", list.iter().map(Self::flat).collect::<Vec<_>>().join(", ")),
            Self::Map(members) if members.is_empty() => "{}".to_owned(),
            Self::Map(members) => {
                let member = |(name, node): &(String, Self)| format!("{}: {}", quoted(name), node.flat());
                format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Plain("null".to_owned()))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Plain("null".to_owned()))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Plain(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Plain(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Plain(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Plain(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = access.next_element()? {
            list.push(entry);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = access.next_entry()? {
            members.push(member);
        }
        Ok(Node::Map(members))
    }
}

/// A place in the file, its reference followed.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) root: &'a Node,
    pub(super) node: &'a Node,
    /// What the reference said beside itself, such as a description for this place.
    beside: Option<&'a Node>,
    /// The last part of the reference.
    pub(super) name: Option<&'a str>,
}

impl<'a> At<'a> {
    /// The whole file.
    pub(super) fn root(root: &'a Node) -> Self {
        Self { root, node: root, beside: None, name: None }
    }

    /// A node of the same file.
    pub(super) fn at(self, node: &'a Node) -> Self {
        let mut place = Self { node, beside: None, name: None, ..self };
        // A chain of references is short; a circle ends where it began to turn.
        for _ in 0..8 {
            let Some(link) = place.node.member("$ref").and_then(Node::text) else { break };
            let Some(target) = self.find(link) else { break };
            place.beside = place.beside.or(Some(place.node));
            place.name = place.name.or(link.rsplit('/').next());
            place.node = target;
        }
        place
    }

    fn find(self, link: &str) -> Option<&'a Node> {
        let keys = link.strip_prefix("#/")?.split('/');
        keys.map(|key| key.replace("~1", "/").replace("~0", "~")).try_fold(self.root, |node, key| node.member(&key))
    }

    /// A member, its reference followed.
    pub(super) fn to(self, key: &str) -> Option<Self> {
        self.node.member(key).map(|node| self.at(node))
    }

    /// The members under a key, references followed.
    pub(super) fn all(self, key: &str) -> impl Iterator<Item = (&'a str, Self)> {
        let members = self.node.member(key).map_or(&[][..], Node::members);
        members.iter().map(move |(name, node)| (name.as_str(), self.at(node)))
    }

    /// The entries of the list under a key, references followed.
    pub(super) fn each(self, key: &str) -> impl Iterator<Item = Self> {
        self.node.member(key).map_or(&[][..], Node::entries).iter().map(move |node| self.at(node))
    }

    /// A text member; what stands beside the reference comes first.
    pub(super) fn text(self, key: &str) -> Option<&'a str> {
        let own = self.beside.and_then(|beside| beside.member(key));
        own.or_else(|| self.node.member(key)).and_then(Node::text)
    }

    /// The words of a list member.
    pub(super) fn words(self, key: &str) -> Vec<&'a str> {
        self.node.member(key).map_or(&[][..], Node::entries).iter().filter_map(Node::text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Node {
        serde_saphyr::from_str(yaml).unwrap()
    }

    #[test]
    fn json_is_spelled_in_the_order_of_the_file() {
        let node = read("b: 1\na: [x, null, true, 1.5]\nc: { z: '1', y: \"q\\\"\" }\n");
        let flat = r#"{ "b": 1, "a": ["x", null, true, 1.5], "c": { "z": "1", "y": "q\"" } }"#;
        assert_eq!(node.spelled(), flat);
        let long = read(&format!("a: {}\nb: [1]\n", "x".repeat(80)));
        assert_eq!(long.spelled(), format!("{{\n  \"a\": \"{}\",\n  \"b\": [1]\n}}", "x".repeat(80)));
        let value: serde_json::Value = serde_json::from_str(&long.spelled()).unwrap();
        assert_eq!(value["b"][0], 1);
    }

    #[test]
    fn references_are_followed_and_may_say_more() {
        let node = read("a: { $ref: '#/x/y', description: here }\nx: { y: { type: string, description: there } }\n");
        let at = At::root(&node).to("a").unwrap();
        assert_eq!((at.text("type"), at.text("description"), at.name), (Some("string"), Some("here"), Some("y")));
        let circle = read("a: { $ref: '#/b' }\nb: { $ref: '#/a' }\n");
        assert!(At::root(&circle).to("a").is_some(), "a circle ends");
    }
}
