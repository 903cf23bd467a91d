//! The one route table: every route of every room with its method, path, operation id and audience. `mount` registers
//! it, the contract test compares it with openapi.yaml both ways, `/docs` prints it.
use actix_web::Route;
use actix_web::http::Method;

/// Whom a route is for: decides headers, caching, limits, compression and what is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Anybody, from any origin; answers are made per request.
    Public,
    /// Anybody, from any origin; answers are stored bytes with their own `ETag`s and encodings. No span, no compression.
    Cached,
    /// A shop with its API key; reads.
    Private,
    /// A shop that signs or writes.
    Write,
    /// A public page for people.
    Page,
    /// A page behind a mailed link: no store, no referrer, no index; its path is never logged.
    Personal,
    /// The operator's machines: health and metrics.
    Ops,
}

/// One route.
pub struct Entry {
    /// Method; a GET is answered for HEAD too.
    pub method: Method,
    /// Path pattern without the public prefix.
    pub path: &'static str,
    /// Operation id: the name of the handler, in the contract, in metrics and in the log.
    pub operation: &'static str,
    /// Whom it is for.
    pub audience: Audience,
    pub(super) make: Box<dyn Fn() -> Route + Send + Sync>,
}

/// All routes of the process.
#[derive(Default)]
pub struct RouteTable {
    entries: Vec<Entry>,
}

impl RouteTable {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a route; `make` is called once per worker, such as `|| web::get().to(read_shop)`.
    #[expect(clippy::too_many_arguments, reason = "one line of a table; each column is of another type")]
    pub fn add(
        &mut self,
        method: Method,
        path: &'static str,
        operation: &'static str,
        audience: Audience,
        make: impl Fn() -> Route + Send + Sync + 'static,
    ) {
        self.entries.push(Entry { method, path, operation, audience, make: Box::new(make) });
    }

    /// All routes in the order they were added.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Routes grouped by path, in the order they are tried. Fixed paths come first and literal segments before `{…}`, so
    /// that no pattern hides a fixed path; among patterns those of cached answers come first, because they are asked for
    /// most.
    pub(super) fn by_path(&self) -> Vec<(&'static str, Vec<&Entry>)> {
        let mut groups: Vec<(&'static str, Vec<&Entry>)> = Vec::new();
        for entry in &self.entries {
            match groups.iter_mut().find(|(path, _)| *path == entry.path) {
                Some((_, group)) => group.push(entry),
                None => groups.push((entry.path, vec![entry])),
            }
        }
        groups.sort_by_key(|(path, group)| {
            let cached = group.iter().any(|entry| entry.audience == Audience::Cached);
            let segments = path.split('/').map(|segment| segment.contains('{')).collect::<Vec<_>>();
            (path.contains('{'), !cached, segments)
        });
        groups
    }
}

#[cfg(test)]
mod tests {
    use actix_web::web;

    use super::*;

    #[test]
    fn fixed_paths_come_before_patterns() {
        let mut table = RouteTable::new();
        let make = || web::to(|| async { "" });
        table.add(Method::GET, "/v1/{a}", "a", Audience::Public, make);
        table.add(Method::GET, "/v1/b", "b", Audience::Public, make);
        table.add(Method::POST, "/v1/{a}", "c", Audience::Write, make);
        let groups = table.by_path();
        assert_eq!(
            groups.iter().map(|(path, group)| (*path, group.len())).collect::<Vec<_>>(),
            [("/v1/b", 1), ("/v1/{a}", 2)]
        );
    }
}
