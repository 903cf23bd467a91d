//! STARTTLS: certificate and key from their files, read for each connection, so that a renewed certificate needs no restart.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::TlsFiles;

/// What accepts a handshake with these files. Reads them: call it where waiting for a disk does no harm.
///
/// # Errors
/// A sentence that names the file.
pub(super) fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, String> {
    let (certificate, key) = (files.certificate.display(), files.key.display());
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| format!("{certificate} cannot be read: {error}"))?;
    if chain.is_empty() {
        return Err(format!("{certificate} holds no certificate"));
    }
    let private = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| format!("{key} cannot be read: {error}"))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| format!("{certificate} and {key} do not fit: {error}"))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
