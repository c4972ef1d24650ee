//! The page after this one, fetched while the caller still takes this one apart.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use super::ColumnFamily;
use super::raw::{Page, Pages};
use super::reader::Reader;
use crate::error::Result;
use crate::wire::ConsistencyLevel;

/// Pages that a thread of their own fetches, one ahead of the one that was taken last. Each is a call as any other: on a
/// connection that is taken from the pool for it and given back, tried again and bounded in time as the pool says.
///
/// Once this is dropped the thread ends; a call that it is in comes to its end before.
#[derive(Debug)]
pub(super) struct Ahead {
    pages: Receiver<Result<Option<Page>>>,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    /// `None` where the system has no thread to give.
    pub(super) fn start(cf: &ColumnFamily, level: ConsistencyLevel, pages: &Pages) -> Option<Ahead> {
        // Without a place in between: the page that waits to be taken is the only one.
        let (sender, receiver) = sync_channel(0);
        let (cf, pages) = (cf.clone(), pages.clone());
        // What the caller's log has to say of its calls, it says of these.
        let (log, span) = (tracing::dispatcher::get_default(Clone::clone), tracing::Span::current());
        let fetch = move || {
            tracing::dispatcher::with_default(&log, || span.in_scope(|| run(&cf, level, pages, &sender)));
        };
        let thread = thread::Builder::new().name("cassa-read-ahead".into()).spawn(fetch).ok()?;
        Some(Ahead { pages: receiver, thread: Some(thread) })
    }

    /// The next page; `None` after the last. An error ends them.
    pub(super) fn next(&mut self) -> Result<Option<Page>> {
        if let Ok(page) = self.pages.recv() {
            return page;
        }
        // It has sent the end or an error before, or it panicked.
        match self.thread.take().map(JoinHandle::join) {
            Some(Err(panic)) => resume_unwind(panic),
            _ => Ok(None),
        }
    }
}

fn run(
    cf: &ColumnFamily,
    consistency_level: ConsistencyLevel,
    mut pages: Pages,
    sender: &SyncSender<Result<Option<Page>>>,
) {
    let reader = Reader { cf, super_column: None, consistency_level };
    loop {
        let page = pages.next(&reader);
        let is_last = !matches!(page, Ok(Some(_)));
        if sender.send(page).is_err() || is_last {
            return;
        }
    }
}
