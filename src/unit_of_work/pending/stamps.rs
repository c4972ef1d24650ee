//! The timestamps that attempts to commit have fixed.

use crate::unit_of_work::cells::Attempt;

/// The timestamps that attempts to commit have fixed: of deletions, and of what is written.
#[derive(Debug, Default)]
pub(crate) struct Stamps(Vec<(i64, i64)>);

impl Stamps {
    #[inline]
    pub(crate) fn of_deletions(&self, attempt: Attempt) -> Option<i64> {
        self.of(attempt).map(|(deletions, _)| deletions)
    }

    #[inline]
    pub(crate) fn of_writes(&self, attempt: Attempt) -> Option<i64> {
        self.of(attempt).map(|(_, writes)| writes)
    }

    /// Fixes those of another attempt.
    pub(super) fn fix(&mut self, deletions: i64, writes: i64) -> Attempt {
        self.0.push((deletions, writes));
        Attempt::try_from(self.0.len()).unwrap_or(Attempt::MAX)
    }

    #[inline]
    fn of(&self, attempt: Attempt) -> Option<(i64, i64)> {
        self.0.get((attempt as usize).checked_sub(1)?).copied()
    }
}
