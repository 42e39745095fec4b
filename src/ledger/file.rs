//! The file of a ledger: opened, told from what is none of ours, set aside.
//!
//! Asks nothing of what it holds.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

/// The name; the number goes up when the tables change, so that versions never share a file.
pub(super) const NAME: &str = "ledger-1.sqlite";

/// What SQLite writes at the head of the file for us.
const APPLICATION: i32 = 0x5374_5275;

/// How long one process waits for another.
const PATIENCE: Duration = Duration::from_secs(5);

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS fact (
        kind INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, used INTEGER NOT NULL,
        PRIMARY KEY (kind, key)
    );
    CREATE TABLE IF NOT EXISTS state (
        id TEXT PRIMARY KEY, doc TEXT NOT NULL, told TEXT NOT NULL, since INTEGER NOT NULL,
        runs INTEGER NOT NULL, flaked INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS ending (
        id TEXT NOT NULL, at INTEGER NOT NULL, told TEXT NOT NULL, millis INTEGER NOT NULL,
        flaky INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS ending_of ON ending (id);
    CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
";

/// Opens the file at `path`, made where there is none; with a sentence when the one that was there
/// had to be set aside.
///
/// # Errors
/// Why it cannot be used.
pub(super) fn open(path: &Path) -> Result<(Connection, Option<String>), String> {
    let folder = path.parent().ok_or("it has no folder")?;
    fs::create_dir_all(folder).map_err(|error| crate::error::plain(&error))?;
    // One at a time looks whether the file is good, so that none sets aside what another made.
    let lock = File::open(folder).map_err(|error| crate::error::plain(&error))?;
    lock.lock().map_err(|error| crate::error::plain(&error))?;
    match ours(path) {
        Ok(db) => Ok((db, None)),
        Err(Refused::Damaged(cause)) => {
            let trouble = set_aside(path, &cause);
            match ours(path) {
                Ok(db) => Ok((db, Some(trouble))),
                Err(Refused::Damaged(cause) | Refused::Busy(cause)) => Err(cause),
            }
        }
        Err(Refused::Busy(cause)) => Err(cause),
    }
}

enum Refused {
    /// It is not ours, or not whole.
    Damaged(String),
    /// The system, or another process, is in the way.
    Busy(String),
}

fn ours(path: &Path) -> Result<Connection, Refused> {
    let wrap = |error: rusqlite::Error| {
        let damage = is_damage(&error);
        let cause = error.to_string();
        if damage { Refused::Damaged(cause) } else { Refused::Busy(cause) }
    };
    let mut db = Connection::open(path).map_err(wrap)?;
    db.busy_timeout(PATIENCE).map_err(wrap)?;
    let application: i32 =
        db.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(wrap)?;
    let tables: i64 =
        db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(wrap)?;
    if application != APPLICATION && tables > 0 {
        return Err(Refused::Damaged("it is a database of another program".to_owned()));
    }
    // With a log beside it one process writes while others read, and one that is killed leaves it
    // whole. What the machine itself loses when its power fails can be made again.
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;").map_err(wrap)?;
    if tables == 0 || application != APPLICATION {
        let change = db.transaction().map_err(wrap)?;
        change
            .execute_batch(&format!("PRAGMA application_id = {APPLICATION}; {TABLES}"))
            .map_err(wrap)?;
        change.commit().map_err(wrap)?;
    }
    Ok(db)
}

/// Whether the file itself is at fault.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    let codes = [ErrorCode::DatabaseCorrupt, ErrorCode::NotADatabase, ErrorCode::TypeMismatch];
    match error {
        rusqlite::Error::SqliteFailure(failure, message) => {
            let lacks = message.as_deref().is_some_and(|text| text.starts_with("no such "));
            codes.contains(&failure.code) || lacks
        }
        rusqlite::Error::SqlInputError { msg, .. } => msg.starts_with("no such "),
        rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::FromSqlConversionFailure(..) => true,
        _ => false,
    }
}

/// Puts the file at `path` out of the way, and says so.
pub(super) fn set_aside(path: &Path, cause: &str) -> String {
    let shown = path.display();
    let aside = path.with_extension("broken");
    for log in ["sqlite-wal", "sqlite-shm"] {
        // The log of a file that is out of use tells nothing.
        let _ = fs::remove_file(path.with_extension(log));
    }
    match fs::rename(path, &aside) {
        Ok(()) => format!("the cache `{shown}` was set aside and begun anew: {cause}"),
        Err(error) => {
            let error = crate::error::plain(&error);
            format!("the cache `{shown}` is not used: {cause}, and it cannot be moved: {error}")
        }
    }
}

/// Bytes of the file and its log.
pub(super) fn size(path: &Path) -> u64 {
    let files = [path.to_owned(), path.with_extension("sqlite-wal")];
    files.iter().filter_map(|file| fs::metadata(file).ok()).map(|data| data.len()).sum()
}
