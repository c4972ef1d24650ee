//! What a pool does on a thread of its own: health checks of hosts that failed, the ring, the list of servers.

use std::net::{Shutdown, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::Inner;
use super::ring::Description;
use crate::connection::{Connection, ConnectionOptions, LONGEST_WAIT, resolve};
use crate::error::{Error, Result};
use crate::wire::methods::{DescribePartitioner, DescribeRing};

/// How long connecting may take here: nothing can end it early when the pool goes.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(700);

/// How the thread is told what to do.
#[derive(Default)]
pub(super) struct Housekeeping {
    orders: Mutex<Orders>,
    ordered: Condvar,
    /// As in the orders, read at each check-in.
    stopped: AtomicBool,
}

#[derive(Default)]
struct Orders {
    /// A host is to be looked at.
    woken: bool,
    /// The ring and the list of servers are to be read now.
    refresh: bool,
    stopped: bool,
    /// The connections that threads of the pool wait on.
    attended: Vec<(u64, TcpStream)>,
    /// Of those so far.
    attended_so_far: u64,
}

impl Housekeeping {
    pub(super) fn wake(&self) {
        self.orders.lock().woken = true;
        self.ordered.notify_one();
    }

    pub(super) fn refresh(&self) {
        self.orders.lock().refresh = true;
        self.ordered.notify_one();
    }

    /// Ends the pool's threads soon, also where they wait on a server.
    pub(super) fn stop(&self) {
        let mut orders = self.orders.lock();
        orders.stopped = true;
        self.stopped.store(true, Ordering::Release);
        for (_, socket) in orders.attended.drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
        drop(orders);
        self.ordered.notify_one();
    }

    /// Does something on a connection that ends when the pool closes.
    pub(super) fn attend<T>(
        &self,
        connection: &mut Connection,
        work: impl FnOnce(&mut Connection) -> Result<T>,
    ) -> Result<T> {
        let failed = |source| Error::Connect { server: connection.server().clone(), source };
        let socket = connection.socket().map_err(failed)?;
        let number = {
            let mut orders = self.orders.lock();
            if orders.stopped {
                return Err(failed(std::io::ErrorKind::Interrupted.into()));
            }
            orders.attended_so_far += 1;
            let number = orders.attended_so_far;
            orders.attended.push((number, socket));
            number
        };
        let done = catch_unwind(AssertUnwindSafe(|| work(connection)));
        self.orders.lock().attended.retain(|(other, _)| *other != number);
        done.unwrap_or_else(|panic| resume_unwind(panic))
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// Waits for orders until then; whether it is time to refresh.
    fn wait(&self, until: Instant, refresh_at: Instant) -> bool {
        let mut orders = self.orders.lock();
        while !(orders.woken || orders.refresh || orders.stopped) {
            if self.ordered.wait_until(&mut orders, until).timed_out() {
                break;
            }
        }
        orders.woken = false;
        std::mem::take(&mut orders.refresh) || refresh_at <= Instant::now()
    }
}

/// Starts the thread; it ends with the pool.
pub(super) fn start(pool: &Arc<Inner>) {
    let (weak, orders) = (Arc::downgrade(pool), pool.housekeeping.clone());
    let name = "cassa-housekeeping".to_owned();
    let started = thread::Builder::new().name(name).spawn(move || run(&weak, &orders));
    if let Err(error) = started {
        // hosts put aside are still tried where no other is left
        tracing::error!(pool = &*pool.name, %error, "no thread for health checks and discovery");
    }
}

fn run(pool: &Weak<Inner>, orders: &Housekeeping) {
    let (mut refresh, mut refreshed) = (false, Instant::now());
    loop {
        let (until, refresh_at) = {
            let Some(pool) = pool.upgrade() else { return };
            if orders.is_stopped() {
                return;
            }
            if std::mem::take(&mut refresh) {
                refreshed = Instant::now();
                // functions of the user run here: the filter, the list of servers, listeners
                if catch_unwind(AssertUnwindSafe(|| pool.refresh())).is_err() {
                    tracing::error!(pool = &*pool.name, "reading the list of servers panicked");
                }
            }
            let next_check = catch_unwind(AssertUnwindSafe(|| pool.check_hosts())).unwrap_or_else(|_| {
                tracing::error!(pool = &*pool.name, "a health check panicked");
                Some(Instant::now() + pool.options.cool_off)
            });
            let every = if pool.refreshes() { pool.options.refresh_every } else { LONGEST_WAIT };
            let refresh_at = refreshed + every;
            (next_check.map_or(refresh_at, |check| check.min(refresh_at)), refresh_at)
        };
        refresh = orders.wait(until, refresh_at);
    }
}

impl Inner {
    /// Whether there is something to read now and then.
    fn refreshes(&self) -> bool {
        self.options.uses_ring() || self.options.supplier.is_some()
    }

    /// Looks at the hosts that are due; when the next one is.
    fn check_hosts(&self) -> Option<Instant> {
        let list = self.hosts.load_full();
        for entry in &list.entries {
            let host = &entry.host;
            let due = host.health().check_due().is_some_and(|due| due <= Instant::now());
            if !due || host.is_removed() {
                continue;
            }
            match self.visit(host.server(), |connection| connection.set_keyspace(&self.keyspace)) {
                // what is refused was answered
                Err(cause) if cause.blames_server() => {
                    if self.is_closed() {
                        return None;
                    }
                    host.end_present_generation();
                    self.put_aside(host, &cause);
                }
                _ => self.is_up(host),
            }
        }
        list.entries.iter().filter_map(|entry| entry.host.health().check_due()).min()
    }

    /// Reads the ring for the first time, in the thread that makes the pool; otherwise the other thread does.
    pub(super) fn first_refresh(&self) {
        if self.options.uses_ring() {
            self.read_ring();
        }
        self.housekeeping.orders.lock().refresh = false;
    }

    /// Reads the list of servers and the ring anew.
    pub(super) fn refresh(&self) {
        if let Some(supplier) = &self.options.supplier {
            let mut seeds = (supplier.0)();
            let mut known = self.servers.lock().seeds.clone();
            seeds.sort();
            known.sort();
            if seeds.is_empty() {
                tracing::warn!(pool = &*self.name, "the function that gives the servers gave none");
            } else if seeds != known && self.set_seeds(seeds).is_err() {
                return;
            }
            // it is under way: a list that is another one each time must not keep the thread busy
            self.housekeeping.orders.lock().refresh = false;
        }
        if self.options.uses_ring() {
            self.read_ring();
        }
    }

    /// Asks one server after the other, the given ones last, until one tells the ring.
    fn read_ring(&self) {
        let list = self.hosts.load_full();
        let mut servers: Vec<Arc<str>> = list.entries.iter().map(|e| e.host.server().clone()).collect();
        servers.sort_by_key(|server| {
            let entry = list.entries.iter().find(|entry| entry.host.server() == server);
            entry.is_some_and(|entry| entry.host.health().check_due().is_some())
        });
        for seed in &self.servers.lock().seeds {
            if !servers.iter().any(|server| **server == **seed) {
                servers.push(seed.as_str().into());
            }
        }
        for server in servers {
            let read = self.visit(&server, |connection| {
                let ring = connection.call(&DescribeRing { keyspace: self.keyspace.to_string() })?;
                Ok((ring, connection.call(&DescribePartitioner {})?))
            });
            match read {
                Ok((ring, partitioner)) => {
                    let port = resolve(&server).ok().and_then(|addresses| Some(addresses.first()?.port()));
                    let ring = Description::new(ring, port.unwrap_or_default());
                    return self.install_ring(&ring, partitioner.parse().ok());
                }
                Err(error) => {
                    let error = &error as &(dyn std::error::Error + 'static);
                    tracing::warn!(pool = &*self.name, %server, error, "the ring cannot be read");
                }
            }
            if self.is_closed() {
                return;
            }
        }
        if list.discovered {
            self.fall_back();
        }
    }

    /// Does something on a connection of its own, which ends when the pool closes.
    fn visit<T>(&self, server: &Arc<str>, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let options = self.connection.clone();
        let connect_timeout = options.longest_connect().min(CONNECT_TIMEOUT);
        let options: ConnectionOptions = options.connect_timeout(connect_timeout);
        let mut connection = Connection::connect(server, &options, None)?;
        self.housekeeping.attend(&mut connection, |connection| {
            connection.login()?;
            work(connection)
        })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.housekeeping.is_stopped()
    }
}
