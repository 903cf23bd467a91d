//! How the certificate of a report is fetched: over TLS, without redirects, small and soon. Tests bring a web of their own.

use std::time::Duration;

use futures_util::future::BoxFuture;

/// Longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Largest answer, in bytes.
const LARGEST: usize = 64 << 10;

/// Gets what stands at an address. Callers have checked whose address it is.
pub trait Fetch: Send + Sync {
    /// The body of a 200.
    ///
    /// # Errors
    /// A sentence.
    fn get<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<u8>, String>>;
}

/// The web itself.
#[derive(Clone, Debug, Default)]
pub struct Web;

impl Fetch for Web {
    fn get<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<u8>, String>> {
        Box::pin(get(url))
    }
}

async fn get(url: &str) -> Result<Vec<u8>, String> {
    // Another one stands already where the process has one.
    let _first = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .https_only(true)
        .build()
        .map_err(|error| error.to_string())?;
    let mut response = client.get(url).send().await.map_err(|error| error.to_string())?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(format!("answered {}", response.status()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| error.to_string())? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            return Err(format!("answered more than {LARGEST} bytes"));
        }
    }
    Ok(body)
}
