//! A proxy that does to a connection what networks do: cuts it off, falls silent, closes one half, after so many bytes from the client.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens to connections from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Weather {
    /// Nothing.
    #[default]
    Fair,
    /// Reset after so many bytes.
    Reset(usize),
    /// Nothing passes any more after so many bytes, and nobody says so.
    Silence(usize),
    /// The server's half is closed after so many bytes; the client may go on talking.
    HalfClose(usize),
    /// Everything passes, this much later.
    Late(Duration),
}

/// A running proxy.
pub(crate) struct Chaos {
    address: SocketAddr,
    weather: Arc<Mutex<Weather>>,
}

impl Chaos {
    /// Stands before this server until the runtime ends.
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let weather = Arc::new(Mutex::new(Weather::Fair));
        let shared = Arc::clone(&weather);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server, Arc::clone(&shared)));
            }
        });
        Self { address, weather }
    }

    /// For `smtp_url`.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub(crate) fn set(&self, weather: Weather) {
        *self.weather.lock().unwrap() = weather;
    }
}

async fn pass(mut client: TcpStream, server: SocketAddr, weather: Arc<Mutex<Weather>>) -> Option<()> {
    let mut upstream = TcpStream::connect(server).await.ok()?;
    let (mut heard, mut deaf) = (0, false);
    let (mut from_client, mut from_server) = ([0; 1024], [0; 1024]);
    loop {
        let now = *weather.lock().unwrap();
        let bound = match now {
            Weather::Fair | Weather::Late(_) => usize::MAX,
            Weather::Reset(bytes) | Weather::Silence(bytes) | Weather::HalfClose(bytes) => bytes,
        };
        if heard >= bound && !deaf {
            match now {
                Weather::Fair | Weather::Late(_) => {}
                Weather::Reset(_) => {
                    client.set_zero_linger().ok()?;
                    return None;
                }
                Weather::Silence(_) => return std::future::pending().await,
                Weather::HalfClose(_) => {
                    client.shutdown().await.ok()?;
                    deaf = true;
                }
            }
        }
        tokio::select! {
            read = client.read(&mut from_client) => {
                let read = read.ok().filter(|bytes| *bytes > 0)?;
                let passed = read.min(bound.saturating_sub(heard));
                if let Weather::Late(delay) = now {
                    tokio::time::sleep(delay).await;
                }
                upstream.write_all(&from_client[..passed]).await.ok()?;
                heard += read;
            }
            read = upstream.read(&mut from_server) => {
                let read = read.ok().filter(|bytes| *bytes > 0)?;
                if !deaf {
                    client.write_all(&from_server[..read]).await.ok()?;
                }
            }
            () = tokio::time::sleep(Duration::from_millis(20)) => {}
        }
    }
}
