//! Interpreters are found where they lie, once each, and broken ones that were named are errors.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use stillruns_harness::{End, InterpreterId, Search, find};

use crate::{interpreter, job, run};

#[test]
fn named_interpreters_come_first_and_broken_ones_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("python3");
    fs::write(&broken, "#!/bin/sh\nexit 3\n").unwrap();
    fs::set_permissions(&broken, fs::Permissions::from_mode(0o755)).unwrap();
    let python = interpreter(InterpreterId::Python3).unwrap().program;
    let search = Search {
        path: Some(format!("{}:/usr/bin:/bin", folder.path().display()).into()),
        extra: vec![python.clone(), broken.clone(), "/nowhere/python".into()],
        ..Search::default()
    };
    let found = find(&search);
    assert_eq!(found.interpreters[0].program, python);
    assert_eq!(found.broken.len(), 2, "{:?}", found.broken);
    assert!(found.broken.iter().all(stillruns_harness::Error::is_interpreter));
    assert!(found.broken[0].to_string().contains("python3"), "{}", found.broken[0]);
    let bashes = found.interpreters.iter().filter(|one| one.id == InterpreterId::Bash).count();
    assert_eq!(bashes, 1, "/bin and /usr/bin are often the same folder");
    // Found by its name only, a broken one is nobody's business.
    let search = Search { extra: Vec::new(), ..search };
    assert!(find(&search).broken.is_empty());
}

#[test]
fn a_link_from_a_private_folder_works_in_the_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("python3");
    symlink(interpreter(InterpreterId::Python3).unwrap().program, &link).unwrap();
    let found = find(&Search { extra: vec![link], ..Search::default() });
    let mut job = job(InterpreterId::Python3, "import json, ssl\nprint('ok')\n");
    job.interpreter = found.interpreters[0].clone();
    let run = run(&job);
    assert_eq!((run.end, run.stdout.text().as_str()), (End::Exited(0), "ok\n"), "{run:?}");
}
