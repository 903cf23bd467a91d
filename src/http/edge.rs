//! What every request shares: links, limits, figures, the table, and whether the server is stopping. Built once by
//! `app` from the settings; middleware and extractors find it in the request. Holds no room's state.
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::{HttpRequest, web};
use ipnet::IpNet;

use super::faces::Docs;
use super::health::Readiness;
use super::limits::Limits;
use super::metrics::Metrics;
use super::streams::Streams;
use super::table::RouteTable;
use crate::config::{Config, Secret};
use crate::kernel::time::Clock;
use crate::links::Links;
use crate::problem::Problem;

/// What an [`Edge`] is made of.
pub struct EdgeParts<'a> {
    /// Effective settings.
    pub config: &'a Config,
    /// The injected clock, for limits and the short way.
    pub clock: Arc<dyn Clock>,
    /// All routes, those of [`super::routes`] included.
    pub table: RouteTable,
    /// The process's figures.
    pub metrics: Metrics,
    /// Whether the rest of the process can serve.
    pub ready: Readiness,
}

/// The shared state of the HTTP server.
pub struct Edge {
    links: Links,
    docs: Docs,
    table: RouteTable,
    clock: Arc<dyn Clock>,
    limits: Limits,
    streams: Arc<Streams>,
    metrics: Metrics,
    ready: Readiness,
    proxies: Vec<IpNet>,
    proxy_hinted: AtomicBool,
    draining: AtomicBool,
    metrics_token: Option<Secret>,
    body_limit: usize,
    upload_limit: usize,
    request_timeout: Duration,
    pub(super) keep_alive: Duration,
    pub(super) drain: Duration,
    pub(super) workers: usize,
}

impl Edge {
    /// Puts the parts together.
    pub fn new(parts: EdgeParts<'_>) -> Arc<Self> {
        let config = parts.config;
        Arc::new(Self {
            links: Links::new(config.base()),
            docs: Docs::default(),
            limits: Limits::new(&config.limits, &parts.clock),
            clock: parts.clock,
            streams: Arc::default(),
            table: parts.table,
            metrics: parts.metrics,
            ready: parts.ready,
            proxies: config.trusted_proxies.clone(),
            proxy_hinted: AtomicBool::new(false),
            draining: AtomicBool::new(false),
            metrics_token: config.metrics_token.clone(),
            body_limit: config.body_limit,
            upload_limit: config.photos.body_limit,
            request_timeout: config.request_timeout,
            keep_alive: config.keep_alive,
            drain: config.drain,
            workers: config.workers,
        })
    }

    /// The edge of the server that answers this request.
    ///
    /// # Errors
    /// `internal`, when the server was put together without one.
    pub fn of(req: &HttpRequest) -> Result<&Arc<Self>, Problem> {
        let data = req.app_data::<web::Data<Arc<Edge>>>().map(web::Data::get_ref);
        data.ok_or_else(|| Problem::internal("the server has no edge"))
    }

    /// Every public URL.
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// The API explained.
    pub(super) fn docs(&self) -> &Docs {
        &self.docs
    }

    /// All routes.
    pub fn table(&self) -> &RouteTable {
        &self.table
    }

    /// The limits, for the tick that tidies them.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(super) fn streams(&self) -> &Arc<Streams> {
        &self.streams
    }

    /// The process's figures.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Says on `/health/ready` that no more requests are wanted.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the server is stopping.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    pub(super) fn ready(&self) -> &Readiness {
        &self.ready
    }

    pub(super) fn proxies(&self) -> &[IpNet] {
        &self.proxies
    }

    pub(super) fn metrics_token(&self) -> Option<&Secret> {
        self.metrics_token.as_ref()
    }

    pub(super) fn body_limit(&self) -> usize {
        self.body_limit
    }

    pub(super) fn upload_limit(&self) -> usize {
        self.upload_limit
    }

    pub(super) fn request_timeout(&self) -> Duration {
        self.request_timeout
    }

    /// Says once that a proxy seems to stand in front and is not believed.
    pub(super) fn hint_at_proxy(&self) {
        if !self.proxy_hinted.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "requests carry forwarding headers, but trusted_proxies is empty: all of them count as one address"
            );
        }
    }
}
