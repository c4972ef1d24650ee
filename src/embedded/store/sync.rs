//! When what was written reaches the disk.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::StoreError;

/// What a write that was answered survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// A write is handed to the operating system before it is answered, and reaches the disk within the
    /// given time. It survives the end of the process, `kill -9` included; a power failure loses what was
    /// written since the last sync.
    Process {
        /// The longest time between a write and its sync.
        sync_every: Duration,
    },
    /// A write is on the disk before it is answered. It survives a power failure. Writes that wait at the
    /// same time share one sync.
    Synced,
}

impl Default for Durability {
    /// [`Durability::Process`], synced every second.
    fn default() -> Durability {
        Durability::Process { sync_every: Duration::from_secs(1) }
    }
}

type Persist = Arc<dyn Fn() -> Result<(), StoreError> + Send + Sync>;

#[derive(Default)]
struct Progress {
    /// Writes so far, counted.
    written: u64,
    /// How many of them are on the disk.
    synced: u64,
    /// How many of them a mark stands behind.
    marked: u64,
    /// A thread is in the middle of a sync.
    syncing: bool,
    stopped: bool,
}

struct Shared {
    progress: Mutex<Progress>,
    changed: Condvar,
    persist: Persist,
    mark: Persist,
}

/// With [`Durability::Synced`], a mark is written this often.
const MARK_EVERY: Duration = Duration::from_secs(1);

/// Brings writes to the disk: at once, one leader for all who wait, or by a thread of its own, which marks how far it
/// has come.
pub(super) struct Syncer {
    shared: Arc<Shared>,
    wait: bool,
    thread: Option<JoinHandle<()>>,
}

impl Syncer {
    pub(super) fn start(
        durability: Durability,
        persist: Persist,
        mark: Persist,
    ) -> Result<Syncer, StoreError> {
        let shared = Arc::new(Shared { progress: Mutex::default(), changed: Condvar::new(), persist, mark });
        let every = match durability {
            Durability::Synced => MARK_EVERY,
            Durability::Process { sync_every } => sync_every,
        };
        let thread = {
            let shared = Arc::clone(&shared);
            thread::Builder::new().name("cassa-sync".to_owned()).spawn(move || shared.mark_regularly(every))
        };
        let thread = Some(thread.map_err(|error: io::Error| StoreError::Engine(Box::new(error)))?);
        Ok(Syncer { shared, wait: durability == Durability::Synced, thread })
    }

    /// The writes so far, and how many of them are on the disk.
    #[cfg(test)]
    pub(super) fn progress(&self) -> (u64, u64) {
        let progress = self.shared.progress.lock();
        (progress.written, progress.synced)
    }

    /// Tells of a write; returns when it is as durable as was asked for.
    pub(super) fn written(&self) -> Result<(), StoreError> {
        let mut progress = self.shared.progress.lock();
        progress.written += 1;
        if !self.wait {
            return Ok(());
        }
        let mine = progress.written;
        while progress.synced < mine {
            if progress.syncing {
                self.shared.changed.wait(&mut progress);
                continue;
            }
            let upto = progress.written;
            progress.syncing = true;
            drop(progress);
            let outcome = (self.shared.persist)();
            progress = self.shared.progress.lock();
            progress.syncing = false;
            self.shared.changed.notify_all();
            outcome?;
            progress.synced = upto;
        }
        Ok(())
    }
}

impl Shared {
    fn mark_regularly(&self, every: Duration) {
        let mut progress = self.progress.lock();
        while !progress.stopped {
            // those who wait for a sync wake it too
            let next = Instant::now() + every;
            while !progress.stopped && !self.changed.wait_until(&mut progress, next).timed_out() {}
            if progress.marked == progress.written {
                continue;
            }
            let upto = progress.written;
            drop(progress);
            let outcome = (self.mark)();
            progress = self.progress.lock();
            match outcome {
                Ok(()) => {
                    progress.marked = upto;
                    progress.synced = progress.synced.max(upto);
                }
                Err(error) => tracing::error!(%error, "cannot sync what was written"),
            }
        }
    }
}

impl Drop for Syncer {
    fn drop(&mut self) {
        self.shared.progress.lock().stopped = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// A disk that counts its syncs, each of which takes a moment.
    fn disk() -> (Arc<AtomicUsize>, Persist) {
        let syncs = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&syncs);
        let persist = move || {
            thread::sleep(Duration::from_millis(2));
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(())
        };
        (syncs, Arc::new(persist))
    }

    fn unmarked() -> Persist {
        Arc::new(|| Ok(()))
    }

    #[test]
    fn a_synced_write_is_on_the_disk_when_it_returns() {
        let (syncs, persist) = disk();
        let syncer = Syncer::start(Durability::Synced, persist, unmarked()).expect("started");
        for written in 1..4 {
            syncer.written().expect("synced");
            assert_eq!(syncs.load(Ordering::SeqCst), written);
        }
    }

    #[test]
    fn writes_that_wait_share_a_sync() {
        let (syncs, persist) = disk();
        let syncer = Syncer::start(Durability::Synced, persist, unmarked()).expect("started");
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..20).for_each(|_| syncer.written().expect("synced")));
            }
        });
        let syncs = syncs.load(Ordering::SeqCst);
        assert!((20..160).contains(&syncs), "{syncs} syncs for 160 writes of 8 threads");
    }

    #[test]
    fn a_sync_that_fails_fails_the_write_and_the_next_one_tries_again() {
        let tries = AtomicUsize::new(0);
        let persist = move || match tries.fetch_add(1, Ordering::SeqCst) {
            0 => Err(StoreError::Damaged("the disk is gone")),
            _ => Ok(()),
        };
        let syncer = Syncer::start(Durability::Synced, Arc::new(persist), unmarked()).expect("started");
        syncer.written().expect_err("the disk is gone");
        syncer.written().expect("it is back");
    }

    #[test]
    fn other_writes_return_at_once_and_are_synced_in_time() {
        let (syncs, persist) = disk();
        let sync_every = Duration::from_millis(5);
        let syncer = Syncer::start(Durability::Process { sync_every }, unmarked(), persist).expect("started");
        syncer.written().expect("handed over");
        let begin = Instant::now();
        while syncs.load(Ordering::SeqCst) == 0 {
            assert!(begin.elapsed() < Duration::from_secs(10), "it is never synced");
            thread::sleep(Duration::from_millis(1));
        }
        drop(syncer);
    }
}
