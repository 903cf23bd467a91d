//! Keeps what was answered and what was wrong with it, so that one run tells all.

use std::collections::{BTreeSet, HashMap};

use attesta::config::{Config, Limits, Secret};
use attesta::db::Engine;
use attesta::http::Audience;

use super::call::Call;
use super::file::{Operation, operations};
use super::safety;
use super::scene::Scene;
use super::verdict;
use crate::support::app::{Answer, TestApp};

/// Statuses that are declared and not provoked here: a body that takes too long, and failures of the server.
const NOT_PROVOKED: [&str; 2] = ["408", "5XX"];
/// A race between two changes of the same settings or words.
const RACES: [&str; 6] =
    ["update_settings", "replace_policy", "pause_shop", "resume_shop", "put_template", "restore_template"];

/// A long series of calls.
pub(super) struct Audit<'a> {
    pub(super) app: &'a TestApp,
    engine: Engine,
    seen: BTreeSet<(&'static str, String)>,
    faults: Vec<String>,
    scenes: usize,
    audiences: HashMap<&'static str, Audience>,
}

/// Settings under which nothing is too often, and what is too large is small.
pub(super) fn roomy(config: &mut Config) {
    const MANY: u32 = 1_000_000;
    config.limits =
        Limits { per_address: MANY, writes_per_address: MANY, per_shop: MANY, writes_per_shop: MANY, wrong_tokens: 0 };
    config.body_limit = 65_536;
    config.security_contact = Some("mailto:security@reviews.example".to_owned());
    config.photos.body_limit = 65_536;
    config.returns.mailgun_key = Some(Secret::new(super::turns::MAILGUN_KEY));
}

/// Settings under which the second request from an address is too often.
pub(super) fn tight(config: &mut Config) {
    config.limits = Limits { per_address: 1, writes_per_address: 1, per_shop: 1, writes_per_shop: 1, wrong_tokens: 1 };
}

impl<'a> Audit<'a> {
    pub(super) fn new(app: &'a TestApp, engine: Engine) -> Self {
        let audiences = app.rooms.routes().entries().iter().map(|entry| (entry.operation, entry.audience)).collect();
        Self { app, engine, seen: BTreeSet::new(), faults: Vec::new(), scenes: 0, audiences }
    }

    /// A domain that no scene had before.
    pub(super) fn domain(&mut self) -> String {
        self.scenes += 1;
        format!("s{}.example", self.scenes)
    }

    /// A scene of its own for an operation.
    pub(super) async fn scene_of(&mut self, operation: &'static Operation) -> Scene {
        let domain = self.domain();
        Scene::of(self.app, operation, &domain).await
    }

    /// A scene with everything.
    pub(super) async fn scene(&mut self) -> Scene {
        let domain = self.domain();
        Scene::full(self.app, &domain).await
    }

    /// Sends a call and compares the answer with the file.
    pub(super) async fn take(&mut self, call: &Call, why: &str) -> Answer {
        let answer = call.send(self.app).await;
        let asked = call.path(self.app);
        let (operation, faults) = verdict::of_call(&call.method, &asked, &answer);
        if let Some(operation) = operation.filter(|_| faults.is_empty()) {
            let key = verdict::declared(operation, answer.status).map(|(key, _)| key).unwrap_or_default();
            self.seen.insert((operation.id, key));
        }
        let audience = operation.map(|operation| self.audiences[operation.id]);
        let unsafe_ones = audience.map(|audience| safety::faults(audience, call.operation.id, &answer));
        for fault in faults.into_iter().chain(unsafe_ones.unwrap_or_default()) {
            self.fault(call, &answer, &format!("{why}: {fault}"));
        }
        answer
    }

    /// Sends a call that must be answered with one of these statuses.
    pub(super) async fn expect(&mut self, call: &Call, statuses: &[u16], why: &str) -> Answer {
        let answer = self.take(call, why).await;
        if !statuses.contains(&answer.status) {
            self.fault(call, &answer, &format!("{why}: {statuses:?} was expected"));
        }
        answer
    }

    /// Notes what is wrong with an answer.
    pub(super) fn fault(&mut self, call: &Call, answer: &Answer, fault: &str) {
        let (id, path) = (call.operation.id, call.path(self.app));
        let body: String = answer.text.chars().take(if answer.text.starts_with('{') { 600 } else { 0 }).collect();
        self.faults
            .push(format!("{id}, {} {path}, {} on {:?}: {fault}\n    {body}", call.method, answer.status, self.engine));
    }

    /// Notes what is wrong otherwise.
    pub(super) fn note(&mut self, fault: String) {
        self.faults.push(fault);
    }

    /// Both series as one.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.seen.extend(other.seen);
        self.faults.extend(other.faults);
        self
    }

    /// Fails with everything that was wrong, and with what is declared and never happened.
    pub(super) fn conclude(self) {
        assert!(
            self.faults.is_empty(),
            "{} faults on {:?}:\n{}",
            self.faults.len(),
            self.engine,
            self.faults.join("\n")
        );
        let raced = |id: &str, status: &str| status == "409" && RACES.contains(&id);
        let declared = operations()
            .iter()
            .flat_map(|operation| operation.responses().into_keys().map(|status| (operation.id, status)));
        let unseen: Vec<_> = declared
            .filter(|(id, status)| !NOT_PROVOKED.contains(&status.as_str()) && !raced(id, status))
            .filter(|pair| !self.seen.contains(pair))
            .collect();
        assert!(unseen.is_empty(), "openapi.yaml declares what never happened on {:?}: {unseen:#?}", self.engine);
    }
}
