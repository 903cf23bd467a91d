//! `attesta healthcheck`: asks the server of these settings whether it is ready. For containers without a shell.
use std::time::Duration;

use serde_json::json;

use super::runtime;
use super::shown::{Failure, Shown};
use crate::config::Config;
use crate::links::{Base, Links, path};

/// A container's probe gives up after about this long, too.
const PATIENCE: Duration = Duration::from_secs(3);

/// Runs the command.
pub(super) fn run(config: &Config, shown: &mut Shown<'_>) -> Result<(), Failure> {
    // Straight to the listener: a proxy in front is not what is asked about.
    let url = Links::new(Base::listening(config.listen)).to(path::READY, &[]);
    let status = runtime()?.block_on(ask(&url))?;
    if status == 200 {
        return shown.say(&json!({ "ready": true, "url": url }), "ready");
    }
    Err(Failure::new(format!("{url} answers {status}: the server is not ready.")))
}

async fn ask(url: &str) -> Result<u16, Failure> {
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
    let answer = client.get(url).send().await;
    let answer = answer.map_err(|error| {
        let why = if error.is_timeout() { "it took too long" } else { "nobody listens there" };
        Failure::new(format!("{url} does not answer: {why}."))
    })?;
    Ok(answer.status().as_u16())
}
