//! The file that was written last, cut at random lengths.

use std::path::Path;

use crate::calls::{count_large, large};
use crate::directory::{Content, Files, last_written};
use crate::history::History;
use crate::kills;
use crate::moments::Moments;
use crate::serving::Serving;

const ROUNDS: usize = 60;

/// The directory of a server that was killed.
fn killed(compacting: bool) -> (tempfile::TempDir, History) {
    let data = tempfile::tempdir().expect("a directory");
    let start = if compacting { Serving::start_compacting } else { Serving::start };
    let server = start(data.path(), "process");
    let history = History::write(&server, ROUNDS);
    server.kill();
    (data, history)
}

/// Cuts a file in a copy of a directory; gives the calls that the server has of it, or `None` where it is refused.
fn serve_cut(files: &Files, file: &Path, length: u64, history: &History) -> Option<usize> {
    let mut cut = files.clone();
    let whole = &files.0[file];
    cut.0.insert(file.to_owned(), Content::new(whole.bytes.clone(), length));
    let data = tempfile::tempdir().expect("a directory");
    cut.write(data.path());
    match Serving::try_start(data.path(), "process") {
        Ok(server) => {
            let found = history.found(&server).expect("read").unwrap_or_default();
            // it goes on from there
            if found > 0 {
                large(&mut server.connection(), 0, b"later").expect("written");
                server.kill();
                let server = Serving::start(data.path(), "process");
                assert_eq!(history.found(&server).expect("read"), Some(found));
                assert_eq!(count_large(&mut server.connection()), 1);
            }
            Some(found)
        }
        Err((status, log)) => {
            assert_eq!(status.code(), Some(4), "{log}");
            let name = file.to_str().expect("text");
            assert!(log.contains(name), "names {name}: {log}");
            history.check_refused(data.path(), &cut, file, whole);
            None
        }
    }
}

fn cut_again_and_again(compacting: bool) {
    let mut moments = Moments::new();
    let (data, history) = killed(compacting);
    let files = Files::read(data.path());
    let last = last_written(&data.path().join("store"));
    let last = Path::new("store").join(last);
    let written = files.0[&last].bytes.len() as u64;
    let mut outcomes = Vec::new();
    for cut in 0..kills().div_ceil(2) {
        let length = match cut % 4 {
            0 => moments.below(written),
            1 => moments.below(written.min(4096)),
            _ => written - moments.below(written.min(4096)) - 1,
        };
        outcomes.push((length, serve_cut(&files, &last, length, &history)));
    }
    outcomes.sort();
    eprintln!("{} of {written} bytes, {} calls: {outcomes:?}", last.display(), history.calls());
}

#[test]
fn a_file_that_was_cut_loses_a_tail_or_is_refused() {
    cut_again_and_again(false);
}

#[test]
fn a_file_that_was_cut_loses_a_tail_or_is_refused_where_tables_are_newer() {
    cut_again_and_again(true);
}
