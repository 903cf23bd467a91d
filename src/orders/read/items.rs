//! Reading the lines of an order and of a refund.

use std::collections::HashSet;

use serde_json::Value;

use super::node::{Node, Read, label, refuse};
use super::{MAX_ITEMS, Warning};
use crate::orders::event::{Change, EventKind, RefundScope};
use crate::orders::model::Item;

/// Longest name of a line, sku, gtin, mpn or brand, in characters.
const LABEL: usize = 100;

/// The lines in `data`. `null` in an event that tells the whole order is an empty order, in one that moves lines it is all.
pub(super) fn items(data: &Node<'_>, kind: EventKind, warnings: &mut Vec<Warning>) -> Read<Option<Vec<Item>>> {
    let entries = match data.list("items", MAX_ITEMS)? {
        Change::Keep => return Ok(None),
        Change::Clear if kind.names_moved_lines() => return Ok(None),
        Change::Clear => return Ok(Some(Vec::new())),
        Change::Set(entries) => entries,
    };
    let mut seen = HashSet::new();
    let mut items = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let node = Node::of(entry, format!("{}/{index}", data.at("items")))?;
        let item = item(&node, index, warnings)?;
        if !seen.insert(item.line.clone()) {
            return Err(refuse(node.at("line"), "Two entries name the same line."));
        }
        items.push(item);
    }
    Ok(Some(items))
}

fn item(node: &Node<'_>, index: usize, warnings: &mut Vec<Warning>) -> Read<Item> {
    Ok(Item {
        // A shop that does not name its lines gets their places, from one.
        line: node.label("line", LABEL)?.set().unwrap_or_else(|| (index + 1).to_string()),
        sku: optional(node, "sku")?,
        gtin: optional(node, "gtin")?,
        mpn: optional(node, "mpn")?,
        brand: node.line("brand", LABEL, warnings)?.set(),
        name: node.line("name", 300, warnings)?.set(),
        category: node.line("category", 200, warnings)?.set(),
        url: link(node, "url", warnings)?,
        image: link(node, "image", warnings)?,
        quantity: node.amount("quantity")?.set().unwrap_or(1),
        price: node.amount("price")?.set(),
    })
}

/// A label that may be missing, `null` or empty.
fn optional(node: &Node<'_>, key: &str) -> Read<Option<String>> {
    match node.member(key) {
        Change::Set(Value::String(text)) if text.trim().is_empty() => Ok(None),
        _ => Ok(node.label(key, LABEL)?.set()),
    }
}

/// An address of the web; another one is left out with a warning, because an order is worth more than a picture.
fn link(node: &Node<'_>, key: &str, warnings: &mut Vec<Warning>) -> Read<Option<String>> {
    let Some(text) = node.text(key)?.set().map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let web = ["https://", "http://"].iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
    if web && text.len() <= 2_000 && !text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Ok(Some(text.to_owned()));
    }
    warnings.push(Warning::new("invalid_url", node.at(key), "This is no http or https address; it was left out."));
    Ok(None)
}

/// What `data.refund` says was given back. Absent: everything, which is the careful reading.
pub(super) fn refund(data: &Node<'_>, warnings: &mut Vec<Warning>) -> Read<RefundScope> {
    let Some(refund) = data.object("refund")? else {
        warnings.push(Warning::new(
            "refund_assumed_whole",
            data.at("refund"),
            "No refund was described; it was taken as a refund of everything.",
        ));
        return Ok(RefundScope::All);
    };
    if refund.flag("all")? == Some(true) {
        return Ok(RefundScope::All);
    }
    let Change::Set(entries) = refund.list("items", MAX_ITEMS)? else {
        return Err(refuse(
            refund.path.clone(),
            "Say either {\"all\": true} or {\"items\": [{\"line\", \"quantity\"}]}.",
        ));
    };
    let mut seen = HashSet::new();
    let mut lines = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let node = Node::of(entry, format!("{}/{index}", refund.at("items")))?;
        let line = label(node.required("line")?, LABEL).map_err(|detail| refuse(node.at("line"), detail))?;
        if !seen.insert(line.clone()) {
            return Err(refuse(node.at("line"), "Two entries name the same line."));
        }
        lines.push((line, node.amount("quantity")?.set()));
    }
    Ok(RefundScope::Lines(lines))
}
