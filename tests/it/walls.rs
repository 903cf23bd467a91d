//! The walls of the house, held by a test: who may import whom, and where the outside world may be touched.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rooms, in the order of the story: each may import those above it, and the ground.
const ROOMS: [&str; 7] = ["merchants", "orders", "invitations", "reviews", "profiles", "badges", "feeds"];
/// The doors: may import any room; nobody imports them but `app` and the command line.
const DOORS: [&str; 6] = ["intake", "desk", "person", "returns", "compat", "demo"];
/// The ground: knows no room. Each may import those above it in this list.
const GROUND: [&str; 13] = [
    "kernel", "sign", "db", "problem", "look", "links", "config", "keyring", "context", "jobs", "http", "mail", "files",
];

struct Source {
    path: PathBuf,
    name: String,
    /// Production code: without the tests at the foot and without comments.
    code: String,
    text: String,
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    let mut dirs = vec![src()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let production = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
                let code = production
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"))
                    .collect::<Vec<_>>()
                    .join("\n");
                let name = path.strip_prefix(src()).unwrap().display().to_string();
                found.push(Source { path, name, code, text });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(found.len() > 50, "the walls look at the whole house, not at {} files", found.len());
    found
}

/// The room a file stands in: the first part of its path.
fn place(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap_or_default()
}

/// The top-level modules a file names, as `crate::a::…` or in a group `crate::{a, b::…}`.
fn imports(code: &str) -> BTreeSet<&str> {
    let word = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let mut found = BTreeSet::new();
    for rest in code.match_indices("crate::").filter_map(|(at, found)| code.get(at + found.len()..)) {
        match rest.strip_prefix('{').and_then(|group| group.split('}').next()) {
            Some(group) => found.extend(group.split(',').map(str::trim).map(|name| name.split_at(word(name)).0)),
            None => {
                found.insert(rest.split_at(word(rest)).0);
            }
        }
    }
    found.remove("");
    found
}

fn may_import(from: &str, to: &str) -> bool {
    let room = |name: &str| ROOMS.iter().position(|room| *room == name);
    let ground = |name: &str| GROUND.iter().position(|ground| *ground == name);
    match (from, to) {
        (from, to) if from == to => true,
        // The composer and the command line may use everything; nobody may use them.
        ("app", to) => to != "cli",
        ("cli" | "main" | "lib", _) => true,
        (_, "app" | "cli" | "main") => false,
        (from, to) if DOORS.contains(&from) => !DOORS.contains(&to),
        (from, to) => match (room(from), ground(from), room(to), ground(to)) {
            (Some(_), _, _, Some(_)) => true,
            (Some(from), _, Some(to), _) => to < from,
            (_, Some(from), _, Some(to)) => to < from,
            _ => false,
        },
    }
}

#[test]
fn nobody_imports_upwards() {
    let mut broken = Vec::new();
    for source in sources() {
        for to in imports(&source.code).into_iter().filter(|to| !may_import(place(&source.name), to)) {
            broken.push(format!("{} imports crate::{to}", source.name));
        }
    }
    assert!(
        broken.is_empty(),
        "the walk in lib.rs: rooms in the order of the story, doors above, ground below:\n{}",
        broken.join("\n")
    );
}

#[test]
fn the_outside_world_is_touched_in_few_places() {
    let file = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let is_store = |name: &str| file(name) == "store.rs" || name.contains("/store/");
    let is_api =
        |name: &str| file(name) == "api.rs" || name.contains("/api/") || name.starts_with("http/") || name == "app.rs";
    let mut broken = Vec::new();
    for source in sources() {
        let name = source.name.as_str();
        let mut forbid = |what: &str, allowed: bool| {
            if !allowed && source.code.contains(what) {
                broken.push(format!("{name} speaks {what}"));
            }
        };
        forbid("diesel::", is_store(name) || name.starts_with("db/"));
        forbid("actix_web", is_api(name));
        forbid("lettre::", name.starts_with("mail/"));
        forbid("SystemTime::now", name == "kernel/time.rs");
        // How long an answer took is measured, never decided upon.
        forbid("Instant::now", name == "http/shell.rs");
        forbid("getrandom::", name == "kernel/random.rs");
        forbid("std::env::var", name == "config/environment.rs");
    }
    assert!(broken.is_empty(), "one place for each thing of the outside world:\n{}", broken.join("\n"));
}

#[test]
fn addresses_are_exposed_only_where_they_leave_or_are_sealed() {
    // Secrets of the settings open where they are used: in `app.rs`, at the metrics and at the providers' reports.
    let allowed = [
        "kernel/",
        "keyring/",
        "mail/",
        "orders/",
        "intake/",
        "demo/",
        "cli/",
        "app.rs",
        "http/health.rs",
        "returns/hooks/",
    ];
    let broken: Vec<String> = sources()
        .into_iter()
        .filter(|source| {
            source.code.contains(".expose()") && !allowed.iter().any(|place| source.name.starts_with(place))
        })
        .map(|source| source.name)
        .collect();
    assert!(broken.is_empty(), "an e-mail address prints masked everywhere else: {broken:?}");
}

#[test]
fn every_file_says_what_it_is_and_is_part_of_the_house() {
    let all = sources();
    let mut reached = BTreeSet::new();
    let mut open: Vec<PathBuf> = vec![src().join("lib.rs"), src().join("main.rs")];
    // Rooms that are packages of their own.
    open.extend(["kernel/fold", "mail/own/asks"].map(|room| src().join(room).join("lib.rs")));
    while let Some(path) = open.pop() {
        let Some(source) = all.iter().find(|source| source.path == path) else { continue };
        if !reached.insert(path.clone()) {
            continue;
        }
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let dir = path.parent().unwrap();
        let home = if ["mod", "lib", "main"].contains(&stem.as_str()) { dir.to_path_buf() } else { dir.join(stem) };
        for line in source.text.lines().map(str::trim) {
            let declared = line.trim_end_matches(';').rsplit_once("mod ").filter(|_| line.ends_with(';'));
            if let Some((_, name)) = declared {
                open.push(home.join(format!("{name}.rs")));
                open.push(home.join(name).join("mod.rs"));
            }
        }
    }
    let orphans: Vec<_> =
        all.iter().filter(|source| !reached.contains(&source.path)).map(|source| &source.name).collect();
    assert!(orphans.is_empty(), "files that nothing compiles: {orphans:?}");
    let silent: Vec<_> =
        all.iter().filter(|source| !source.text.starts_with("//!")).map(|source| &source.name).collect();
    assert!(silent.is_empty(), "files that do not say what they keep: {silent:?}");
    let drawers: Vec<_> = all
        .iter()
        .filter(|s| {
            ["utils", "util", "helpers", "common", "types"].contains(&s.path.file_stem().unwrap().to_str().unwrap())
        })
        .map(|s| &s.name)
        .filter(|name| *name != "db/types.rs")
        .collect();
    assert!(drawers.is_empty(), "a drawer is not a room: {drawers:?}");
}

#[test]
fn rooms_stay_small() {
    // Long lists read well, long rooms do not: the schema, the catalogue of problems and the words are lists.
    let is_list = |name: &str| {
        let words = name.strip_prefix("look/words/").is_some_and(|name| !name.contains('/') && name != "glossary.rs");
        ["db/schema.rs", "problem.rs"].contains(&name) || words
    };
    let long: BTreeMap<_, _> = sources()
        .into_iter()
        .filter(|source| !is_list(&source.name))
        .map(|source| (source.name, source.code.lines().count()))
        .filter(|(_, lines)| *lines > 350)
        .collect();
    assert!(long.is_empty(), "a reader would rather find two rooms: {long:?}");
}
