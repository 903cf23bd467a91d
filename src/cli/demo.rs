//! `attesta demo`: everything on this machine, nothing to set. Takes a free port, plays the demo's past once, serves the
//! tour, the shop and the mailbox beside the real thing.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::serve::take_port;
use super::shown::{Failure, Shown};
use super::{Start, runtime, trace};
use crate::app::{self, House, Outside};
use crate::config::Config;
use crate::demo::{self, Demo, DemoClock};
use crate::http;
use crate::kernel::random::SystemRandom;

/// Where the demo keeps everything, unless told otherwise.
const FOLDER: &str = "demo-data";
/// How many ports after the usual one are tried.
const PORTS: u16 = 50;

/// Runs the command.
pub(super) fn run(start: &Start, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let mut config = start.config()?;
    if !start.is_set("data_dir")? {
        config = config.in_dir(Path::new(FOLDER));
    }
    if !config.listens_on_loopback() {
        return Err(Failure::usage(
            "the demo listens on this machine only: leave --listen out, or give a loopback address",
        ));
    }
    (config.public_url, config.smtp_url) = (None, None);
    trace::quiet();
    let wanted = config.listen;
    let (listener, bound) = free_port(wanted)?;
    config.listen = bound;
    let clock = Arc::new(DemoClock::released());
    let outside = Outside { clock: clock.clone(), random: Arc::new(SystemRandom) };
    let ctx = app::open(config, outside)?;
    runtime()?.block_on(async {
        let (keys, fresh) = demo::open_shop(&ctx).await?;
        let house = House::new(ctx.clone())?.with_demo(Demo::new(ctx, keys)?);
        serve(&house, listener, fresh.then_some(&*clock), |reviews| {
            banner(house.ctx().config(), wanted, reviews, shown)
        })
        .await
    })
}

/// The first free port from the wanted one on.
fn free_port(wanted: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let others = (1..=PORTS).filter_map(|more| wanted.port().checked_add(more));
    for port in std::iter::once(wanted.port()).chain(others) {
        if let Ok(taken) = take_port(SocketAddr::new(wanted.ip(), port)) {
            return Ok(taken);
        }
    }
    take_port(wanted)
}

/// Serves; plays the past first where it has not been played, then says hello.
async fn serve(
    house: &House,
    listener: TcpListener,
    past: Option<&DemoClock>,
    hello: impl FnOnce(i64) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (ready, playing) = oneshot::channel();
    let opening = async {
        let demo = house.demo().ok_or_else(|| Failure::new("the demo has no door"))?;
        if let Some(clock) = past {
            demo.play_the_past(clock, &house.runner()).await?;
        }
        let _ready = ready.send(());
        hello(demo.review_count().await?)
    };
    // The queue starts when the past has been played: until then the seed steps it by hand.
    let serving = async { Ok::<(), Failure>(house.serve_when(listener, playing, http::stop_signal()).await?) };
    tokio::try_join!(serving, opening).map(drop)
}

/// At most twelve lines: where everything is, and how to start over.
fn banner(config: &Config, wanted: SocketAddr, reviews: i64, shown: &mut Shown<'_>) -> Result<(), Failure> {
    let base = config.base();
    let folder: PathBuf = std::path::absolute(&config.data_dir).unwrap_or_else(|_no_cwd| config.data_dir.clone());
    let moved = if config.listen == wanted {
        String::new()
    } else {
        format!("Port {} is taken, so this is {}.\n", wanted.port(), config.listen.port())
    };
    let text = format!(
        "Attesta {version} demo: nothing leaves this machine. Data in {folder} (delete it to start over)\n{moved}\n\
         \x20 Start here      {base}/\n\
         \x20 Demo shop       {base}/demo/shop   place an order\n\
         \x20 Mailbox         {base}/demo/mail   its invitation arrives in seconds\n\
         \x20 Trust profile   {base}/shops/{domain}   {reviews} certified reviews\n\
         \x20 API             {base}/docs   JSON at {base}/v1/shops/{domain}\n\n\
         \x20 Or: attesta event send order.fulfilled --shop {domain} --email ada@example.com --data-dir {short} --url {base}\n\
         Ctrl-C stops it.",
        version = env!("CARGO_PKG_VERSION"),
        folder = folder.display(),
        domain = demo::DOMAIN,
        short = config.data_dir.display(),
    );
    let answer: Value =
        json!({ "url": base.to_string(), "data_dir": folder, "shop": demo::DOMAIN, "reviews": reviews });
    shown.say(&answer, &text)
}

impl From<demo::Failed> for Failure {
    fn from(failed: demo::Failed) -> Self {
        Self::new(format!("the demo: {failed}"))
    }
}
