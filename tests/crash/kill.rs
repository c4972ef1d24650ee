//! Killed at random moments, and served again.

use std::thread;
use std::time::Duration;

use crate::kills;
use crate::moments::Moments;
use crate::serving::Serving;
use crate::writers::{self, Writer};

/// So many kills on one directory; then it begins anew, so that a long run does not only read.
const KILLS_A_DIRECTORY: u64 = 25;

/// Lets the writers run until the server is killed.
fn run_and_kill(server: Serving, writers: &mut [Box<dyn Writer>], after: Duration) {
    thread::scope(|scope| {
        for writer in writers {
            let mut connection = server.connection();
            scope.spawn(move || while writer.write(&mut connection).is_ok() {});
        }
        thread::sleep(after);
        server.kill();
    });
}

fn kill_again_and_again(durability: &str) {
    let mut moments = Moments::new();
    // every other one in the midst of flushes and compactions, or after them
    let start = |data: &_, moments: &mut Moments| match moments.below(2) {
        0 => Serving::start(data, durability),
        _ => Serving::start_compacting(data, durability),
    };
    let mut left = kills();
    while left > 0 {
        let data = tempfile::tempdir().expect("a directory");
        let mut server = start(data.path(), &mut moments);
        writers::create(&mut server.plain_connection());
        let mut writers = writers::all();
        for _ in 0..left.min(KILLS_A_DIRECTORY) {
            run_and_kill(server, &mut writers, Duration::from_millis(5 + moments.below(250)));
            server = start(data.path(), &mut moments);
            let mut connection = server.connection();
            for writer in &mut writers {
                writer.check(&mut connection);
            }
            left -= 1;
        }
    }
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    kill_again_and_again("process");
}

#[test]
fn what_was_acknowledged_survives_kill_9_when_synced() {
    kill_again_and_again("synced");
}
