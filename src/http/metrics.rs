//! Figures for Prometheus: requests by operation and status, and a registry that rooms and jobs add theirs to. Labels
//! are operation ids and statuses, never paths, shops or people.
use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry, TextEncoder,
};

/// Upper bounds of the latency buckets, in seconds.
const BUCKETS: &[f64] = &[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The process's figures; cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    panics: IntCounter,
}

impl Metrics {
    /// A registry with the figures of the HTTP server in it.
    ///
    /// # Errors
    /// Only when two figures have one name.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("attesta_http_requests_total", "Requests answered, by operation and status."),
            &["operation", "status"],
        )?;
        let seconds = HistogramVec::new(
            HistogramOpts::new(
                "attesta_http_request_seconds",
                "Time to answer, by operation; cached routes are not timed.",
            )
            .buckets(BUCKETS.to_vec()),
            &["operation"],
        )?;
        let panics = IntCounter::new("attesta_http_panics_total", "Handlers that panicked; each was answered 500.")?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        registry.register(Box::new(panics.clone()))?;
        Ok(Self { registry, requests, seconds, panics })
    }

    /// Where others register their figures.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The counters of one operation, looked up once.
    pub(super) fn operation(&self, operation: &'static str) -> OperationMetrics {
        OperationMetrics {
            operation,
            ok: self.requests.with_label_values(&[operation, "200"]),
            not_modified: self.requests.with_label_values(&[operation, "304"]),
            requests: self.requests.clone(),
            seconds: self.seconds.with_label_values(&[operation]),
            panics: self.panics.clone(),
        }
    }

    /// All figures in the text format.
    ///
    /// # Errors
    /// Only when a figure has no label it should have.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

/// One operation's figures.
#[derive(Clone)]
pub(super) struct OperationMetrics {
    operation: &'static str,
    ok: IntCounter,
    not_modified: IntCounter,
    requests: IntCounterVec,
    pub(super) seconds: Histogram,
    pub(super) panics: IntCounter,
}

impl OperationMetrics {
    pub(super) fn count(&self, status: u16) {
        match status {
            200 => self.ok.inc(),
            304 => self.not_modified.inc(),
            other => self.requests.with_label_values(&[self.operation, other.to_string().as_str()]).inc(),
        }
    }
}
