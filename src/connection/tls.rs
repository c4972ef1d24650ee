//! Connections encrypted by TLS.

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::address::split;
use super::socket::Socket;
use super::transport::{Transport, TransportFactory};
use crate::error::{Error, Result};

/// How connections are encrypted: whom to trust, how the client shows who it is, and by which name it knows
/// the server. TLS 1.2 and 1.3.
///
/// ```
/// use cassa::{ConnectionOptions, TlsOptions};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let authority = rcgen::generate_simple_self_signed(["ca.example".to_owned()])?.cert.pem();
/// let tls = TlsOptions::new(authority.as_bytes())?.server_name("cassandra.example")?;
/// let options = ConnectionOptions::default().tls(&tls);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TlsOptions {
    roots: Arc<RootCertStore>,
    config: Arc<ClientConfig>,
    server_name: Option<ServerName<'static>>,
}

impl TlsOptions {
    /// Trusts the authorities of these certificates, as PEM, and no others. The server's certificate must be
    /// for the host name or address by which the pool knows it.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] where there is no certificate, or one that cannot be read.
    pub fn new(authorities_pem: &[u8]) -> Result<TlsOptions> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(authorities_pem)? {
            roots.add(certificate).map_err(invalid)?;
        }
        let roots = Arc::new(roots);
        let config = versions()?.with_root_certificates(roots.clone()).with_no_client_auth();
        Ok(TlsOptions { roots, config: Arc::new(config), server_name: None })
    }

    /// Shows this certificate to servers that ask for one: the chain and its private key, as PEM. Defaults to
    /// none.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] where certificate or key cannot be read, or do not belong together.
    pub fn client_certificate(mut self, chain_pem: &[u8], key_pem: &[u8]) -> Result<TlsOptions> {
        let key = PrivateKeyDer::from_pem_slice(key_pem).map_err(invalid)?;
        let config = versions()?
            .with_root_certificates(self.roots.clone())
            .with_client_auth_cert(certificates(chain_pem)?, key)
            .map_err(invalid)?;
        self.config = Arc::new(config);
        Ok(self)
    }

    /// The name that the certificates of all servers must be for. Defaults to each server's own host name or
    /// address.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] where it can be no name.
    pub fn server_name(mut self, name: &str) -> Result<TlsOptions> {
        self.server_name = Some(ServerName::try_from(name.to_owned()).map_err(invalid)?);
        Ok(self)
    }

    pub(super) fn factory(&self) -> impl TransportFactory + use<> {
        self.clone()
    }
}

fn versions() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>> {
    // named, as the process may have no provider, or another one
    let provider = Arc::new(ring::default_provider());
    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(invalid)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let read: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let certificates = read.map_err(invalid)?;
    if certificates.is_empty() {
        Err(invalid("expected a certificate as PEM, got none"))
    } else {
        Ok(certificates)
    }
}

fn invalid(why: impl fmt::Display) -> Error {
    Error::InvalidOption { option: "tls", why: why.to_string().into() }
}

impl TransportFactory for TlsOptions {
    fn open(&self, mut socket: Socket, server: &str) -> io::Result<Box<dyn Transport>> {
        let name = match &self.server_name {
            Some(name) => name.clone(),
            None => ServerName::try_from(split(server)?.0.to_owned())
                .map_err(|e| io::Error::new(io::ErrorKind::InvalidInput, e))?,
        };
        let mut connection = ClientConnection::new(self.config.clone(), name).map_err(io::Error::other)?;
        while connection.is_handshaking() {
            connection.complete_io(&mut socket)?;
        }
        Ok(Box::new(Tls(StreamOwned::new(connection, socket))))
    }
}

impl fmt::Debug for TlsOptions {
    /// Without keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsOptions")
            .field("authorities", &self.roots.len())
            .field("server_name", &self.server_name)
            .finish_non_exhaustive()
    }
}

struct Tls(StreamOwned<ClientConnection, Socket>);

impl Read for Tls {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Tls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Transport for Tls {
    fn socket(&self) -> &Socket {
        &self.0.sock
    }

    fn socket_mut(&mut self) -> &mut Socket {
        &mut self.0.sock
    }
}
