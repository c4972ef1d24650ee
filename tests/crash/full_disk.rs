//! A disk without room.

use std::process::Command;

use cassa::Error;

use crate::calls::{count_large, large};
use crate::serving::{Serving, arguments};
use crate::writers;

/// As on a full disk: no file can grow beyond a limit.
#[test]
#[cfg(unix)]
fn a_disk_without_room_fails_writes_and_serves_reads() {
    let data = tempfile::tempdir().expect("a directory");
    let mut server = Serving::start(data.path(), "process");
    writers::create(&mut server.plain_connection());
    server.kill();
    let mut command = Command::new("sh");
    // the signal that comes with the limit would end the process
    let limited = "trap '' XFSZ; ulimit -f 2048; exec \"$@\"";
    command.args(["-c", limited, "sh", env!("CARGO_BIN_EXE_cassa")]);
    command.args(arguments(data.path(), "process"));
    server =
        Serving::run(&mut command).unwrap_or_else(|(status, log)| panic!("it ends with {status}: {log}"));
    let mut connection = server.connection();
    let value = vec![b'x'; 100_000];
    let mut written = 0;
    let refused = loop {
        match large(&mut connection, written, &value) {
            Ok(()) => written += 1,
            Err(refused) => break refused,
        }
        assert!(written < 5_000, "the limit does not hold");
    };
    assert!(
        !matches!(refused, Error::Io { .. } | Error::Protocol { .. }),
        "an answer, not a lost connection: {refused}"
    );
    eprintln!("{written} rows, then: {refused}");
    let later = large(&mut connection, written + 1, &value).expect_err("writes have ended");
    assert!(later.to_string().contains("the store takes no more writes since one of them failed"), "{later}");
    assert!(later.to_string().contains("when the server is started again"), "says what helps: {later}");
    assert!(server.is_running());
    // it serves what it has, to this client and to others
    assert_eq!(count_large(&mut server.connection()), written, "while the disk is full");
    server.kill();
    let server = Serving::start(data.path(), "process");
    let mut connection = server.connection();
    let found = count_large(&mut connection);
    assert!(found == written || found == written + 1, "{found} of {written} rows");
    large(&mut connection, found, &value).expect("there is room again");
}
