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

#[test]
fn a_version_names_the_newest_python_that_has_it() {
    let newest = interpreter(InterpreterId::Python3).unwrap();
    let release: Vec<String> = newest.release().iter().map(u32::to_string).collect();
    let path = newest.program.parent().unwrap().as_os_str().to_owned();
    let named = |name: &str| {
        find(&Search { path: Some(path.clone()), extra: vec![name.into()], ..Search::default() })
    };
    let found = named(&release[..2].join("."));
    assert_eq!(found.interpreters[0].release()[..2], newest.release()[..2]);
    let found = named("3.1");
    assert_eq!(found.broken.len(), 1, "{found:?}");
    assert!(found.broken[0].to_string().contains("uv python install 3.1"), "{found:?}");
}

/// A project with a virtual environment, as `python -m venv` makes it.
fn project() -> tempfile::TempDir {
    let project = tempfile::tempdir().unwrap();
    let python = interpreter(InterpreterId::Python3).unwrap();
    let made = duct::cmd(&python.program, ["-m", "venv", "--without-pip", ".venv"]);
    made.dir(project.path()).run().unwrap();
    fs::write(project.path().join("secret.txt"), "s3cret").unwrap();
    project
}

#[test]
fn the_environment_of_a_project_is_visible_and_the_rest_of_it_is_not() {
    let project = project();
    let release = interpreter(InterpreterId::Python3).unwrap().release();
    let packages = format!(".venv/lib/python{}.{}/site-packages", release[0], release[1]);
    fs::write(project.path().join(packages).join("local_thing.py"), "value = 7\n").unwrap();
    let search = Search { project: Some(project.path().to_owned()), ..Search::default() };
    let found = find(&search);
    let secret = project.path().join("secret.txt");
    let code = format!(
        "import local_thing, os\nprint(local_thing.value, os.path.exists({:?}))\n\
         try:\n    open(local_thing.__file__, 'a')\nexcept OSError:\n    print('read-only')\n",
        secret.display()
    );
    let mut job = job(InterpreterId::Python3, &code);
    job.interpreter = found.interpreters[0].clone();
    assert!(job.interpreter.program.starts_with(project.path()), "{found:?}");
    let run = run(&job);
    assert_eq!(run.stdout.text(), "7 False\nread-only\n", "{run:?}");
}

#[test]
fn nothing_of_a_project_is_executed() {
    let project = project();
    let canary = project.path().join("canary");
    let python = project.path().join(".venv/bin/python");
    fs::remove_file(&python).unwrap();
    fs::write(&python, format!("#!/bin/sh\ntouch {}\n", canary.display())).unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    let search = Search { project: Some(project.path().to_owned()), ..Search::default() };
    let found = find(&search);
    assert!(!canary.exists(), "{found:?}");
    assert!(found.interpreters.iter().all(|one| !one.program.starts_with(project.path())));
}

#[test]
fn an_interpreter_that_would_show_the_project_is_refused() {
    let project = project();
    let inner = project.path().join("docs");
    fs::create_dir(&inner).unwrap();
    let python = project.path().join(".venv/bin/python");
    // The environment itself as the project: its folder would be all of that.
    let environment = project.path().join(".venv");
    let found =
        find(&Search { project: Some(environment), extra: vec![python], ..Search::default() });
    assert_eq!(found.broken.len(), 1, "{found:?}");
    assert!(found.broken[0].to_string().contains("too much to show"), "{found:?}");
}

#[test]
fn answers_are_kept_until_the_executable_changes() {
    let folder = tempfile::tempdir().unwrap();
    let (asked, program) = (folder.path().join("asked"), folder.path().join("bin/bash"));
    fs::create_dir(folder.path().join("bin")).unwrap();
    let script = format!("#!/bin/sh\necho x >> {}\necho 5.0\n", asked.display());
    fs::write(&program, &script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let cache = folder.path().join("cache/interpreters.json");
    let search = Search {
        path: Some(program.parent().unwrap().into()),
        cache: Some(cache.clone()),
        ..Search::default()
    };
    let times = || fs::read_to_string(&asked).unwrap().lines().count();
    let bash = |found: stillruns_harness::Found| {
        found.interpreters.into_iter().find(|one| one.program == program)
    };
    let first = bash(find(&search));
    assert!(first.is_some());
    assert_eq!((bash(find(&search)), times()), (first.clone(), 1));
    fs::write(&program, format!("{script}# changed\n")).unwrap();
    assert_eq!((bash(find(&search)), times()), (first.clone(), 2));
    // What is no file of ours, or one that others can write, is as good as none.
    for text in ["", "{", "{\"version\":99,\"answers\":{}}", "null"] {
        let before = times();
        fs::write(&cache, text).unwrap();
        assert_eq!((bash(find(&search)), times()), (first.clone(), before + 1), "{text}");
    }
    let before = times();
    fs::set_permissions(&cache, fs::Permissions::from_mode(0o666)).unwrap();
    assert_eq!((bash(find(&search)), times()), (first, before + 1));
}
