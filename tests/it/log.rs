//! What the library logs, for tests that look for a line.

use std::io::{self, Write};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().expect("unpoisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins to keep the warnings of the server: of all tests, as its threads are not those of one.
pub(crate) fn start() {
    static STARTED: OnceLock<()> = OnceLock::new();
    STARTED.get_or_init(|| {
        let filter = Targets::new().with_target("cassa::embedded", LevelFilter::WARN);
        let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| Lines);
        tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    });
}

/// Waits for a line that has all these parts.
pub(crate) fn wait_for(parts: &[&str]) {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let lines = String::from_utf8_lossy(&LINES.lock().expect("unpoisoned")).into_owned();
        if lines.lines().any(|line| parts.iter().all(|part| line.contains(part))) {
            return;
        }
        assert!(Instant::now() < deadline, "no line with {parts:?} in\n{lines}");
        thread::sleep(Duration::from_millis(5));
    }
}
