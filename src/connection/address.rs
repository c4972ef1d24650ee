//! What a server's name stands for.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

/// Cassandra's Thrift port (`rpc_port`).
const DEFAULT_PORT: u16 = 9160;

/// The addresses of a server. The name is looked up by the system's resolver.
pub(crate) fn resolve(server: &str) -> io::Result<Vec<SocketAddr>> {
    let (host, port) = split(server)?;
    let addresses: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    if addresses.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
    }
    Ok(addresses)
}

/// `host`, `host:port`, `1.2.3.4:port`, `[v6]`, `[v6]:port`, or a bare v6 address.
pub(super) fn split(server: &str) -> io::Result<(&str, u16)> {
    let (host, port) = if let Some(rest) = server.strip_prefix('[') {
        let (host, rest) = rest.split_once(']').ok_or_else(|| no_server(server))?;
        match rest.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None if rest.is_empty() => (host, None),
            None => return Err(no_server(server)),
        }
    } else {
        match server.split_once(':') {
            Some((host, port)) if !port.contains(':') => (host, Some(port)),
            _ => (server, None), // no port, or colons of a bare v6 address
        }
    };
    if host.is_empty() {
        return Err(no_server(server));
    }
    let port = port.map_or(Ok(DEFAULT_PORT), |port| port.parse().map_err(|_| no_server(server)))?;
    Ok((host, port))
}

/// The server with this port where it has none.
pub(crate) fn with_port(server: &str, port: u16) -> String {
    let bare_v6 = server.parse::<std::net::Ipv6Addr>().is_ok();
    match (bare_v6, server.strip_prefix('[')) {
        (true, _) => format!("[{server}]:{port}"),
        (false, Some(rest)) if rest.ends_with(']') => format!("{server}:{port}"),
        (false, None) if !server.contains(':') => format!("{server}:{port}"),
        _ => server.to_owned(),
    }
}

fn no_server(server: &str) -> io::Error {
    let message = format!("expected host, host:port or [v6]:port, got {server:?}");
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_given_in_many_forms() {
        let split = |server| split(server).ok();
        assert_eq!(split("cassandra.example"), Some(("cassandra.example", 9160)));
        assert_eq!(split("10.0.0.1:9161"), Some(("10.0.0.1", 9161)));
        assert_eq!(split("[::1]:9161"), Some(("::1", 9161)));
        assert_eq!(split("[::1]"), Some(("::1", 9160)));
        assert_eq!(split("::1"), Some(("::1", 9160)));
        for bad in ["", ":9160", "host:", "host:port", "host:70000", "[::1", "[::1]x"] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_port_is_added_where_there_is_none() {
        for (server, whole) in [
            ("a", "a:1"),
            ("10.0.0.1", "10.0.0.1:1"),
            ("::1", "[::1]:1"),
            ("[::1]", "[::1]:1"),
            ("a:9", "a:9"),
            ("[::1]:9", "[::1]:9"),
        ] {
            assert_eq!(with_port(server, 1), whole);
        }
    }
}
