//! Each kind of file of a data directory: cut, overwritten, emptied, removed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::directory::{Content, Files};
use crate::history::History;
use crate::moments::Moments;
use crate::serving::Serving;

/// The kind of a file: its path without its numbers. The engine's own partition is one of a kind.
fn kind(path: &Path) -> String {
    let path = path.display().to_string().replace("keyspaces/0/", "keyspaces/names/");
    let mut kind = String::new();
    for character in path.chars() {
        match character.is_ascii_digit() {
            false => kind.push(character),
            true if kind.ends_with('#') => {}
            true => kind.push('#'),
        }
    }
    kind
}

#[derive(Clone, Copy, Debug)]
enum Harm {
    Removed,
    Emptied,
    Cut,
    Overwritten,
}

const HARMS: [Harm; 4] = [Harm::Removed, Harm::Emptied, Harm::Cut, Harm::Overwritten];

impl Harm {
    fn to(self, whole: &Content, moments: &mut Moments) -> Option<Content> {
        let Content { length, mut bytes } = whole.clone();
        let written = bytes.len() as u64;
        match self {
            Harm::Removed => None,
            Harm::Emptied => Some(Content::new(Vec::new(), 0)),
            Harm::Cut => Some(Content::new(bytes, moments.below(written.max(1)))),
            Harm::Overwritten => {
                let place = moments.below(written.max(1)) as usize;
                bytes.resize(bytes.len().max(1), 0);
                for byte in bytes.iter_mut().skip(place).take(16) {
                    *byte = !*byte;
                }
                Some(Content::new(bytes, length.max(1)))
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// All is there.
    Whole,
    /// What was written up to some moment.
    Prefix,
    /// Served, and what is damaged is an error where it is read.
    Error,
    /// Not served, and the file is named.
    Refused,
}

/// Serves a directory in which one file is damaged.
fn serve(files: &Files, damaged: &Path, harmed: Option<Content>, history: &History, what: &str) -> Outcome {
    let mut harmed_files = files.clone();
    match harmed {
        Some(content) => harmed_files.0.insert(damaged.to_owned(), content),
        None => harmed_files.0.remove(damaged),
    };
    let data = tempfile::tempdir().expect("a directory");
    harmed_files.write(data.path());
    match Serving::try_start(data.path(), "process") {
        Ok(server) => match history.found(&server) {
            Ok(found) if found == Some(history.calls()) => Outcome::Whole,
            Ok(Some(_)) => Outcome::Prefix,
            Ok(None) => panic!("{what}: all is gone"),
            Err(error) => {
                // a table is read when it is asked for
                assert!(kind(damaged).ends_with("keyspaces/#/tables/#"), "{what}: {error}");
                let text = error.to_string();
                assert!(text.contains("damage") && text.contains("Crash"), "{what} says where: {text}");
                Outcome::Error
            }
        },
        Err((status, log)) => {
            assert_eq!(status.code(), Some(4), "{what}: {log}");
            let is_named = log.contains(damaged.to_str().expect("text"));
            // only its number is not known where it is gone
            assert!(
                is_named || log.contains("the journal (a number, and .jnl) is missing"),
                "{what} is named: {log}"
            );
            history.check_refused(data.path(), &harmed_files, damaged, &files.0[damaged]);
            Outcome::Refused
        }
    }
}

/// A directory in which there is a file of each kind.
fn directory() -> (Files, History) {
    let data = tempfile::tempdir().expect("a directory");
    let server = Serving::start_compacting(data.path(), "process");
    let history = History::write(&server, 40);
    server.kill();
    // so that nothing is left over that a start removes
    drop(Serving::start(data.path(), "process"));
    (Files::read(data.path()), history)
}

#[test]
fn each_file_that_is_damaged_is_refused_or_nothing_is_lost_in_silence() {
    let mut moments = Moments::new();
    let (files, history) = directory();
    let mut kinds: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in files.0.keys() {
        kinds.entry(kind(path)).or_default().push(path.clone());
    }
    for (kind, paths) in kinds {
        let mut outcomes = Vec::new();
        for harm in HARMS {
            let path = &paths[moments.below(paths.len() as u64) as usize];
            let harmed = harm.to(&files.0[path], &mut moments);
            let what = format!("{} {harm:?}", path.display());
            outcomes.push((harm, serve(&files, path, harmed, &history, &what)));
        }
        eprintln!("{kind} ({}): {outcomes:?}", paths.len());
    }
}
