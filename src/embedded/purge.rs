//! What compaction leaves out, by the schema as it is and the clock.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;

use super::clock::{Clock, second};
use super::index;
use super::row::{self, Rules};
use super::schema::{Purgeable, Schema};
use super::store::{Purge, Purged};

/// Knows of each partition what may go. It holds no partition: those hold the store, and the store holds it.
pub(crate) struct Purger {
    clock: Arc<dyn Clock>,
    partitions: RwLock<Arc<HashMap<String, Purgeable>>>,
}

impl Purger {
    /// Keeps everything until it is shown a schema.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Purger {
        Purger { clock, partitions: RwLock::default() }
    }

    /// Takes the rules of a schema.
    pub(crate) fn follow(&self, schema: &Schema) {
        *self.partitions.write() = Arc::new(schema.purge_rules());
    }
}

impl Purge for Purger {
    fn purge(&self, partition: &str, key: &[u8], value: &[u8]) -> Purged {
        let partitions = Arc::clone(&self.partitions.read());
        let Some(rules) = partitions.get(partition) else {
            return Purged::Keep;
        };
        let now = second(self.clock.micros());
        match rules {
            Purgeable::Rows { partitioner, comparator, gc_grace } => {
                let gc_before = now.saturating_sub(*gc_grace);
                let rules = Rules { partitioner: *partitioner, comparator, now, gc_before, hints: None };
                row::purge::purge(key, value, rules).unwrap_or_else(|damage| {
                    // whoever reads it is told
                    tracing::warn!(partition, ?damage, "compaction passes over damaged data");
                    Purged::Keep
                })
            }
            Purgeable::Entries => index::purge(value, now),
        }
    }
}
