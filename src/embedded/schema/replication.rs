//! Replication strategies, and which consistency levels the hosts can meet under them.

use crate::wire::{ConsistencyLevel, Exception};

const PACKAGE: &str = "org.apache.cassandra.locator.";

/// The data centre of all hosts, by which `NetworkTopologyStrategy` names it.
pub(crate) const DATA_CENTRE: &str = "datacenter1";

/// How many replicas a row has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replication {
    /// In all data centres.
    total: usize,
    /// In this one.
    local: usize,
    /// How many hosts there are to hold them, all of them in this data centre.
    hosts: usize,
}

impl Replication {
    /// One replica, on the host that is asked.
    pub(crate) fn local() -> Replication {
        Replication { total: 1, local: 1, hosts: 1 }
    }

    /// So many replicas, wherever the ring puts them.
    pub(super) fn simple(factor: usize) -> Replication {
        Replication { total: factor, local: factor, hosts: 1 }
    }

    /// How many hosts of this data centre hold a row.
    pub(crate) fn copies(&self) -> usize {
        self.local
    }

    /// On a ring of so many hosts.
    pub(super) fn on(&self, hosts: usize) -> Replication {
        Replication { hosts, ..self.clone() }
    }

    /// Reads a strategy; gives its class with the package, too.
    pub(super) fn parse(
        keyspace: &str,
        class: &str,
        options: &[(String, String)],
    ) -> Result<(String, Replication), String> {
        let qualified = if class.contains('.') { class.to_owned() } else { format!("{PACKAGE}{class}") };
        let replication = match qualified.strip_prefix(PACKAGE) {
            Some("SimpleStrategy" | "OldNetworkTopologyStrategy") => {
                let short = qualified.rsplit('.').next().unwrap_or_default();
                let mut factor = None;
                for (name, value) in options {
                    if name != "replication_factor" {
                        return Err(format!(
                            "Unrecognized strategy option {{{name}}} passed to {short} for keyspace {keyspace}"
                        ));
                    }
                    factor = Some(parse_factor(value)?);
                }
                let Some(factor) = factor else {
                    return Err(format!("{short} requires a replication_factor strategy option."));
                };
                Replication::simple(factor)
            }
            Some("NetworkTopologyStrategy") => {
                let mut replication = Replication { total: 0, local: 0, hosts: 1 };
                for (data_centre, value) in options {
                    if data_centre.eq_ignore_ascii_case("replication_factor") {
                        return Err("replication_factor is an option for SimpleStrategy, not \
                                    NetworkTopologyStrategy"
                            .to_owned());
                    }
                    let factor = parse_factor(value)?;
                    replication.total = replication.total.saturating_add(factor);
                    if data_centre == DATA_CENTRE {
                        replication.local = factor;
                    }
                }
                replication
            }
            Some("LocalStrategy") => {
                return Err(
                    "Unable to use given strategy class: LocalStrategy is reserved for internal use."
                        .to_owned(),
                );
            }
            _ => return Err(format!("Unable to find replication strategy class '{qualified}'")),
        };
        Ok((qualified, replication))
    }

    /// Checks that a read can be made at this level.
    pub(crate) fn check_read(&self, level: ConsistencyLevel) -> Result<(), Exception> {
        Replication::check_read_level(level)?;
        self.check_available(level)
    }

    /// Checks that this is a level for reads.
    pub(crate) fn check_read_level(level: ConsistencyLevel) -> Result<(), Exception> {
        let name = match level {
            ConsistencyLevel::EachQuorum => "EACH_QUORUM",
            ConsistencyLevel::Any => "ANY",
            _ => return Ok(()),
        };
        Err(Exception::InvalidRequest(format!("{name} ConsistencyLevel is only supported for writes")))
    }

    /// Checks that a write can be made at this level.
    pub(crate) fn check_write(&self, level: ConsistencyLevel) -> Result<(), Exception> {
        Replication::check_write_level(level)?;
        self.check_available(level)
    }

