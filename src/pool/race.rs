//! Connecting to one host after the other without waiting for each to the end, where it may be that none answers.
//!
//! A host whose connections have just served is connected to by the caller. Of any other nobody knows whether it
//! is there, and one that takes no connection, or takes it and stays silent, would cost the caller the whole
//! timeout, each of them. So the next host is tried a while after the one before, each in a thread of its own, and the first
//! connection is taken. Those that come too late tell the pool how they fared.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use std::{io, thread};

use super::Inner;
use super::check_out::Wish;
use super::host::Host;
use super::housekeeping::Housekeeping;
use crate::connection::{Connection, ConnectionOptions};
use crate::error::Result;

/// The second host is tried after such a part of the connect timeout, all others within as much again.
const HEAD_START: u32 = 8;

/// Attempts to connect that are under way together.
pub(super) struct Race {
    tell: Sender<Arrival>,
    hear: Receiver<Arrival>,
    began: Instant,
    /// The hosts, and their generations when it was begun to connect to them.
    runners: Vec<(Arc<Host>, u64)>,
    under_way: usize,
}

/// How an attempt ended.
struct Arrival {
    runner: usize,
    done: Result<Result<Connection>, Box<dyn Any + Send>>,
}

/// What is needed to connect. It holds no part of the pool, which may go meanwhile.
struct Attempt {
    pool: Weak<Inner>,
    housekeeping: Arc<Housekeeping>,
    server: Arc<str>,
    keyspace: Arc<str>,
    options: ConnectionOptions,
    deadline: Option<Instant>,
}

impl Race {
    pub(super) fn new() -> Race {
        let (tell, hear) = mpsc::channel();
        Race { tell, hear, began: Instant::now(), runners: Vec::new(), under_way: 0 }
    }

    /// Begins to connect to a host. All of them together have the connect timeout.
    pub(super) fn start(&mut self, pool: &Arc<Inner>, host: &Arc<Host>, wish: &Wish<'_>) -> io::Result<()> {
        let left = pool.connection.longest_connect().saturating_sub(self.began.elapsed());
        let attempt = Attempt {
            pool: Arc::downgrade(pool),
            housekeeping: pool.housekeeping.clone(),
            server: host.server().clone(),
            keyspace: pool.keyspace.clone(),
            options: pool.connection.clone().connect_timeout(left),
            deadline: wish.deadline,
        };
        let (runner, tell) = (self.runners.len(), self.tell.clone());
        let run = move || attempt.run(runner, &tell);
        thread::Builder::new().name("cassa-connect".to_owned()).spawn(run)?;
        self.runners.push((host.clone(), host.generation()));
        self.under_way += 1;
        Ok(())
    }

    /// How long to wait for those that run before one more is started; of `hosts` in all.
    pub(super) fn head_start(&self, pool: &Inner, hosts: usize) -> Duration {
        let whole = pool.connection.longest_connect() / HEAD_START;
        if self.runners.len() < 2 { whole } else { whole / u32::try_from(hosts).unwrap_or(u32::MAX) }
    }

    /// The next one that ends, within so long or, without a limit, as soon as it does: each is bounded by its
    /// timeouts. `None` where none does.
    pub(super) fn next(&mut self, within: Option<Duration>) -> Option<(Arc<Host>, u64, Result<Connection>)> {
        if self.under_way == 0 {
            return None;
        }
        let arrival = match within {
            Some(within) => self.hear.recv_timeout(within).ok()?,
            None => self.hear.recv().ok()?,
        };
        self.under_way -= 1;
        let (host, generation) = self.runners[arrival.runner].clone();
        // a panic of a user's transport is the caller's
        let done = arrival.done.unwrap_or_else(|panic| resume_unwind(panic));
        Some((host, generation, done))
    }
}

impl Attempt {
    fn run(self, runner: usize, tell: &Sender<Arrival>) {
        let done = catch_unwind(AssertUnwindSafe(|| self.connect()));
        let Err(late) = tell.send(Arrival { runner, done }) else { return };
        // the caller has gone on with another host
        let Some(pool) = self.pool.upgrade().filter(|pool| !pool.is_closed()) else { return };
        let list = pool.hosts.load_full();
        let host = list.entries.iter().map(|entry| &entry.host).find(|host| *host.server() == self.server);
        match (late.0.done, host) {
            (Ok(Ok(_)), Some(host)) => pool.is_up(host),
            (Ok(Err(cause)), Some(host)) if cause.blames_server() => {
                pool.cannot_connect(host, &cause, self.deadline);
            }
            _ => {}
        }
    }

    fn connect(&self) -> Result<Connection> {
        let mut connection = Connection::connect(&self.server, &self.options, self.deadline)?;
        self.housekeeping.attend(&mut connection, |connection| {
            connection.login()?;
            connection.set_keyspace(&self.keyspace)
        })?;
        Ok(connection)
    }
}
