//! The listener as a hostile or clumsy world meets it: limits, pipelining, STARTTLS, slow clients, too many of them.

use std::sync::Arc;
use std::time::Duration;

use attesta::config::TlsFiles;
use attesta::db::Engine;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;

use super::bench::{ADA, Bench, Dialogue, hard, lmtp};

const SQLITE: &str = "SQLite is built in";

fn tls_files() -> TlsFiles {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/returns/tls");
    TlsFiles { certificate: dir.join("certificate.pem"), key: dir.join("key.pem") }
}

/// What a client trusts that knows our certificate.
fn connector() -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(tls_files().certificate).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

#[tokio::test]
async fn pipelined_commands_are_answered_in_order() {
    let bench = Bench::start(Engine::Sqlite).await.expect(SQLITE);
    let mail = bench.sent(&bench.shop, "#1", ADA).await;
    let mut dialogue = bench.dial().await;
    let commands = format!(
        "EHLO mx.example\r\nMAIL FROM:<>\r\nRCPT TO:<nobody@bounces.example>\r\nRCPT TO:<{}>\r\nDATA\r\n",
        mail.from
    );
    dialogue.send(commands.as_bytes()).await;
    let mut codes = Vec::new();
    for _ in 0..5 {
        codes.push(dialogue.answer().await.0);
    }
    assert_eq!(codes, [250, 250, 550, 250, 354]);
    dialogue.send(format!("{}\r\n.\r\nRSET\r\nQUIT\r\n", hard().trim_end()).as_bytes()).await;
    assert_eq!((dialogue.answer().await.0, dialogue.answer().await.0, dialogue.answer().await.0), (250, 250, 221));
    assert_eq!(dialogue.answer().await.0, 0, "the line is closed");
}

#[tokio::test]
async fn lmtp_answers_for_each_recipient() {
    let bench = Bench::start_with(Engine::Sqlite, lmtp).await.expect(SQLITE);
    let (first, second) =
        (bench.sent(&bench.shop, "#1", ADA).await, bench.sent(&bench.shop, "#2", "bea@example.com").await);
    let mut dialogue = bench.dial().await;
    assert_eq!(dialogue.ask("EHLO mx.example").await.0, 500);
    for line in ["LHLO mx.example", "MAIL FROM:<>"] {
        assert_eq!(dialogue.ask(line).await.0, 250);
    }
    for to in [&first.from, &second.from, &"returns@bounces.example".to_owned()] {
        assert_eq!(dialogue.ask(&format!("RCPT TO:<{to}>")).await.0, 250);
    }
    assert_eq!(dialogue.mail(&hard()).await.0, 250);
    assert_eq!((dialogue.answer().await.0, dialogue.answer().await.0), (250, 550));
    assert_eq!(bench.order(&bench.shop, "#2").await.1, "hard_bounce");
}

#[tokio::test]
async fn a_large_mail_is_refused_and_the_dialogue_goes_on() {
    let bench =
        Bench::start_with(Engine::Sqlite, |config| config.returns.message_limit = 16 << 10).await.expect(SQLITE);
    let mail = bench.sent(&bench.shop, "#1", ADA).await;
    let mut dialogue = bench.dial().await;
    dialogue.ask("EHLO mx.example").await;
    assert_eq!(dialogue.ask("MAIL FROM:<> SIZE=16385").await.0, 552);
    dialogue.ask("MAIL FROM:<>").await;
    dialogue.ask(&format!("RCPT TO:<{}>", mail.from)).await;
    let large = format!("{}{}", hard(), "x".repeat(30_000));
    assert_eq!(dialogue.mail(&large).await.0, 552);
    dialogue.ask("MAIL FROM:<>").await;
    dialogue.ask(&format!("RCPT TO:<{}>", mail.from)).await;
    assert_eq!(dialogue.mail(&hard()).await.0, 250);
    // Without an end the line is cut, and nothing is kept of it.
    let mut endless = bench.dial().await;
    for line in ["EHLO mx.example", "MAIL FROM:<>", &format!("RCPT TO:<{}>", mail.from)] {
        assert_eq!(endless.ask(line).await.0, 250);
    }
    endless.ask("DATA").await;
    let sending = async {
        for _ in 0..1_000 {
            if endless.stream.write_all(&[b'x'; 1_024]).await.is_err() {
                break;
            }
        }
    };
    sending.await;
    assert!(matches!(endless.answer().await.0, 552 | 0));
}

