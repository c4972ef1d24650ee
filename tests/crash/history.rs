//! What several writers have written one call after the other, so that there is one order of it all.

use std::path::Path;

use cassa::{Connection, Error};

use crate::directory::{Content, Files};
use crate::serving::Serving;
use crate::writers::{self, KEYSPACE, Writer};

/// The writers, and the states of them all after each call.
pub(crate) struct History {
    writers: Vec<Box<dyn Writer>>,
    states: Vec<Vec<u64>>,
}

impl History {
    /// Makes the keyspace; then each writer in turn makes a call, so many times.
    pub(crate) fn write(server: &Serving, rounds: usize) -> History {
        writers::create(&mut server.plain_connection());
        let mut writers = writers::all();
        let mut now: Vec<u64> = writers.iter_mut().map(|writer| writer.acknowledged()).collect();
        let mut states = vec![now.clone()];
        let mut connection = server.connection();
        for _ in 0..rounds {
            for (writer, now_of_writer) in (0..).zip(&mut writers) {
                now_of_writer.write(&mut connection).expect("written");
                now[writer] = now_of_writer.acknowledged();
                states.push(now.clone());
            }
        }
        History { writers, states }
    }

    /// How many calls there were.
    pub(crate) fn calls(&self) -> usize {
        self.states.len() - 1
    }

    /// The calls that a server has: those up to here and none of the others. `None` where the keyspace is not there.
    ///
    /// # Panics
    ///
    /// If it has others.
    pub(crate) fn found(&self, server: &Serving) -> Result<Option<usize>, Error> {
        let mut connection = server.plain_connection();
        match connection.set_keyspace(KEYSPACE) {
            Ok(()) => {}
            Err(Error::NoSuchKeyspace { .. }) => return Ok(None),
            Err(other) => return Err(other),
        }
        self.position(&mut connection).map(Some)
    }

    /// Holds a directory that was refused to what it was: the engine may have tidied up its tables, and nothing else
    /// has changed; with the damaged file as it was, all is there.
    pub(crate) fn check_refused(&self, directory: &Path, harmed: &Files, damaged: &Path, whole: &Content) {
        let mut left = Files::read(directory);
        let tables = Path::new("store/keyspaces");
        let changed: Vec<&Path> = harmed
            .different(&left)
            .into_iter()
            .filter(|path| *path == damaged || !path.starts_with(tables))
            .collect();
        assert!(changed.is_empty(), "a refusal changes {changed:?}");
        left.0.insert(damaged.to_owned(), whole.clone());
        let repaired = tempfile::tempdir().expect("a directory");
        left.write(repaired.path());
        let server = Serving::start(repaired.path(), "process");
        assert_eq!(
            self.found(&server).expect("read"),
            Some(self.calls()),
            "{} is as it was",
            damaged.display()
        );
    }

    fn position(&self, connection: &mut Connection) -> Result<usize, Error> {
        let found: Result<Vec<u64>, Error> =
            self.writers.iter().map(|writer| writer.found(connection)).collect();
        let found = found?;
        if let Some(position) = self.states.iter().rposition(|state| *state == found) {
            return Ok(position);
        }
        let each = (0..found.len()).map(|writer| {
            let is_state = |state: &Vec<u64>| state[writer] == found[writer];
            (self.states.iter().position(is_state), self.states.iter().rposition(is_state))
        });
        panic!(
            "no prefix of {} calls: the writers are where they were after these calls: {:?}",
            self.calls(),
            each.collect::<Vec<_>>()
        );
    }
}
