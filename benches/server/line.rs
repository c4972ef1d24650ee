//! One side beside the other: calls over connections, in turns.

use std::env;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cassa::wire::methods::SetKeyspace;

use crate::frames::{Request, read_frame};
use crate::process::Process;
use crate::{Any, KEYSPACE};

const ROUNDS: usize = 15;

pub(crate) struct Line {
    stream: TcpStream,
    reply: Vec<u8>,
}

impl Line {
    fn open(address: SocketAddr) -> Any<Line> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Line { stream, reply: Vec::new() })
    }

    pub(crate) fn to_server(address: SocketAddr) -> Any<Line> {
        let mut line = Line::open(address)?;
        let mut frame = Vec::new();
        cassa::wire::encode_call(&SetKeyspace { keyspace: KEYSPACE.to_owned() }, 1, &mut frame);
        line.exchange(&frame)?;
        Ok(line)
    }

    fn to_echo(address: SocketAddr, reply: &[u8]) -> Any<Line> {
        let mut line = Line::open(address)?;
        line.stream.write_all(reply)?;
        Ok(line)
    }

    pub(crate) fn exchange(&mut self, frame: &[u8]) -> Any<()> {
        self.stream.write_all(frame)?;
        read_frame(&mut self.stream, &mut self.reply)?;
        Ok(())
    }
}

/// Calls a second over all the lines, for the time of a round.
fn rate(lines: &mut [Line], request: &Request, next: &AtomicU64) -> Any<f64> {
    let seconds = env::var("CASSA_BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(0.15);
    let (stop, calls) = (AtomicBool::new(false), AtomicU64::new(0));
    let start = Instant::now();
    thread::scope(|scope| {
        for line in lines {
            let (stop, calls, mut request) = (&stop, &calls, request.clone());
            scope.spawn(move || {
                let mut made = 0;
                while !stop.load(Ordering::Relaxed) {
                    request.number(next.fetch_add(1, Ordering::Relaxed));
                    line.exchange(&request.frame).expect("the other side answers");
                    made += 1;
                }
                calls.fetch_add(made, Ordering::Relaxed);
            });
        }
        thread::sleep(Duration::from_secs_f64(seconds));
        stop.store(true, Ordering::Relaxed);
    });
    Ok(calls.into_inner() as f64 / start.elapsed().as_secs_f64())
}

/// What is measured, and what it is measured beside.
pub(crate) struct Sides {
    pub(crate) server: Process,
    pub(crate) echo: Process,
    next: AtomicU64,
}

/// Medians of the rounds; the ratio is that of the rounds' ratios.
pub(crate) struct Figures {
    pub(crate) ratio: f64,
    /// Calls a second.
    pub(crate) server: f64,
    pub(crate) echo: f64,
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

impl Sides {
    pub(crate) fn new(server: Process, echo: Process) -> Sides {
        Sides { server, echo, next: AtomicU64::new(1) }
    }

    pub(crate) fn compare(&self, request: &Request, connections: usize) -> Any<Figures> {
        let mut one = Line::to_server(self.server.address)?;
        let mut request = request.clone();
        request.number(1);
        one.exchange(&request.frame)?;
        let reply = one.reply.clone();
        let lines = |open: &dyn Fn() -> Any<Line>| (0..connections).map(|_| open()).collect::<Any<Vec<_>>>();
        let mut to_server = lines(&|| Line::to_server(self.server.address))?;
        let mut to_echo = lines(&|| Line::to_echo(self.echo.address, &reply))?;
        let (mut ratios, mut server, mut echo) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            // who comes first changes, so that what grows or fades meanwhile is no one's gain
            let mut sides = [(&mut to_server, &mut server), (&mut to_echo, &mut echo)];
            if round % 2 == 1 {
                sides.reverse();
            }
            for (lines, rates) in sides {
                rates.push(rate(lines, &request, &self.next)?);
            }
            ratios.push(server[round] / echo[round]);
        }
        Ok(Figures { ratio: median(ratios), server: median(server), echo: median(echo) })
    }
}
