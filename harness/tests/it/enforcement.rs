//! A run says what was enforced; whoever requires everything gets a refusal instead of a gap.

use stillruns_harness::{
    End, Error, InterpreterId, Job, Level, Mechanism, Require, Sandbox, Start,
};

use crate::{complete, job, offered, sandbox};

#[test]
fn everything_is_enforced_where_the_kernel_offers_it() {
    if offered(&Mechanism::ALL) {
        let run = sandbox(Require::All).run(&job(InterpreterId::Sh, ":\n")).unwrap();
        assert!(complete(&run), "{:?}", run.enforcement);
        assert!(run.enforcement.gaps().is_empty());
        assert!(run.enforcement.landlock_abi > 0);
    }
}

#[test]
fn a_run_says_how_its_program_was_started() {
    if !offered(&Mechanism::ALL) {
        return;
    }
    let ids = [InterpreterId::Python3, InterpreterId::Python2];
    for interpreter in ids.into_iter().filter_map(crate::interpreter) {
        let mut job = job(InterpreterId::Python3, "print('ran')\n");
        job.interpreter = interpreter;
        let run = sandbox(Require::All).run(&job).unwrap();
        let wanted = if crate::cold() { Start::Cold } else { Start::Warm };
        assert_eq!((run.start, run.stdout.text().as_str()), (wanted, "ran\n"));
        assert!(complete(&run), "{:?}", run.enforcement);
        // With a gap a fresh process has to show what holds it.
        let run = sandbox(Require::BestEffort).without(&[Mechanism::Landlock]).run(&job).unwrap();
        assert_eq!(run.start, Start::Cold);
    }
    let shell = job(InterpreterId::Sh, ":\n");
    assert_eq!(sandbox(Require::All).run(&shell).unwrap().start, Start::Cold);
    // Unless asked otherwise, an interpreter is kept warm from its third program on.
    let sandbox = Sandbox::with_launcher(env!("CARGO_BIN_EXE_stillruns-harness"), Require::All);
    let job = job(InterpreterId::Python3, "import time\ntime.sleep(0.3)\n");
    let starts: Vec<Start> = (0..6).map(|_| sandbox.run(&job).unwrap().start).collect();
    assert_eq!((starts[0], starts[5]), (Start::Cold, Start::Warm), "{starts:?}");
}

#[test]
fn a_missing_mechanism_is_refused_or_reported() {
    if !offered(&Mechanism::ALL) {
        return;
    }
    let job = job(InterpreterId::Sh, "echo ran\n");
    for mechanism in Mechanism::ALL.into_iter().filter(|one| one.is_required()) {
        let refused = sandbox(Require::All).without(&[mechanism]).run(&job).unwrap_err();
        assert!(refused.is_sandbox_gap(), "{refused}");
        assert!(refused.to_string().starts_with("failed to enforce `"), "{refused}");

        let run = sandbox(Require::BestEffort).without(&[mechanism]).run(&job).unwrap();
        assert_eq!(run.stdout.text(), "ran\n", "{mechanism:?} {}", run.stderr.text());
        assert_eq!(*run.enforcement.level(mechanism), Level::Absent("switched off".to_owned()));
        // Mounts and network cannot do without namespaces.
        let gaps = run.enforcement.gaps().len();
        assert_eq!(gaps, if mechanism == Mechanism::Namespaces { gaps.max(3) } else { 1 });
    }
}

#[test]
fn off_means_no_isolation_and_says_so() {
    let run = sandbox(Require::Off).run(&job(InterpreterId::Sh, "echo ran; pwd\n")).unwrap();
    assert_eq!(run.end, End::Exited(0));
    assert!(run.stdout.text().starts_with("ran\n"));
    for mechanism in Mechanism::ALL
        .into_iter()
        .filter(|one| !matches!(one, Mechanism::Rlimits | Mechanism::Cgroup))
    {
        assert_eq!(*run.enforcement.level(mechanism), Level::Absent("switched off".to_owned()));
    }
    assert!(!matches!(run.enforcement.rlimits, Level::Absent(_)));
    // The private folder goes with the run.
    let folder = run.stdout.text().lines().nth(1).unwrap().to_owned();
    assert!(!std::path::Path::new(&folder).exists(), "{folder}");
}

#[test]
fn trouble_before_the_program_is_an_error_and_no_run() {
    let fails = |sandbox: Sandbox, change: fn(&mut Job)| -> Error {
        let mut job = job(InterpreterId::Sh, "echo ran\n");
        change(&mut job);
        sandbox.run(&job).unwrap_err()
    };
    let best = || sandbox(Require::BestEffort);
    for (error, text) in [
        (fails(best(), |job| job.name = "../x".to_owned()), "failed to accept program name `../x`"),
        (
            fails(best(), |job| job.interpreter.program = "/usr/bin/nowhere".into()),
            "failed to execute `/usr/bin/nowhere`: No such file or directory",
        ),
        (
            fails(Sandbox::with_launcher("/nowhere/launcher", Require::All), |_| {}),
            "failed to start `/nowhere/launcher`",
        ),
        (
            fails(Sandbox::with_launcher("/bin/true", Require::All), |_| {}),
            "failed to hear from `the launcher`",
        ),
    ] {
        assert!(error.to_string().starts_with(text), "{error}");
        assert!(!error.is_sandbox_gap());
    }
}

#[test]
fn runs_and_jobs_survive_json() {
    let job = job(InterpreterId::Sh, "printf '\\377\\\\x'; exit 3\n");
    let text = serde_json::to_string(&job).unwrap();
    assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job);
    let run = crate::run(&job);
    let text = serde_json::to_string(&run).unwrap();
    assert_eq!(serde_json::from_str::<stillruns_harness::Run>(&text).unwrap(), run);
    assert_eq!(run.stdout.head, b"\xff\\x");
}
