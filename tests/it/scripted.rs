//! A server that answers as a test says, call by call.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use cassa::wire::frame::FrameReader;
use cassa::wire::{
    DEFAULT_MAX_FRAME, Exception, MessageHeader, MessageKind, Method, decode, encode_reply, split_message,
};

/// What to do with a call.
pub(crate) enum Answer {
    Frame(Vec<u8>),
    Silence,
    Close,
    FrameAndClose(Vec<u8>),
    /// A byte at a time, with so long between two.
    Drip(Vec<u8>, Duration),
}

/// A call as it came: its method, and its arguments as bytes.
type Seen = (String, Vec<u8>);

/// Answers in a thread a connection; the threads end with their connections.
pub(crate) struct ScriptedServer {
    address: SocketAddr,
    calls: Arc<Mutex<Vec<Seen>>>,
    closed: Arc<AtomicUsize>,
}

impl ScriptedServer {
    /// `answer` gets the header of each call, and how many calls of the same method came before.
    pub(crate) fn start(
        answer: impl Fn(&MessageHeader<'_>, usize) -> Answer + Send + Sync + 'static,
    ) -> ScriptedServer {
        Self::start_with_frames(move |header, _, before| answer(header, before))
    }

    /// As [`start`](Self::start); `answer` gets the whole call, too.
    pub(crate) fn start_with_frames(
        answer: impl Fn(&MessageHeader<'_>, &[u8], usize) -> Answer + Send + Sync + 'static,
    ) -> ScriptedServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let calls = Arc::new(Mutex::new(Vec::new()));
        let closed = Arc::new(AtomicUsize::new(0));
        let (seen, ended, answer) = (calls.clone(), closed.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.expect("a connection");
                let (seen, ended, answer) = (seen.clone(), ended.clone(), answer.clone());
                thread::spawn(move || {
                    serve(stream, &seen, &*answer);
                    ended.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        ScriptedServer { address, calls, closed }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many calls of this method came.
    pub(crate) fn count(&self, method: &str) -> usize {
        count(&self.calls.lock().expect("unpoisoned"), method)
    }

    /// The last call of this method that came.
    pub(crate) fn last<M: Method>(&self) -> M {
        let calls = self.calls.lock().expect("unpoisoned");
        let (_, body) = calls.iter().rev().find(|(call, _)| call == M::METHOD).expect("one has come");
        decode(body).expect("its arguments")
    }

    /// Waits until the server has closed so many connections.
    pub(crate) fn wait_until_closed(&self, connections: usize) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.closed.load(Ordering::SeqCst) < connections {
            assert!(Instant::now() < deadline, "the connections are still open");
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn serve(
    stream: TcpStream,
    seen: &Mutex<Vec<Seen>>,
    answer: &(dyn Fn(&MessageHeader<'_>, &[u8], usize) -> Answer + Send + Sync),
) {
    let mut reader = FrameReader::new(stream.try_clone().expect("a socket"));
    let mut stream = stream;
    while let Ok(Some(frame)) = reader.read(DEFAULT_MAX_FRAME) {
        let (header, body) = split_message(&frame).expect("a message");
        assert_eq!(header.kind, MessageKind::Call);
        let before = {
            let mut seen = seen.lock().expect("unpoisoned");
            seen.push((header.method.to_owned(), body.to_vec()));
            count(&seen, header.method) - 1
        };
        match answer(&header, &frame, before) {
            Answer::Frame(frame) => stream.write_all(&frame).expect("sent"),
            Answer::Silence => {}
            Answer::Close => return,
            Answer::Drip(frame, pause) => {
                for byte in frame {
                    if stream.write_all(&[byte]).is_err() {
                        return; // the client has lost patience
                    }
                    thread::sleep(pause);
                }
            }
            Answer::FrameAndClose(frame) => return stream.write_all(&frame).expect("sent"),
        }
    }
}

fn count(calls: &[Seen], method: &str) -> usize {
    calls.iter().filter(|(call, _)| call == method).count()
}

/// The frame that answers a call of `M`.
pub(crate) fn frame<M: Method>(header: &MessageHeader<'_>, result: Result<M::Output, Exception>) -> Vec<u8> {
    let mut out = Vec::new();
    encode_reply::<M>(&result, header.sequence, &mut out);
    out
}

/// An address that refuses connections, unlike any other that this gives. Nobody listens on port 1, and no
/// other test can be given it.
pub(crate) fn refusing() -> SocketAddr {
    static HOSTS: AtomicUsize = AtomicUsize::new(0);
    let host = HOSTS.fetch_add(1, Ordering::Relaxed) as u16;
    let [high, low] = host.to_be_bytes();
    SocketAddr::from(([127, 1, high, low], 1))
}
