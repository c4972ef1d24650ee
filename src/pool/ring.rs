//! The ring: which hosts there are, and which of them hold a row.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::connection::{resolve, with_port};
use crate::partitioner::{Partitioner, Token};
use crate::wire::TokenRange;

/// A host of the ring, as it is offered to the filter of
/// [`ConnectionPoolBuilder::discover_only`](crate::ConnectionPoolBuilder::discover_only), which has an example.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RingHost {
    /// The server: the host's address, and the port of the server that was asked.
    pub server: Box<str>,
    /// Its data centre, where the server says so.
    pub datacenter: Option<Arc<str>>,
    /// Its rack, where the server says so.
    pub rack: Option<Arc<str>>,
}

/// The answer of `describe_ring`.
pub(super) struct Description {
    /// Each host once.
    pub(super) hosts: Vec<RingHost>,
    /// The end of each range, and its replicas as indices into `hosts`.
    ranges: Vec<(String, Vec<usize>)>,
}

impl Description {
    /// Hosts that come without a port are given this one.
    pub(super) fn new(ranges: Vec<TokenRange>, port: u16) -> Description {
        let mut description = Description { hosts: Vec::new(), ranges: Vec::new() };
        let mut known: HashMap<String, usize> = HashMap::new();
        for range in ranges {
            let details = range.endpoint_details.unwrap_or_default();
            // clients connect to the RPC address, which old servers do not tell, or tell as "any"
            let rpc = range.rpc_endpoints.unwrap_or_default();
            let mut replicas = Vec::new();
            for (i, endpoint) in range.endpoints.iter().enumerate() {
                let told = rpc.get(i).filter(|rpc| !matches!(rpc.as_str(), "" | "0.0.0.0" | "::"));
                let server = with_port(told.unwrap_or(endpoint), port);
                let details = details.get(i);
                let index = *known.entry(server).or_insert_with_key(|server| {
                    description.hosts.push(RingHost {
                        server: server.as_str().into(),
                        datacenter: details.and_then(|d| d.datacenter.as_deref()).map(Arc::from),
                        rack: details.and_then(|d| d.rack.as_deref()).map(Arc::from),
                    });
                    description.hosts.len() - 1
                });
                replicas.push(index);
            }
            description.ranges.push((range.end_token, replicas));
        }
        description
    }

    /// Where rows are, over hosts of which the ring's are at these places; `None` where the tokens are not
    /// the partitioner's.
    pub(super) fn ring(&self, partitioner: Partitioner, places: &[Option<usize>]) -> Option<Ring> {
        let mut ranges = Vec::with_capacity(self.ranges.len());
        for (end, replicas) in &self.ranges {
            let replicas = replicas.iter().filter_map(|i| places[*i]).map(|place| place as u32);
            ranges.push((partitioner.parse_token(end)?, replicas.collect()));
        }
        ranges.sort();
        (!ranges.is_empty()).then_some(Ring { partitioner, ranges })
    }
}

/// Which hosts hold a row.
pub(super) struct Ring {
    partitioner: Partitioner,
    /// The ends of the ranges, ascending, and their replicas as indices into the list of hosts.
    ranges: Vec<(Token, Box<[u32]>)>,
}

impl Ring {
    /// The replicas of a row, the first one first.
    pub(super) fn replicas(&self, key: &[u8]) -> &[u32] {
        let token = self.partitioner.token(key);
        let range = self.ranges.partition_point(|(end, _)| *end < token);
        // beyond the last end the ring begins anew
        let (_, replicas) = self.ranges.get(range).unwrap_or(&self.ranges[0]);
        replicas
    }
}

/// Finds hosts by any of their addresses: the same host goes by a name here and by a number there.
pub(super) struct ByAddress(HashMap<SocketAddr, usize>);

impl ByAddress {
    pub(super) fn new<'a>(servers: impl IntoIterator<Item = &'a str>) -> ByAddress {
        let mut places = HashMap::new();
        for (place, server) in servers.into_iter().enumerate() {
            for address in resolve(server).unwrap_or_default() {
                places.entry(address).or_insert(place);
            }
        }
        ByAddress(places)
    }

    pub(super) fn find(&self, server: &str) -> Option<usize> {
        let addresses = resolve(server).ok()?;
        addresses.iter().find_map(|address| self.0.get(address).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::EndpointDetails;

    fn range(end: &str, endpoints: &[&str], rpc: Option<&[&str]>) -> TokenRange {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let details = |host: &&str| EndpointDetails {
            host: Some((*host).to_owned()),
            datacenter: Some("dc1".to_owned()),
            rack: None,
        };
        TokenRange {
            start_token: String::new(),
            end_token: end.to_owned(),
            endpoints: owned(endpoints),
            rpc_endpoints: rpc.map(owned),
            endpoint_details: Some(endpoints.iter().map(details).collect()),
        }
    }

    #[test]
    fn a_row_is_where_its_range_ends() {
        let description = Description::new(
            vec![range("10", &["10.0.0.1", "10.0.0.2"], None), range("-5", &["10.0.0.2", "10.0.0.3"], None)],
            9160,
        );
        let servers: Vec<&str> = description.hosts.iter().map(|host| &*host.server).collect();
        assert_eq!(servers, ["10.0.0.1:9160", "10.0.0.2:9160", "10.0.0.3:9160"]);
        assert_eq!(description.hosts[0].datacenter.as_deref(), Some("dc1"));
        // the second one is not in the list
        let ring = description.ring(Partitioner::Murmur3, &[Some(4), None, Some(7)]).expect("tokens");
        assert_eq!(ring.ranges, [(Token::Long(-5), [7].into()), (Token::Long(10), [4].into())]);
        // -2129773440516405919, before the first end; 356242581507269238 would be beyond the last
        assert_eq!(ring.replicas(b"foo"), [7]);
        assert!(description.ring(Partitioner::ByteOrdered, &[Some(0); 3]).is_none());
    }

    #[test]
    fn beyond_the_last_end_the_ring_begins_anew() {
        let ranges = vec![range("61", &["a"], None), range("7a", &["b"], None)];
        let ring = Description::new(ranges, 1).ring(Partitioner::ByteOrdered, &[Some(0), Some(1)]);
        let ring = ring.expect("tokens");
        assert_eq!(["a", "a1", "z", "zz", ""].map(|key| ring.replicas(key.as_bytes())[0]), [0, 1, 1, 0, 0]);
    }

    #[test]
    fn clients_go_to_the_rpc_address_where_it_is_one() {
        let ranges = vec![range("1", &["10.0.0.1", "10.0.0.2"], Some(&["192.0.2.1:9161", "0.0.0.0"]))];
        let description = Description::new(ranges, 9160);
        let servers: Vec<&str> = description.hosts.iter().map(|host| &*host.server).collect();
        assert_eq!(servers, ["192.0.2.1:9161", "10.0.0.2:9160"]);
    }

    #[test]
    fn a_host_is_found_by_its_address() {
        let places = ByAddress::new(["127.0.0.1:9160", "[::1]:9160"]);
        assert_eq!(places.find("127.0.0.1"), Some(0));
        assert_eq!(places.find("::1"), Some(1));
        assert_eq!(places.find("127.0.0.1:9161"), None);
    }
}
