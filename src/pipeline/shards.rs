//! One run in several parts: which examples are whose, and the parts put together again.
//!
//! Pure. A part tells which run it is of, so that nothing is put together that does not belong.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::model::{Counts, Outcome, Shard, Summary, sha256_hex};
use crate::store::Stored;

/// Which part of a run is wanted: `hash:2/7` or `count:2/7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    by: By,
    index: u32,
    of: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// By its id, so that an example stays in its part whatever happens to others.
    Hash,
    /// By its place, so that all parts have as many.
    Count,
}

impl By {
    fn word(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Count => "count",
        }
    }
}

impl FromStr for Partition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is no part of a run, such as `hash:1/4` or `count:1/4`");
        let (by, rest) = text.split_once(':').ok_or_else(wrong)?;
        let by =
            [By::Hash, By::Count].into_iter().find(|one| one.word() == by).ok_or_else(wrong)?;
        let (index, of) = rest.split_once('/').ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number > 0);
        match (number(index), number(of)) {
            (Some(index), Some(of)) if index <= of => Ok(Self { by, index, of }),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.by.word(), self.index, self.of)
    }
}

impl Partition {
    /// This part of a run of `chosen`, which are all of its examples in order.
    pub fn shard<'s>(&self, chosen: impl Iterator<Item = &'s Stored>) -> Shard {
        let mut inputs = format!("{} {} {}\n", env!("CARGO_PKG_VERSION"), self.by.word(), self.of);
        let (mut places, mut total) = (Vec::new(), 0);
        for stored in chosen {
            let entry = &stored.entry;
            inputs += &format!("{} {} {}\n", entry.id, entry.sha256, entry.source.sha256);
            let number = match self.by {
                By::Hash => hash(entry.id.as_str()),
                By::Count => total,
            };
            if number % self.of == self.index - 1 {
                places.push(total);
            }
            total += 1;
        }
        let mut run = sha256_hex(inputs.as_bytes());
        run.truncate(16);
        Shard { run, by: self.by.word().to_owned(), index: self.index, of: self.of, total, places }
    }
}

/// A number that the digits of an id make, as even as these are.
fn hash(id: &str) -> u32 {
    id.get(..8).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(0)
}

/// The whole run of which `parts`, each with its name, are all the shards. One that was never parted
/// is the whole.
///
/// # Errors
/// When one is missing, there twice, of another run or no shard, or does not hold all of its
/// examples; the sentence says which.
pub fn merge(mut parts: Vec<(String, Summary)>) -> Result<Summary, Error> {
    if parts.len() == 1
        && let Some((_, whole)) = parts.pop_if(|(_, only)| only.shard.is_none())
    {
        return Ok(whole);
    }
    let mut seen: Vec<(String, Shard)> = Vec::new();
    let mut whole: Option<Summary> = None;
    let mut outcomes: Vec<(u32, Outcome)> = Vec::new();
    for (name, mut part) in parts {
        let Some(shard) = part.shard.take() else {
            let message =
                format!("`{name}` is no shard but a whole run: it was made without `--partition`");
            return Err(Error::usage(message));
        };
        belongs(&name, &shard, &part, &seen)?;
        outcomes.extend(shard.places.iter().copied().zip(std::mem::take(&mut part.outcomes)));
        whole.get_or_insert(part);
        seen.push((name, shard));
    }
    let (Some(mut whole), Some((_, first))) = (whole, seen.first()) else {
        return Err(Error::usage("there is no shard to merge"));
    };
    let missing: Vec<String> = (1..=first.of)
        .filter(|index| !seen.iter().any(|(_, shard)| shard.index == *index))
        .map(|index| index.to_string())
        .collect();
    if !missing.is_empty() {
        let noun = if missing.len() == 1 { "shard" } else { "shards" };
        let message = format!("{noun} {} of {} not given", missing.join(", "), first.of);
        return Err(Error::usage(message));
    }
    outcomes.sort_by_key(|(place, _)| *place);
    whole.outcomes = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
    for (doc, counts) in &mut whole.documents {
        *counts = Counts { skipped: counts.skipped, ..Counts::default() };
        whole
            .outcomes
            .iter()
            .filter(|one| one.doc == *doc)
            .for_each(|one| counts.add(&one.verdict));
    }
    Ok(whole)
}

fn belongs(
    name: &str,
    shard: &Shard,
    part: &Summary,
    seen: &[(String, Shard)],
) -> Result<(), Error> {
    let Shard { run, index, of, places, .. } = shard;
    if let Some((other, known)) = seen.first()
        && (&known.run, known.of) != (run, *of)
    {
        let message = format!("`{name}` is a shard of another run than `{other}`");
        return Err(Error::usage(message));
    }
    if let Some((other, _)) = seen.iter().find(|(_, known)| known.index == *index) {
        let message = format!("`{name}` is shard {index} of {of}, and so is `{other}`");
        return Err(Error::usage(message));
    }
    if part.outcomes.len() != places.len() {
        let (has, all) = (part.outcomes.len(), places.len());
        let message = format!("`{name}` tells of {has} examples only, and shard {index} has {all}");
        return Err(Error::usage(message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_spelled_in_one_way() {
        for text in ["hash:1/1", "count:3/7"] {
            assert_eq!(text.parse::<Partition>().map(|part| part.to_string()).as_deref(), Ok(text));
        }
        for text in
            ["", "1/2", "hash:0/2", "hash:3/2", "hash:1", "slice:1/2", "hash:1/0", "count:-1/2"]
        {
            assert!(text.parse::<Partition>().is_err(), "{text:?}");
        }
    }
}
