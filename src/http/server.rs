//! The server itself: binds, answers, and stops in order. On SIGTERM or SIGINT it says so on `/health/ready`, takes no
//! new connections, finishes what runs, and then runs the caller's drain (jobs). A second signal ends it at once.
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServerHandle, Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::KeepAlive;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};
use futures_util::TryFutureExt as _;
use futures_util::future::{Either, ready};

use super::edge::Edge;
use super::mount::{arrive, mount};
use super::shortcut::Shortcut;

/// Adds the rooms' shared data to a worker's routes.
pub type Configure = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;

/// Takes the port. Do it before anything else is started, and use the address it got: the port may have been 0.
///
/// # Errors
/// The operating system's, such as "address in use".
pub fn bind(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address)?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

/// Serves until `stop` is ready, then drains: running requests first, then `drain`, each within the settings' time.
///
/// # Errors
/// The operating system's, when the server cannot start or its accept loop fails.
pub async fn serve(
    edge: Arc<Edge>,
    listener: TcpListener,
    configure: Configure,
    stop: impl Future<Output = ()>,
    drain: impl Future<Output = ()>,
) -> io::Result<()> {
    let patience = edge.drain;
    let (workers, keep_alive, request_timeout) = (edge.workers, edge.keep_alive, edge.request_timeout());
    let each = Arc::clone(&edge);
    let server = HttpServer::new(move || worker(Arc::clone(&each), Arc::clone(&configure)))
        .workers(if workers == 0 { usual() } else { workers })
        .keep_alive(KeepAlive::Timeout(keep_alive))
        .client_request_timeout(request_timeout)
        .client_disconnect_timeout(Duration::from_secs(5))
        .shutdown_timeout(patience.as_secs())
        .disable_signals()
        .listen(listener)?
        .run();
    let handle = server.handle();
    // On a task of its own: it has to go on while we wait for it to stop.
    let mut running = tokio::spawn(server);
    tokio::select! {
        ended = &mut running => return ended.unwrap_or_else(|join| Err(io::Error::other(join))),
        () = stop => {}
    }
    tracing::info!(seconds = patience.as_secs(), "stopping: running requests and jobs get this long");
    edge.start_draining();
    tokio::select! {
        () = orderly(&handle, patience, drain) => {}
        () = stop_signal() => {
            tracing::warn!("second signal: stopping at once");
            handle.stop(false).await;
        }
    }
    running.await.unwrap_or_else(|join| Err(io::Error::other(join)))
}

/// Requests first: they may still make jobs.
async fn orderly(handle: &ServerHandle, patience: Duration, drain: impl Future<Output = ()>) {
    handle.stop(true).await;
    if tokio::time::timeout(patience, drain).await.is_err() {
        tracing::warn!("some jobs did not finish in time; their leases will run out and they will be taken up again");
    }
}

/// One for every two cores: a worker only reads, decides and writes, and what works hard does so beside it.
fn usual() -> usize {
    (std::thread::available_parallelism().map_or(2, std::num::NonZero::get) / 2).max(1)
}

/// One worker's application: also what tests call without a port.
pub fn worker(
    edge: Arc<Edge>,
    configure: Configure,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let prefix = edge.links().base().prefix().to_owned();
    let shortcut = Rc::new(Shortcut::new(Arc::clone(edge.clock())));
    let app = App::new().wrap_fn(move |mut req: ServiceRequest, next| {
        arrive(&mut req, &prefix);
        if let Some(answer) = shortcut.answer(&req) {
            return Either::Left(ready(Ok(req.into_response(answer))));
        }
        let (answered, shortcut) = (next.call(req), Rc::clone(&shortcut));
        Either::Right(answered.map_ok(move |mut response| {
            shortcut.keep(&mut response);
            response
        }))
    });
    app.configure(|cfg| {
        configure(cfg);
        mount(&edge, cfg);
    })
}

/// Ready when the process is asked to stop: SIGTERM or SIGINT.
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be watched; the process can only be killed");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
