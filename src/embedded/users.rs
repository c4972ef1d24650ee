//! Who may use the server: names, and passwords by their hashes.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params, PasswordHasher, PasswordVerifier};
use parking_lot::{Condvar, Mutex};

use crate::error::{Error, Result};

/// How long a login waits for its turn.
const TURN: Duration = Duration::from_secs(10);

/// The users of an [`EmbeddedServer`](crate::EmbeddedServer): with users, a connection must log in before it
/// may do more than ask what the server is, as with Cassandra's `PasswordAuthenticator`. Whoever has logged
/// in may do everything.
///
/// Passwords are kept as Argon2id hashes. A login takes some 20 ms of one core and 19 MiB; no more of them
/// are worked on at once than the machine has cores, and nobody but the connection that logs in waits.
///
/// # The file
///
/// A line a user: the name, a colon, and the hash in PHC format, as [`Users::line`] and `cassa user` write it.
/// Empty lines and lines that begin with `#` are skipped. A name has no colon.
///
/// ```text
/// # the report job
/// reader:$argon2id$v=19$m=19456,t=2,p=1$…
/// ```
///
/// ```
/// use cassa::{Connection, ConnectionOptions, EmbeddedServer, Error, Users};
///
/// let users = Users::new().with("reader", "secret")?;
/// let server = EmbeddedServer::builder().users(users).start()?;
/// let address = server.addresses()[0].to_string();
///
/// let options = ConnectionOptions::default().timeout(std::time::Duration::from_secs(10));
/// let connection = Connection::open(&address, &options.clone().credentials("reader", "secret"))?;
/// let refused = Connection::open(&address, &options.credentials("reader", "guess"));
/// assert!(matches!(refused, Err(Error::Authentication { .. })));
/// # Ok::<(), cassa::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Users {
    by_name: BTreeMap<String, PasswordHash>,
    turns: Arc<Turns>,
}

impl Users {
    /// No users: nobody can log in.
    pub fn new() -> Users {
        Users::default()
    }

    /// Adds a user, or gives one another password. It takes as long as a login.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] where the name is empty, begins with `#`, or has a colon, a control character,
    /// or space at its ends.
    pub fn with(mut self, name: &str, password: &str) -> Result<Users> {
        check_name(name)?;
        self.by_name.insert(name.to_owned(), hash(password)?);
        Ok(self)
    }

    /// Reads users from a file.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use cassa::Users;
    ///
    /// let file = tempfile::NamedTempFile::new()?;
    /// std::fs::write(file.path(), Users::line("reader", "secret")? + "\n")?;
    /// assert_eq!(Users::read(file.path())?.names().collect::<Vec<_>>(), ["reader"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidOption`], which names file and line, where it cannot be read, a line is none of a user,
    /// a name comes twice, or there is no user.
    pub fn read(path: impl AsRef<Path>) -> Result<Users> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path)
            .map_err(|error| invalid(format!("{}: cannot be read: {error}", path.display())))?;
        let mut users = Users::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let refused = |why: String| invalid(format!("{}:{}: {why}", path.display(), index + 1));
            let (name, hash) = parse(line).map_err(refused)?;
            if users.by_name.insert(name.to_owned(), hash).is_some() {
                return Err(refused(format!("the user {name:?} comes twice")));
            }
        }
        if users.by_name.is_empty() {
            return Err(invalid(format!("{}: holds no user", path.display())));
        }
        Ok(users)
    }

    /// A line of the file: the name and the hash of the password, without the end of the line.
    ///
    /// # Errors
    /// As [`Users::with`].
    pub fn line(name: &str, password: &str) -> Result<String> {
        check_name(name)?;
        Ok(format!("{name}:{}", hash(password)?))
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// Whether there is such a user with this password; `None` where too many others ask at the same time. It
    /// takes as long where there is no such user.
    pub(super) fn verify(&self, name: &str, password: &str) -> Option<bool> {
        let _turn = self.turns.take()?;
        // without that user, another one's hash costs the same, and no password helps
        let known = self.by_name.get(name);
        let hash = known.or_else(|| self.by_name.values().next());
        let matches =
            hash.is_some_and(|hash| Argon2::default().verify_password(password.as_bytes(), hash).is_ok());
        Some(matches && known.is_some())
    }
}

impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

fn invalid(why: String) -> Error {
    Error::InvalidOption { option: "users", why: why.into() }
}

fn check_name(name: &str) -> Result<()> {
    let is_refused = name.is_empty()
        || name.starts_with('#')
        || name.trim() != name
        || name.contains(|c: char| c == ':' || c.is_control());
    if is_refused {
        return Err(invalid(format!("{name:?} is no name of a user")));
    }
    Ok(())
}

fn hash(password: &str) -> Result<PasswordHash> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| invalid(format!("a password cannot be hashed: {error}")))
}

/// A line of the file. What is wrong is said without the hash.
fn parse(line: &str) -> std::result::Result<(&str, PasswordHash), String> {
    let (name, hash) = line.split_once(':').ok_or("expected NAME:HASH")?;
    check_name(name).map_err(|_| format!("{name:?} is no name of a user"))?;
    let hash = PasswordHash::new(hash).map_err(|error| format!("the hash of {name:?}: {error}"))?;
    let is_complete = hash.salt.is_some() && hash.hash.is_some();
    if !is_complete || !hash.algorithm.as_str().starts_with("argon2") || Params::try_from(&hash).is_err() {
        return Err(format!("the hash of {name:?} is none of Argon2"));
    }
    Ok((name, hash))
}

/// Logins that are worked on at the moment: each takes memory and a core.
struct Turns {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Default for Turns {
    fn default() -> Turns {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        Turns { free: Mutex::new(cores), freed: Condvar::new() }
    }
}

struct Turn<'t>(&'t Turns);

impl Turns {
    fn take(&self) -> Option<Turn<'_>> {
        let until = Instant::now() + TURN;
        let mut free = self.free.lock();
        while *free == 0 {
            if self.freed.wait_until(&mut free, until).timed_out() {
                return None;
            }
        }
        *free -= 1;
        Some(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.free.lock() += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_verified_and_unknown_names_are_not() {
        let users = Users::new().with("a", "one").expect("a user").with("b", "two").expect("a user");
        assert_eq!(users.verify("a", "one"), Some(true));
        assert_eq!(users.verify("a", "two"), Some(false));
        assert_eq!(users.verify("c", "one"), Some(false));
        assert_eq!(Users::new().verify("a", ""), Some(false));
        assert_eq!(format!("{users:?}"), "{\"a\", \"b\"}");
    }

    #[test]
    fn what_is_wrong_with_a_file_is_named_with_its_line() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let good = Users::line("good", "secret").expect("a line");
        assert!(good.starts_with("good:$argon2id$v=19$") && !good.contains("secret"));
        let read = |text: &str| {
            std::fs::write(file.path(), text).expect("written");
            Users::read(file.path()).map_err(|error| error.to_string())
        };
        let users = read(&format!("# who\n\n  {good}  \r\n")).expect("a user");
        assert_eq!(users.verify("good", "secret"), Some(true));
        let path = file.path().display();
        for (text, place, why) in [
            (String::new(), format!("{path}"), "holds no user"),
            (format!("{good}\nname"), format!("{path}:2"), "expected NAME:HASH"),
            (format!("{good}\n{good}"), format!("{path}:2"), "comes twice"),
            ("name:secret".to_owned(), format!("{path}:1"), "the hash of \"name\""),
            ("name:$2b$12$x".to_owned(), format!("{path}:1"), "the hash of \"name\""),
            ("name:$argon2id$v=19$m=19456,t=2,p=1".to_owned(), format!("{path}:1"), "none of Argon2"),
            (":$argon2id$".to_owned(), format!("{path}:1"), "is no name"),
        ] {
            let error = read(&text).expect_err("refused");
            assert!(error.contains(&place) && error.contains(why), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
        let error = Users::read("/nowhere/at/all").expect_err("no file").to_string();
        assert!(error.contains("/nowhere/at/all"), "{error}");
    }

    #[test]
    fn names_that_a_file_cannot_hold_are_refused() {
        for name in ["", "a:b", "#a", " a", "a\n"] {
            Users::new().with(name, "p").expect_err(name);
            Users::line(name, "p").expect_err(name);
        }
    }
}