#[tokio::test]
async fn lines_that_two_programs_could_read_differently_end_the_dialogue() {
    let bench = Bench::start(Engine::Sqlite).await.expect(SQLITE);
    for bad in [&b"EHLO mx.example\n"[..], b"EHLO mx\r.example\r\n", &[b'A'; 2_000]] {
        let mut dialogue = bench.dial().await;
        dialogue.send(bad).await;
        assert_eq!((dialogue.answer().await.0, dialogue.answer().await.0), (500, 0), "{bad:?}");
    }
}

#[tokio::test]
async fn starttls_protects_and_begins_anew() {
    let bench = Bench::start_with(Engine::Sqlite, |config| config.returns.tls = Some(tls_files())).await.expect(SQLITE);
    let mail = bench.sent(&bench.shop, "#1", ADA).await;
    let mut plain = bench.dial().await;
    assert!(plain.ask("EHLO mx.example").await.1.contains("250-STARTTLS"));
    assert_eq!(plain.ask("MAIL FROM:<>").await.0, 250);
    assert_eq!(plain.ask("STARTTLS").await.0, 220);
    let name = ServerName::try_from("bounces.example").unwrap();
    let stream = connector().connect(name, plain.stream).await.expect("the handshake");
    let mut protected = Dialogue::<tokio::net::TcpStream>::over(stream);
    assert_eq!(protected.ask(&format!("RCPT TO:<{}>", mail.from)).await.0, 503, "nothing is carried over");
    let (code, offers) = protected.ask("EHLO mx.example").await;
    assert_eq!((code, offers.contains("STARTTLS")), (250, false));
    protected.ask("MAIL FROM:<>").await;
    protected.ask(&format!("RCPT TO:<{}>", mail.from)).await;
    assert_eq!(protected.mail(&hard()).await.0, 250);
    assert_eq!(bench.order(&bench.shop, "#1").await.1, "hard_bounce");
}

#[tokio::test]
async fn what_is_sent_before_the_handshake_is_not_read_after_it() {
    let bench = Bench::start_with(Engine::Sqlite, |config| config.returns.tls = Some(tls_files())).await.expect(SQLITE);
    let mut dialogue = bench.dial().await;
    dialogue.ask("EHLO mx.example").await;
    dialogue.send(b"STARTTLS\r\nMAIL FROM:<injected@evil.example>\r\n").await;
    assert_eq!((dialogue.answer().await.0, dialogue.answer().await.0), (220, 0), "the line is cut");
    let mut none = Bench::start(Engine::Sqlite).await.expect(SQLITE).dial().await;
    none.ask("EHLO mx.example").await;
    assert_eq!(none.ask("STARTTLS").await.0, 502);
}

#[tokio::test]
async fn a_slow_client_is_told_and_let_go() {
    let bench = Bench::start_with(Engine::Sqlite, |config| config.returns.timeout = Duration::from_secs(1))
        .await
        .expect(SQLITE);
    let mut dialogue = bench.dial().await;
    dialogue.send(b"EHL").await;
    assert_eq!((dialogue.answer().await.0, dialogue.answer().await.0), (421, 0));
    // Others were served meanwhile.
    assert_eq!(bench.dial().await.ask("NOOP").await.0, 250);
}

#[tokio::test]
async fn too_many_dialogues_are_turned_away_and_places_come_free() {
    let bench = Bench::start_with(Engine::Sqlite, |config| config.returns.connections = 10).await.expect(SQLITE);
    // From one address: a fifth.
    let (mut first, second) = (bench.dial().await, bench.dial().await);
    let address = bench.address();
    let mut third = tokio::net::TcpStream::connect(address).await.unwrap();
    let mut said = String::new();
    third.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("421 "), "{said}");
    assert_eq!(first.ask("QUIT").await.0, 221);
    assert_eq!(first.answer().await.0, 0);
    drop(second);
    let mut served = 0;
    // A place comes free when the other side has read the goodbye; the next who knocks gets it.
    while served == 0 {
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        served = usize::from(Dialogue::<tokio::net::TcpStream>::over(stream).answer().await.0 == 220);
    }
    let wide = Bench::start_with(Engine::Sqlite, |config| {
        lmtp(config);
        config.returns.connections = 3;
    });
    let wide = wide.await.expect(SQLITE);
    let _all = (wide.dial().await, wide.dial().await, wide.dial().await);
}
