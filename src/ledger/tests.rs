//! Ledgers on the disk: kept, shared, damaged, set aside.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use super::*;

const NOW: u64 = 1_700_000_000;

fn name(folder: &Path) -> PathBuf {
    folder.join(file::NAME)
}

fn put(path: &Path, contents: &[u8]) {
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).open(path).expect("opened");
    file.write_all(contents).expect("written");
}

#[test]
fn facts_are_found_by_kind_and_key_and_by_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, two) = (key([b"a".as_slice(), b"b"]), key([b"ab".as_slice(), b""]));
    assert_ne!(one, two, "parts do not run together");
    let mut ledger = Ledger::open(folder.path(), NOW);
    ledger.keep(Kind::Run, &[(one, b"fact".to_vec()), (two, Vec::new())]);
    let mut other = Ledger::open(folder.path(), NOW);
    assert_eq!(other.recall(Kind::Run, &[two, one]), [Some(Vec::new()), Some(b"fact".to_vec())]);
    assert_eq!(other.recall(Kind::Document, &[one]), [None]);
    assert_eq!((ledger.trouble(), other.trouble()), (None, None));
    let stats = other.stats().expect("read");
    assert_eq!(stats.facts[0], ("runs", (2, 4 + 2 * SEAL as u64)));
    other.clean(History::Kept).expect("cleaned");
    assert_eq!(ledger.recall(Kind::Run, &[one]), [None]);
}

#[test]
fn what_nobody_asks_for_goes_and_what_is_asked_for_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let (used, unused) = (key([b"used".as_slice()]), key([b"unused".as_slice()]));
    let facts = [(used, b"1".to_vec()), (unused, b"2".to_vec())];
    Ledger::open(folder.path(), NOW).keep(Kind::Run, &facts);
    Ledger::open(folder.path(), NOW + LIFE - 1).recall(Kind::Run, &[used]);
    let mut late = Ledger::open(folder.path(), NOW + LIFE + 1);
    late.tidy();
    assert_eq!(late.recall(Kind::Run, &[used, unused]), [Some(b"1".to_vec()), None]);
}

#[test]
fn files_that_are_none_of_ours_or_damaged_are_set_aside_with_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = name(folder.path());
    let key = key([b"a".as_slice()]);
    let works = |ledger: &mut Ledger| {
        ledger.keep(Kind::Run, &[(key, b"x".to_vec())]);
        assert_eq!(ledger.recall(Kind::Run, &[key]), [Some(b"x".to_vec())]);
    };
    for contents in [&b"not a database, but long enough to be looked at as one"[..], &[0; 5000]] {
        put(&path, contents);
        let mut ledger = Ledger::open(folder.path(), NOW);
        assert!(ledger.trouble().is_some_and(|told| told.contains("set aside")), "{contents:?}");
        works(&mut ledger);
        assert_eq!(fs::read(path.with_extension("broken")).expect("kept"), contents);
    }
    fs::remove_file(&path).expect("removed");
    Connection::open(&path).and_then(|db| db.execute_batch("CREATE TABLE t (x)")).expect("made");
    let mut ledger = Ledger::open(folder.path(), NOW);
    assert!(ledger.trouble().is_some_and(|told| told.contains("another program")));
    works(&mut ledger);
}

#[test]
fn every_byte_may_be_damaged_and_no_wrong_fact_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = name(folder.path());
    let keys: Vec<Key> = (0..40u8).map(|at| key([[at].as_slice()])).collect();
    let facts: Vec<(Key, Vec<u8>)> = keys.iter().map(|key| (*key, key.repeat(20))).collect();
    let mut ledger = Ledger::open(folder.path(), NOW);
    ledger.keep(Kind::Run, &facts);
    ledger.using(|db| db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
    drop(ledger);
    let whole = fs::read(&path).expect("read");
    for at in (0..whole.len()).step_by(97) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        put(&path, &bytes);
        let mut ledger = Ledger::open(folder.path(), NOW);
        for (found, (_, fact)) in ledger.recall(Kind::Run, &keys).iter().zip(&facts) {
            assert!(found.as_ref().is_none_or(|found| found == fact), "byte {at}");
        }
    }
}

#[test]
fn a_folder_that_cannot_be_used_is_told_and_nothing_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    put(&folder.path().join("file"), b"");
    let mut ledger = Ledger::open(&folder.path().join("file"), NOW);
    assert!(ledger.trouble().is_some_and(|told| told.contains("is not used")));
    let key = key([b"a".as_slice()]);
    ledger.keep(Kind::Run, &[(key, Vec::new())]);
    assert_eq!(ledger.recall(Kind::Run, &[key]), [None]);
    assert!(ledger.stats().is_err() && ledger.clean(History::Kept).is_err());
}

#[test]
fn the_past_of_an_example_grows_and_moves_along() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = |told: &str, flaky| Ending {
        id: "one".into(),
        doc: "a.md".into(),
        told: told.into(),
        millis: 7,
        flaky,
    };
    let tellings = [("pass", false), ("fail: x", false), ("fail: y", true), ("fail: y", false)];
    for (at, (told, flaky)) in (0..).zip(tellings) {
        Ledger::open(folder.path(), NOW + at).remember(&[ran(told, flaky)]);
    }
    let mut ledger = Ledger::open(folder.path(), NOW + 9);
    let past = ledger.past(&["one", "two"]);
    let one = past[0].as_ref().expect("remembered");
    assert_eq!((one.since, one.runs, one.flaked, one.endings.len()), (NOW + 1, 4, 1, 4));
    assert_eq!(past[1], None);
    ledger.rename(&[("one", "two")]);
    let moved = ledger.past(&["one", "two"]);
    assert_eq!((&moved[0], &moved[1]), (&None, &past[0]));
    for _ in 0..70 {
        ledger.remember(&[ran("pass", false)]);
    }
    let past = ledger.past(&["one"]).remove(0).expect("remembered");
    assert_eq!((past.runs, past.endings.len()), (70, 50));
}

#[test]
fn days_are_told_as_calendars_do() {
    let cases = [
        (0, "1970-01-01"),
        (951_782_399, "2000-02-28"),
        (951_782_400, "2000-02-29"),
        (1_709_251_200, "2024-03-01"),
        (1_735_689_599, "2024-12-31"),
        (4_107_542_400, "2100-03-01"),
    ];
    for (seconds, expected) in cases {
        assert_eq!(day(seconds), expected);
    }
}
