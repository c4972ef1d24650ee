//! What is measured of a thread, of a process, and of many rounds.

use std::fs;

/// Nanoseconds that this thread was on a processor; Linux only. The system counts them when the thread leaves it: who
/// measures little sleeps for a moment before.
pub(crate) fn processor_time() -> u64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    stat.split(' ').next().and_then(|time| time.parse().ok()).expect("a number first")
}

/// The most memory that this process had, as the system tells it, with its unit; `None` where it does not.
pub(crate) fn peak_memory() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(|peak| peak.trim().to_owned())
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
