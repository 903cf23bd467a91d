//! What machines ask: is the process alive, can it serve, and its figures.
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::json;
use subtle::ConstantTimeEq;

use super::address::is_local;
use super::answers;
use super::edge::Edge;
use crate::db::Db;
use crate::problem::{Code, Problem};

/// Answers whether the rest of the process can serve; the error is for the log.
pub type Readiness = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Ready when the database can be read and the writer commits.
pub fn database(db: Db) -> Readiness {
    Arc::new(move || {
        let db = db.clone();
        async move {
            db.read(|_conn| Ok(())).await.map_err(|error| error.to_string())?;
            db.write(|_tx| Ok(())).await.map_err(|error| error.to_string())
        }
        .boxed()
    })
}

/// Always ready; for tests without a database.
pub fn always() -> Readiness {
    Arc::new(|| std::future::ready(Ok(())).boxed())
}

/// How long a probe waits for the database.
const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /health/live`: the process answers.
pub(super) fn read_liveness() -> impl Future<Output = HttpResponse> {
    std::future::ready(answers::json(&json!({ "status": "live" })))
}

/// `GET /health/ready`: it can do its work; 503 while it is stopping.
pub(super) async fn read_readiness(edge: web::Data<Arc<Edge>>) -> Result<HttpResponse, Problem> {
    let unready = |detail: &str| Err(Problem::new(Code::Unavailable, detail).retry_after(5));
    if edge.is_draining() {
        return unready("The server is stopping.");
    }
    match tokio::time::timeout(PATIENCE, (edge.ready())()).await {
        Ok(Ok(())) => Ok(answers::json(&json!({ "status": "ready" }))),
        Ok(Err(cause)) => {
            tracing::warn!(%cause, "not ready");
            unready("The database does not answer as it should.")
        }
        Err(_elapsed) => unready("The database did not answer in time."),
    }
}

/// `GET /metrics`: for this machine, or with the token.
pub(super) async fn read_metrics(req: HttpRequest, edge: web::Data<Arc<Edge>>) -> Result<HttpResponse, Problem> {
    if !is_local(&req) && !has_token(&req, &edge) {
        let detail = "Figures are read on this machine, or with Authorization: Bearer and the metrics_token.";
        return Err(Problem::new(Code::Unauthorized, detail));
    }
    let text = edge.metrics().text().map_err(Problem::internal)?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}

fn has_token(req: &HttpRequest, edge: &Edge) -> bool {
    let given = req.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (Some(wanted), Some(given)) = (edge.metrics_token(), given.and_then(|value| value.strip_prefix("Bearer ")))
    else {
        return false;
    };
    bool::from(wanted.expose().as_bytes().ct_eq(given.trim().as_bytes()))
}
