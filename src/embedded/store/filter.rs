//! How fjall's compaction asks what to leave out.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use fjall::compaction::filter::{
    CompactionFilter, CompactionFilterResult, Context, Factory, ItemAccessor, Verdict,
};

use super::{Purge, Purged};

/// Finds the filter of a partition by its name.
pub(super) type Factories = Arc<dyn Fn(&str) -> Option<Arc<dyn Factory>> + Send + Sync>;

/// A filter for each partition.
pub(super) fn factories(purge: Arc<dyn Purge>) -> Factories {
    Arc::new(move |partition| {
        let purge = AssertUnwindSafe(Arc::clone(&purge));
        Some(Arc::new(Filters { partition: partition.to_owned(), purge }))
    })
}

struct Filters {
    partition: String,
    purge: AssertUnwindSafe<Arc<dyn Purge>>,
}

impl Factory for Filters {
    fn name(&self) -> &str {
        "cassa"
    }

    fn make_filter(&self, _: &Context) -> Box<dyn CompactionFilter> {
        Box::new(Filter { partition: self.partition.clone(), purge: Arc::clone(&self.purge) })
    }
}

struct Filter {
    partition: String,
    purge: Arc<dyn Purge>,
}

impl CompactionFilter for Filter {
    fn filter_item(&mut self, item: ItemAccessor<'_>, _: &Context) -> CompactionFilterResult {
        Ok(match self.purge.purge(&self.partition, item.key(), &item.value()?) {
            Purged::Keep => Verdict::Keep,
            Purged::Replace(value) => Verdict::ReplaceValue(value.into()),
            // leaves a tombstone over older versions, which would come back otherwise
            Purged::Remove => Verdict::Remove,
        })
    }
}
