//! What stands before a mail server of the world: nothing but STARTTLS in the clear, then a login. Whatever is said after that is passed on.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Of a certificate that nobody knows.
pub(crate) fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from(include_bytes!("../../data/tls/leaf.der").to_vec());
    let key = PrivateKeyDer::Pkcs8(include_bytes!("../../data/tls/leaf.key.der").to_vec().into());
    let provider = Arc::new(ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    TlsAcceptor::from(Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap()))
}

/// Stands before this server until the runtime ends; where it listens.
pub(crate) async fn before(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    let acceptor = acceptor();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move { pass(client, server, acceptor).await.ok() });
        }
    });
    address
}

async fn pass(client: TcpStream, server: SocketAddr, acceptor: TlsAcceptor) -> std::io::Result<()> {
    let mut clear = BufReader::new(client);
    clear.get_mut().write_all(b"220 front\r\n").await?;
    until("STARTTLS", &mut clear, "250-front\r\n250 STARTTLS\r\n").await?;
    clear.get_mut().write_all(b"220 go on\r\n").await?;
    let mut client = BufReader::new(acceptor.accept(clear.into_inner()).await?);
    until("AUTH", &mut client, "250-front\r\n250 AUTH PLAIN\r\n").await?;
    let mut server = BufReader::new(TcpStream::connect(server).await?);
    server.read_line(&mut String::new()).await?;
    client.get_mut().write_all(b"235 2.7.0 welcome\r\n").await?;
    client.get_mut().flush().await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

/// Answers EHLO with this offer until the client takes it up, and everything else as out of place.
async fn until<S: AsyncRead + AsyncWrite + Unpin>(
    verb: &str,
    client: &mut BufReader<S>,
    offer: &str,
) -> std::io::Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        if client.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line.starts_with(verb) {
            return Ok(());
        }
        let answer = if line.starts_with("EHLO") { offer } else { "530 5.7.0 not yet\r\n" };
        client.write_all(answer.as_bytes()).await?;
        client.flush().await?;
    }
}