    /// Checks that this is a level for writes.
    pub(crate) fn check_write_level(level: ConsistencyLevel) -> Result<(), Exception> {
        match level {
            ConsistencyLevel::Serial | ConsistencyLevel::LocalSerial => Err(Exception::InvalidRequest(
                "You must use conditional updates for serializable writes".to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// All hosts count, also those that are down: the store that they share is there.
    pub(crate) fn check_available(&self, level: ConsistencyLevel) -> Result<(), Exception> {
        let quorum = |factor: usize| factor / 2 + 1;
        let up = self.local.min(self.hosts);
        let available = match level {
            // a hint on this node is enough
            ConsistencyLevel::Any => true,
            ConsistencyLevel::One | ConsistencyLevel::LocalOne => up >= 1,
            ConsistencyLevel::Two => up >= 2,
            ConsistencyLevel::Three => up >= 3,
            ConsistencyLevel::Quorum | ConsistencyLevel::Serial => up >= quorum(self.total),
            ConsistencyLevel::LocalQuorum | ConsistencyLevel::LocalSerial => up >= quorum(self.local),
            ConsistencyLevel::EachQuorum => self.total == self.local && up >= quorum(self.local),
            ConsistencyLevel::All => up >= self.total.max(1),
        };
        if available { Ok(()) } else { Err(Exception::Unavailable) }
    }
}

fn parse_factor(text: &str) -> Result<usize, String> {
    match text.parse::<i32>() {
        Err(_) => Err(format!("Replication factor must be numeric; found {text}")),
        Ok(factor) => usize::try_from(factor)
            .map_err(|_| format!("Replication factor must be non-negative; found {factor}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(factor: &str) -> Replication {
        let options = [("replication_factor".to_owned(), factor.to_owned())];
        Replication::parse("k", "SimpleStrategy", &options).expect("a strategy").1
    }

    #[test]
    fn one_node_meets_what_one_node_can() {
        use ConsistencyLevel::*;
        let one = factor("1");
        for level in [One, Quorum, LocalQuorum, All, Serial, LocalSerial, LocalOne] {
            assert_eq!(one.check_read(level), Ok(()), "{level:?}");
        }
        for level in [Two, Three] {
            assert_eq!(one.check_read(level), Err(Exception::Unavailable));
            assert_eq!(one.check_write(level), Err(Exception::Unavailable));
        }
        for level in [One, Any, EachQuorum, All] {
            assert_eq!(one.check_write(level), Ok(()), "{level:?}");
        }
        assert_eq!(factor("2").check_write(Quorum), Err(Exception::Unavailable));
        assert_eq!(factor("2").check_write(One), Ok(()));
        assert_eq!(factor("0").check_read(One), Err(Exception::Unavailable));
        assert_eq!(factor("0").check_write(Any), Ok(()));
    }

    #[test]
    fn three_hosts_meet_what_their_replicas_can() {
        use ConsistencyLevel::*;
        let three = factor("3").on(3);
        for level in [Two, Three, Quorum, LocalQuorum, All] {
            assert_eq!(three.check_read(level), Ok(()), "{level:?}");
        }
        assert_eq!(factor("1").on(3).check_read(Two), Err(Exception::Unavailable));
        assert_eq!(factor("5").on(3).check_read(Quorum), Ok(()));
        assert_eq!(factor("5").on(3).check_read(All), Err(Exception::Unavailable));
    }

    #[test]
    fn data_centres_count_by_name() {
        let options = [(DATA_CENTRE.to_owned(), "1".to_owned()), ("far".to_owned(), "2".to_owned())];
        let (_, replication) =
            Replication::parse("k", "NetworkTopologyStrategy", &options).expect("a strategy");
        assert_eq!(replication.check_read(ConsistencyLevel::LocalQuorum), Ok(()));
        assert_eq!(replication.check_read(ConsistencyLevel::Quorum), Err(Exception::Unavailable));
        assert_eq!(replication.check_write(ConsistencyLevel::EachQuorum), Err(Exception::Unavailable));
    }
}
