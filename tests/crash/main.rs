//! The embedded server is killed at random moments under all kinds of writers, and served again: what it acknowledged
//! is there, no batch is half there, counters are exact, and indexes agree with the rows. Its files are cut and
//! overwritten: it serves what was written up to some moment, or refuses and names the file.
//!
//! `CASSA_CRASH_KILLS` says how often each of the tests kills a server (24); `CASSA_CRASH_SEED` repeats a run's moments.
//!
//! `kill`, `cut`, `damage` and `full_disk` hold the tests; `serving` a server as a process, `directory` its files;
//! `writers` write by `calls`, and know by `state` what must be there; `history` is the order of what they wrote.

mod moments;
mod state;
mod calls;
mod writers;
mod serving;
mod directory;
mod history;
mod kill;
mod cut;
mod damage;
#[cfg(unix)]
mod full_disk;

/// How often a test kills a server, or cuts a file.
fn kills() -> u64 {
    let kills = std::env::var("CASSA_CRASH_KILLS").ok();
    kills.map_or(24, |kills| kills.parse().expect("CASSA_CRASH_KILLS is a number"))
}
