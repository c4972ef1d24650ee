//! One fault: what happens, and to which calls.

use std::net::SocketAddr;
use std::time::Duration;

use crate::wire::TimedOutException;

/// Something that goes wrong at calls that are picked by host, method and count, or at random.
///
/// It comes in place of the work: the call has no effect. After [`after_work`](Fault::after_work) it comes in
/// place of the answer: the call has taken effect, and its client cannot know.
///
/// ```
/// use std::time::Duration;
///
/// use cassa::{EmbeddedServer, Fault};
///
/// let server = EmbeddedServer::builder().cluster(3).start()?;
/// let faults = server.faults();
/// // the second insert at one host takes effect, and then times out; the batch log has it
/// faults.add(
///     Fault::time_out()
///         .acknowledged_by_batchlog(true)
///         .after_work()
///         .host(server.hosts()[1].address())
///         .method("atomic_batch_mutate")
///         .skip(1)
///         .times(1),
/// );
/// // one reply of a hundred is lost with its connection, and each call takes 2 ms longer
/// faults.add(Fault::disconnect().after_work().at_random(0.01, 42));
/// faults.add(Fault::delay(Duration::from_millis(2)));
/// # Ok::<(), cassa::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a fault happens once it is added to a server's faults"]
pub struct Fault {
    pub(super) kind: Kind,
    pub(super) after_work: bool,
    pub(super) hosts: Vec<SocketAddr>,
    pub(super) methods: Vec<String>,
    pub(super) skip: u64,
    pub(super) times: Option<usize>,
    pub(super) random: Option<Random>,
}

/// What happens.
#[derive(Clone, Debug)]
pub(in crate::embedded) enum Kind {
    TimeOut(TimedOutException),
    Unavailable,
    Delay(Duration),
    Disconnect,
    CutFrame,
    GarbageFrame,
    Silence,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Random {
    pub(super) probability: f64,
    pub(super) seed: u64,
}

impl Fault {
    fn new(kind: Kind) -> Fault {
        Fault {
            kind,
            after_work: false,
            hosts: Vec::new(),
            methods: Vec::new(),
            skip: 0,
            times: None,
            random: None,
        }
    }

    /// The server answers `TimedOutException`: the replicas did not answer in time. Its fields default to
    /// absent. A method that does not declare it answers a `TApplicationException`.
    pub fn time_out() -> Fault {
        Fault::new(Kind::TimeOut(TimedOutException::default()))
    }

    /// The server answers `UnavailableException`: too few replicas are up. Cassandra answers so before it
    /// has written anything, thus without [`after_work`](Fault::after_work).
    pub fn unavailable() -> Fault {
        Fault::new(Kind::Unavailable)
    }

    /// The call is served so much later; [after its work](Fault::after_work), it is answered so much later.
    pub fn delay(by: Duration) -> Fault {
        Fault::new(Kind::Delay(by))
    }

    /// The server closes the connection without an answer.
    pub fn disconnect() -> Fault {
        Fault::new(Kind::Disconnect)
    }

    /// The server sends half of its answer and closes the connection. Without
    /// [`after_work`](Fault::after_work) the answer is an `UnavailableException`.
    pub fn cut_frame() -> Fault {
        Fault::new(Kind::CutFrame)
    }

    /// The server answers a whole frame that holds no message, and goes on.
    pub fn garbage_frame() -> Fault {
        Fault::new(Kind::GarbageFrame)
    }

    /// The server does not answer the call, and keeps the connection.
    pub fn silence() -> Fault {
        Fault::new(Kind::Silence)
    }

    /// Sets the field of a [time-out](Fault::time_out): how many replicas had acknowledged the write. On
    /// other faults it has no meaning.
    pub fn acknowledged_by(mut self, replicas: i32) -> Fault {
        if let Kind::TimeOut(exception) = &mut self.kind {
            exception.acknowledged_by = Some(replicas);
        }
        self
    }

    /// Sets the field of a [time-out](Fault::time_out): whether the batch log had the batch. On other faults
    /// it has no meaning.
    pub fn acknowledged_by_batchlog(mut self, acknowledged: bool) -> Fault {
        if let Kind::TimeOut(exception) = &mut self.kind {
            exception.acknowledged_by_batchlog = Some(acknowledged);
        }
        self
    }

    /// Sets the field of a [time-out](Fault::time_out): whether a `cas` was still being decided. On other
    /// faults it has no meaning.
    pub fn paxos_in_progress(mut self, in_progress: bool) -> Fault {
        if let Kind::TimeOut(exception) = &mut self.kind {
            exception.paxos_in_progress = Some(in_progress);
        }
        self
    }

    /// Serves the call first, and throws its result away. Defaults to before the work, which is not done then.
    pub fn after_work(mut self) -> Fault {
        self.after_work = true;
        self
    }

    /// Picks calls at this address of the server; may be given several times. Defaults to all.
    pub fn host(mut self, address: SocketAddr) -> Fault {
        self.hosts.push(address);
        self
    }

    /// Picks calls of this method of the interface, such as `batch_mutate`; may be given several times.
    /// Defaults to all.
    pub fn method(mut self, name: impl Into<String>) -> Fault {
        self.methods.push(name.into());
        self
    }

    /// Lets so many calls pass first, of those that would be picked. Defaults to 0.
    pub fn skip(mut self, calls: u64) -> Fault {
        self.skip = calls;
        self
    }

    /// Happens so many times, and then no more. Defaults to every time.
    pub fn times(mut self, times: usize) -> Fault {
        self.times = Some(times);
        self
    }

    /// Picks each call with this probability, from 0 to 1. With one seed, the same sequence of calls meets
    /// the same faults. Defaults to every call.
    pub fn at_random(mut self, probability: f64, seed: u64) -> Fault {
        self.random = Some(Random { probability, seed });
        self
    }
}
