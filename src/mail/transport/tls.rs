//! TLS towards a mail server: the system's roots, or any certificate where protection is better than none; and what a handshake showed.

use std::io;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::url::{MailUrlError, Security, Server};
use crate::sign::der::{self, Reader};

/// Common name and organisation, among the parts of a name (X.520).
const COMMON_NAME: [u8; 3] = [0x55, 0x04, 0x03];
const ORGANISATION: [u8; 3] = [0x55, 0x04, 0x0A];

/// How the line to a server is protected.
#[derive(Clone)]
pub(super) struct Tls {
    connector: TlsConnector,
    name: ServerName<'static>,
    /// Whether the certificate must be good.
    checks: bool,
}

/// What a handshake showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Protection {
    /// `TLSv1.3`
    pub(super) version: String,
    /// Who issued the server's certificate.
    pub(super) issuer: String,
    /// Whether it was checked.
    pub(super) checked: bool,
}

impl Tls {
    /// Prepares it; `None` for a line without. Reads the system's roots, connects to nobody.
    pub(super) fn new(server: &Server) -> Result<Option<Self>, MailUrlError> {
        let checks = match server.security {
            Security::Plain => return Ok(None),
            Security::Implicit | Security::Required => true,
            // Better than nothing against those who listen; a certificate would not stop those who meddle, who can drop STARTTLS itself.
            Security::Opportunistic => false,
        };
        let refused = |error: String| MailUrlError(format!("TLS towards {}: {error}", server.host));
        let name = ServerName::try_from(server.host.clone()).map_err(|error| refused(error.to_string()))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| refused(error.to_string()))?;
        let config = if checks {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            builder.with_root_certificates(roots).with_no_client_auth()
        } else {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider))).with_no_client_auth()
        };
        Ok(Some(Self { connector: TlsConnector::from(Arc::new(config)), name, checks }))
    }

    /// The handshake.
    pub(super) async fn protect(&self, stream: TcpStream) -> io::Result<(TlsStream<TcpStream>, Protection)> {
        let stream = self.connector.connect(self.name.clone(), stream).await?;
        let (_, session) = stream.get_ref();
        let version = session.protocol_version().and_then(|version| version.as_str()).unwrap_or("TLS");
        let certificate = session.peer_certificates().and_then(|chain| chain.first());
        let issuer =
            certificate.and_then(|certificate| issuer(certificate)).unwrap_or_else(|| "nobody named".to_owned());
        let protection = Protection { version: version.replace('_', "."), issuer, checked: self.checks };
        Ok((stream, protection))
    }
}

/// Organisation and common name of a certificate's issuer.
fn issuer(certificate: &[u8]) -> Option<String> {
    let mut fields = Reader::new(certificate).inside(der::SEQUENCE)?.inside(der::SEQUENCE)?;
    // The version, a tag of its own, is not always there; then the serial number and the algorithm.
    let mut field = fields.next()?;
    if field.0 == 0xA0 {
        field = fields.next()?;
    }
    (field.0 == der::INTEGER).then_some(())?;
    fields.next()?;
    let (mut organisation, mut name) = (None, None);
    let parts = fields.inside(der::SEQUENCE)?;
    for (_, set) in parts {
        let mut pair = Reader::new(set).inside(der::SEQUENCE)?;
        let (Some((_, kind)), Some((_, value))) = (pair.next(), pair.next()) else { continue };
        let text = || Some(crate::kernel::text::clean_line(&String::from_utf8_lossy(value), 100).value);
        match kind {
            kind if kind == COMMON_NAME => name = text(),
            kind if kind == ORGANISATION => organisation = text(),
            _ => {}
        }
    }
    match (organisation, name) {
        (Some(organisation), Some(name)) => Some(format!("{organisation}, {name}")),
        (one, other) => one.or(other),
    }
}

/// Takes every certificate; the server must still have its key.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _chain: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuer_is_read_from_a_certificate_and_never_guessed() {
        let certificate = include_bytes!("../../../tests/data/tls/leaf.der");
        assert_eq!(issuer(certificate).as_deref(), Some("Attesta tests, Test CA"));
        for cut in 0..certificate.len().min(140) {
            let said = issuer(&certificate[..cut]);
            assert_eq!(said, None, "{cut} bytes");
        }
        assert_eq!(issuer(b"no certificate"), None);
    }
}
