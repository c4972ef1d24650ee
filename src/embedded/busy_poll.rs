//! Looking for the next call for a moment before going to sleep: to wake a thread takes the system longer than most
//! calls take.

use std::io::{self, Read};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The longest that is worth it: beyond it, the wake-up that is spared counts for little.
const LONGEST: Duration = Duration::from_millis(1);

/// A client's next call comes sooner than this after an answer, if it does nothing else.
pub(super) const WINDOW: Duration = Duration::from_micros(50);

/// Who looks, and for how long. The connections of a server share it.
#[derive(Debug)]
pub(super) struct BusyPoll {
    window: Duration,
    /// How many may look at once; the other processors are left to those who are looked for.
    most: usize,
    looking: AtomicUsize,
}

/// What one connection knows of its client's pace. A client that calls at once is looked for; one that always comes just
/// too late is looked for less and less, so that looking in vain stays rare.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// How often it was looked for in vain since it was last found.
    misses: u32,
    /// How many calls, one after another, have come soon since the last of them.
    soon: u32,
}

impl Pace {
    const MOST_MISSES: u32 = 6;

    /// Whether the next call may come within the window.
    fn is_fast(&self) -> bool {
        self.soon >= (1 << self.misses) - 1
    }

    fn found(&mut self) {
        *self = Pace::default();
    }

    fn missed(&mut self) {
        *self = Pace { misses: Self::MOST_MISSES.min(self.misses + 1), soon: 0 };
    }

    /// A call has come without being looked for.
    fn came(&mut self, is_soon: bool) {
        self.soon = if is_soon { self.soon.saturating_add(1) } else { 0 };
    }
}

/// One of those who look, while it lasts.
struct Looking<'a>(&'a AtomicUsize);

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl BusyPoll {
    pub(super) fn new(window: Duration) -> BusyPoll {
        // whoever looks on the only processor keeps its client from it
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let window = if RECEIVES_AT_ONCE { window.min(LONGEST) } else { Duration::ZERO };
        BusyPoll { window, most: processors / 2, looking: AtomicUsize::new(0) }
    }

    /// Reads what comes next, awake for as long as it is likely to come soon.
    pub(super) fn read(
        &self,
        mut stream: &TcpStream,
        buffer: &mut [u8],
        pace: &mut Pace,
    ) -> io::Result<usize> {
        if self.window.is_zero() || self.most == 0 {
            return stream.read(buffer);
        }
        let begin = Instant::now();
        if pace.is_fast()
            && let Some(looking) = self.look()
        {
            while begin.elapsed() < self.window {
                if let Some(read) = receive_at_once(stream, buffer)? {
                    pace.found();
                    return Ok(read);
                }
                thread::yield_now();
            }
            pace.missed();
            drop(looking);
            return stream.read(buffer);
        }
        let read = stream.read(buffer)?;
        pace.came(begin.elapsed() < self.window + WAKE_UP);
        Ok(read)
    }

    fn look(&self) -> Option<Looking<'_>> {
        let looking = Looking(&self.looking);
        (self.looking.fetch_add(1, Ordering::Relaxed) < self.most).then_some(looking)
    }
}

/// What a wake-up may add to the time that a call took to come.
const WAKE_UP: Duration = Duration::from_micros(50);

#[cfg(unix)]
const RECEIVES_AT_ONCE: bool = true;
#[cfg(not(unix))]
const RECEIVES_AT_ONCE: bool = false;

/// What has come already; `None` where nothing has.
#[cfg(unix)]
fn receive_at_once(stream: &TcpStream, buffer: &mut [u8]) -> io::Result<Option<usize>> {
    use rustix::io::Errno;
    use rustix::net::{RecvFlags, recv};

    match recv(stream, buffer, RecvFlags::DONTWAIT) {
        Ok((read, _)) => Ok(Some(read)),
        Err(Errno::AGAIN | Errno::INTR) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn receive_at_once(_: &TcpStream, _: &mut [u8]) -> io::Result<Option<usize>> {
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::{Shutdown, TcpListener};

    use super::*;

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let client = TcpStream::connect(listener.local_addr().expect("its address")).expect("connects");
        (client, listener.accept().expect("a stream").0)
    }

    fn poll(window: Duration) -> BusyPoll {
        BusyPoll { window, most: 1, looking: AtomicUsize::new(0) }
    }

    /// How many of so many calls are looked for, each of which comes too late for it.
    fn looks(pace: &mut Pace, calls: usize, is_soon: bool) -> usize {
        let looked = |_: &usize| {
            let looks = pace.is_fast();
            if looks {
                pace.missed();
            } else {
                pace.came(is_soon);
            }
            looks
        };
        (0..calls).filter(looked).count()
    }

    #[test]
    fn a_client_that_always_comes_too_late_is_rarely_looked_for() {
        let mut pace = Pace::default();
        assert_eq!(looks(&mut pace, 1_000, false), 1, "a slow one, never again");
        pace.came(true);
        assert!(pace.is_fast(), "once it comes soon");
        pace.found();
        // just too late: each time after twice as many calls, and in the end once in 64
        assert_eq!(looks(&mut pace, 64, true), 6);
        assert_eq!(looks(&mut pace, 6_400, true), 100);
        pace.found();
        assert!(pace.is_fast(), "and always, once it is found");
    }

    #[test]
    fn what_is_not_found_in_the_window_is_waited_for() {
        let (mut client, server) = pair();
        let poll = poll(Duration::from_micros(1));
        let (mut pace, mut buffer) = (Pace::default(), [0; 8]);
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(20));
                client.write_all(b"late").expect("sent");
            });
            assert_eq!(poll.read(&server, &mut buffer, &mut pace).expect("comes"), 4);
        });
        assert!(!pace.is_fast());
        assert_eq!(poll.looking.into_inner(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_here_is_found() {
        let (mut client, server) = pair();
        let poll = poll(Duration::from_secs(3600));
        let (mut pace, mut buffer) = (Pace { misses: 1, soon: 1 }, [0; 8]);
        client.write_all(b"early").expect("sent");
        assert_eq!(poll.read(&server, &mut buffer, &mut pace).expect("is here"), 5);
        assert_eq!(pace.misses, 0);
        assert_eq!(poll.looking.into_inner(), 0);
    }

    #[test]
    fn what_is_not_there_yet_is_waited_for_by_whoever_finds_others_looking() {
        let (mut client, server) = pair();
        let poll = BusyPoll { looking: AtomicUsize::new(1), ..poll(Duration::from_secs(3600)) };
        server.set_read_timeout(Some(Duration::from_millis(20))).expect("a timeout");
        let (mut pace, mut buffer) = (Pace::default(), [0; 8]);
        // asleep, and so under the socket's timeout
        let error = poll.read(&server, &mut buffer, &mut pace).expect_err("nothing comes");
        assert!(matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut), "{error}");
        assert_eq!(poll.looking.load(Ordering::Relaxed), 1);
        client.write_all(b"ab").expect("sent");
        assert_eq!(poll.read(&server, &mut buffer, &mut pace).expect("comes"), 2);
    }

    #[cfg(unix)]
    #[test]
    fn an_end_is_seen_while_it_looks() {
        let (client, server) = pair();
        client.shutdown(Shutdown::Both).expect("ends");
        let poll = poll(Duration::from_secs(3600));
        assert_eq!(poll.read(&server, &mut [0; 8], &mut Pace::default()).expect("an end"), 0);
        assert_eq!(poll.looking.into_inner(), 0);
    }
}
