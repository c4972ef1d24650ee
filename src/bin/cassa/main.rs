//! The program `cassa`.

mod log;
mod metrics;
mod serve;
mod user;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A Cassandra-compatible Thrift server, and tools for column families.
#[derive(Parser)]
#[command(version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Logs more to stderr; twice: everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

#[derive(Subcommand)]
enum Command {
    #[command(after_help = EXIT_CODES)]
    Serve(Box<serve::Serve>),
    User(user::User),
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done; for serve: stopped by SIGINT or SIGTERM
  1  failed otherwise
  2  the command line is wrong, or a file of users or certificates that it names
  3  an address cannot be served
  4  the data directory cannot be served: in use, damaged, of another partitioner, not to be written";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log::start(arguments.verbose);
    let result = match arguments.command {
        Command::Serve(serve) => serve.run(),
        Command::User(user) => user.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            // where stderr is gone, the exit code is what is left
            let _ = writeln!(io::stderr(), "error: {}", chain(&*e));
            exit_code(&*e)
        }
    }
}

fn exit_code(e: &(dyn Error + 'static)) -> ExitCode {
    match e.downcast_ref() {
        Some(cassa::Error::InvalidOption { .. }) => ExitCode::from(2),
        Some(cassa::Error::Listen { .. }) => ExitCode::from(3),
        Some(cassa::Error::Storage { .. }) => ExitCode::from(4),
        _ => ExitCode::FAILURE,
    }
}

/// An error with all its sources in one line.
fn chain(e: &dyn Error) -> String {
    let mut line = e.to_string();
    let mut source = e.source();
    while let Some(e) = source {
        line = format!("{line}: {e}");
        source = e.source();
    }
    line
}
