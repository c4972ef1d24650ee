//! The program `cassa`.

mod log;
mod serve;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A Cassandra-compatible Thrift server, and tools for column families.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Logs more to stderr; twice: everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Serve),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log::start(arguments.verbose);
    let result = match arguments.command {
        Command::Serve(serve) => serve.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            // where stderr is gone, the exit code is what is left
            let _ = writeln!(io::stderr(), "error: {}", chain(&*e));
            ExitCode::FAILURE
        }
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
