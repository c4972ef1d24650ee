//! `cassa user`: a line for the file of `cassa serve --users`.

use std::error::Error;
use std::io::{self, BufRead, IsTerminal, Write};

use cassa::Users;
use clap::Args;

/// Prints a line for the file of `cassa serve --users`: the name, and the password's hash
///
/// The password is asked for; where stdin is no terminal, it is the first line of stdin. For example:
/// cassa user reader >> users
#[derive(Args)]
pub(crate) struct User {
    /// The user's name
    name: String,
}

impl User {
    pub(crate) fn run(self) -> Result<(), Box<dyn Error>> {
        let password = if io::stdin().is_terminal() {
            let password = rpassword::prompt_password(format!("Password of {}: ", self.name))?;
            if rpassword::prompt_password("The same again: ")? != password {
                return Err("the passwords differ".into());
            }
            password
        } else {
            let mut line = String::new();
            io::stdin().lock().read_line(&mut line)?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        };
        if password.is_empty() {
            return Err("a password is needed".into());
        }
        writeln!(io::stdout(), "{}", Users::line(&self.name, &password)?)?;
        Ok(())
    }
}
