//! TLS: the server's certificate and key, and whose certificates its clients must have.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use crate::error::{Error, Result};

/// With what an [`EmbeddedServer`](crate::EmbeddedServer) serves TLS (1.2 and 1.3) on all its addresses.
/// A client that does not speak it, or has not the certificate that is asked for, is refused, and the log
/// says why.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use cassa::{EmbeddedServer, ServerTls};
///
/// let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
/// let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
/// let tls = ServerTls::from_pem(certificate.as_bytes(), key.as_bytes())?;
/// let server = EmbeddedServer::builder().tls(tls).start()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ServerTls {
    config: Arc<ServerConfig>,
    identity: Arc<Identity>,
}

struct Identity {
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl ServerTls {
    /// Reads a certificate, with those between it and its root, and its private key from files in PEM form.
    ///
    /// # Errors
    /// [`Error::InvalidOption`], which names the file, where it cannot be read or holds nothing of the kind,
    /// and where the key does not fit the certificate.
    pub fn read(certificate: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<ServerTls> {
        let certificates = certificates(&read(certificate.as_ref())?, &shown(certificate.as_ref()))?;
        let key = private_key(&read(key.as_ref())?, &shown(key.as_ref()))?;
        ServerTls::of(Identity { certificates, key }, None)
    }

    /// The same from PEM text.
    ///
    /// # Errors
    /// As [`ServerTls::read`].
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> Result<ServerTls> {
        let certificates = certificates(certificate, "the certificate")?;
        ServerTls::of(Identity { certificates, key: private_key(key, "the key")? }, None)
    }

    /// Serves only clients that have a certificate of an authority in this file, in PEM form. Defaults to
    /// clients without a certificate.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use cassa::{EmbeddedServer, ServerTls};
    ///
    /// # let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    /// # let directory = tempfile::tempdir()?;
    /// # let file = |name: &str, text: String| {
    /// #     let path = directory.path().join(name);
    /// #     std::fs::write(&path, text).map(|()| path)
    /// # };
    /// # let (certificate, key) = (file("c", made.cert.pem())?, file("k", made.signing_key.serialize_pem())?);
    /// # let authority = &certificate;
    /// let tls = ServerTls::read(&certificate, &key)?.client_ca(authority)?;
    /// let server = EmbeddedServer::builder().tls(tls).start()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`ServerTls::read`].
    pub fn client_ca(self, path: impl AsRef<Path>) -> Result<ServerTls> {
        let name = shown(path.as_ref());
        self.require(&read(path.as_ref())?, &name)
    }

    /// The same from PEM text.
    ///
    /// # Errors
    /// As [`ServerTls::read`].
    pub fn client_ca_pem(self, authorities: &[u8]) -> Result<ServerTls> {
        self.require(authorities, "the clients' authorities")
    }

    fn require(self, pem: &[u8], name: &str) -> Result<ServerTls> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(pem, name)? {
            roots.add(certificate).map_err(|error| invalid(format!("{name}: {error}")))?;
        }
        let Identity { certificates, key } = &*self.identity;
        let identity = Identity { certificates: certificates.clone(), key: key.clone_key() };
        ServerTls::of(identity, Some((roots, name)))
    }

    fn of(identity: Identity, clients: Option<(RootCertStore, &str)>) -> Result<ServerTls> {
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| invalid(error.to_string()))?;
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some((roots, name)) => {
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                builder
                    .with_client_cert_verifier(verifier.map_err(|error| invalid(format!("{name}: {error}")))?)
            }
        };
        let config = builder
            .with_single_cert(identity.certificates.clone(), identity.key.clone_key())
            .map_err(|error| invalid(format!("the certificate and its key: {error}")))?;
        Ok(ServerTls { config: Arc::new(config), identity: Arc::new(identity) })
    }

    pub(super) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // the key stays out of logs
        f.debug_struct("ServerTls").finish_non_exhaustive()
    }
}

/// Why a handshake failed, as the log says it.
pub(super) fn refusal(error: &io::Error) -> String {
    let Some(tls) = error.get_ref().and_then(|source| source.downcast_ref::<rustls::Error>()) else {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof => "the client left during the handshake".to_owned(),
            _ => error.to_string(),
        };
    };
    match tls {
        rustls::Error::InvalidMessage(_) => format!("the client does not speak TLS: {tls}"),
        rustls::Error::NoCertificatesPresented => "the client has no certificate".to_owned(),
        rustls::Error::InvalidCertificate(why) => format!("the client's certificate: {why}"),
        rustls::Error::AlertReceived(alert) => format!("the client refuses this server: {alert:?}"),
        other => other.to_string(),
    }
}

fn invalid(why: String) -> Error {
    Error::InvalidOption { option: "tls", why: why.into() }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| invalid(format!("{}: cannot be read: {error}", path.display())))
}

fn certificates(pem: &[u8], name: &str) -> Result<Vec<CertificateDer<'static>>> {
    let found = CertificateDer::pem_slice_iter(pem).collect::<std::result::Result<Vec<_>, _>>();
    let certificates = found.map_err(|error| invalid(format!("{name}: {error}")))?;
    if certificates.is_empty() {
        return Err(invalid(format!("{name}: no certificate in PEM form")));
    }
    Ok(certificates)
}

fn private_key(pem: &[u8], name: &str) -> Result<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|error| match error {
        pem::Error::NoItemsFound => invalid(format!("{name}: no private key in PEM form")),
        error => invalid(format!("{name}: {error}")),
    })
}
