//! How examples ended, run by run.
//!
//! Remembers runs only: what came from the cache did not end again.

use rusqlite::{OptionalExtension, params};

use super::Ledger;

/// How many endings of one example are kept.
const LAST: u32 = 50;

/// One run of one example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The example.
    pub id: String,
    /// Its document.
    pub doc: String,
    /// The verdict as it is recorded: its word, and the cause or reason.
    pub told: String,
    /// Wall time, milliseconds.
    pub millis: u64,
    /// Whether it ended in different ways though nothing had changed.
    pub flaky: bool,
}

/// What is remembered of one example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The document in which it was last seen.
    pub doc: String,
    /// The verdict as it was last recorded.
    pub told: String,
    /// Since when its verdict has this word, in seconds since 1970.
    pub since: u64,
    /// How often it ran.
    pub runs: u64,
    /// In how many of these it ended in different ways though nothing had changed.
    pub flaked: u64,
    /// The last runs, the oldest first: when, in seconds since 1970, how, and for how many
    /// milliseconds.
    pub endings: Vec<(u64, String, u64)>,
}

/// `pass`, `fail` or `unjudged`.
fn word(told: &str) -> &str {
    told.split(':').next().unwrap_or(told)
}

/// The day of a time in seconds since 1970, in UTC, as `2026-11-29`.
///
/// By the algorithm of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms":
/// years begin in March, so that the day that some of them lack is their last.
pub fn day(seconds: u64) -> String {
    let days = seconds / (24 * 60 * 60) + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

impl Ledger {
    /// Remembers that examples ran, all or none of them.
    pub fn remember(&mut self, endings: &[Ending]) {
        let now = self.now;
        if endings.is_empty() {
            return;
        }
        self.using(|db| {
            let change = db.transaction()?;
            for ending in endings {
                let Ending { id, doc, told, millis, flaky } = ending;
                let known: Option<(String, u64)> = change
                    .prepare_cached("SELECT told, since FROM state WHERE id = ?")?
                    .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()?;
                let since = known
                    .filter(|(before, _)| word(before) == word(told))
                    .map_or(now, |(_, since)| since);
                let put = "INSERT INTO state (id, doc, told, since, runs, flaked)
                    VALUES (?1, ?2, ?3, ?4, 1, ?5)
                    ON CONFLICT (id) DO UPDATE SET doc = ?2, told = ?3, since = ?4,
                        runs = runs + 1, flaked = flaked + ?5";
                change.prepare_cached(put)?.execute(params![id, doc, told, since, flaky])?;
                let add = "INSERT INTO ending (id, at, told, millis, flaky) VALUES (?, ?, ?, ?, ?)";
                change.prepare_cached(add)?.execute(params![id, now, told, millis, flaky])?;
                let cut = "DELETE FROM ending WHERE id = ?1 AND rowid <=
                    (SELECT rowid FROM ending WHERE id = ?1 ORDER BY rowid DESC LIMIT 1 OFFSET ?2)";
                change.prepare_cached(cut)?.execute(params![id, LAST])?;
            }
            change.commit()
        });
    }

    /// What is remembered of each of `ids`.
    pub fn past(&mut self, ids: &[&str]) -> Vec<Option<Past>> {
        let found = self.using(|db| {
            let mut state =
                db.prepare("SELECT doc, told, since, runs, flaked FROM state WHERE id = ?")?;
            let mut endings =
                db.prepare("SELECT at, told, millis FROM ending WHERE id = ? ORDER BY rowid")?;
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                let past = state.query_row([id], |row| {
                    Ok(Past {
                        doc: row.get(0)?,
                        told: row.get(1)?,
                        since: row.get(2)?,
                        runs: row.get(3)?,
                        flaked: row.get(4)?,
                        endings: Vec::new(),
                    })
                });
                let Some(mut past) = past.optional()? else {
                    found.push(None);
                    continue;
                };
                let rows =
                    endings.query_map([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
                past.endings = rows.collect::<rusqlite::Result<_>>()?;
                found.push(Some(past));
            }
            Ok(found)
        });
        found.unwrap_or_else(|| vec![None; ids.len()])
    }

    /// Lets examples keep their past under new ids, given as the old one and the new one. What a
    /// new id has of its own stays in front.
    pub fn rename(&mut self, ids: &[(&str, &str)]) {
        if ids.is_empty() {
            return;
        }
        self.using(|db| {
            let change = db.transaction()?;
            for (old, new) in ids {
                change.execute("UPDATE OR IGNORE state SET id = ?2 WHERE id = ?1", [old, new])?;
                change.execute("UPDATE ending SET id = ?2 WHERE id = ?1", [old, new])?;
                change.execute("DELETE FROM state WHERE id = ?", [old])?;
            }
            change.commit()
        });
    }
}
