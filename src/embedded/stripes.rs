//! Locks for rows: a fixed number, shared by all rows of the server.

use parking_lot::{Mutex, MutexGuard};

use crate::partitioner;

const COUNT: usize = 1024;

/// The locks. A row always has the same one.
pub(crate) struct Stripes(Box<[Mutex<()>]>);

impl Stripes {
    pub(crate) fn new() -> Stripes {
        Stripes((0..COUNT).map(|_| Mutex::new(())).collect())
    }

    /// Locks these rows of column families (by id and key), waiting for others that hold them. The locks are
    /// taken in one order everywhere, so that nobody waits in a circle.
    pub(crate) fn lock<'a>(&self, rows: impl Iterator<Item = (u64, &'a [u8])>) -> Vec<MutexGuard<'_, ()>> {
        let mut stripes: Vec<usize> =
            rows.map(|(family, key)| partitioner::hash(key, family).0 as usize % COUNT).collect();
        stripes.sort_unstable();
        stripes.dedup();
        stripes.into_iter().map(|stripe| self.0[stripe].lock()).collect()
    }
}
