//! Where programs take up all processors what is around each keeps to one; a program has them all.

use std::fs;
use std::thread;

use rustix::thread::sched_getaffinity;
use stillruns_harness::{InterpreterId, Mechanism, Require, Run, Sandbox};

use crate::{job, offered, sandbox};

/// Of the program itself, and of what starts it: the first process of the cell.
const PYTHON: &str = "
for process in ('self', '1'):
    print([line.split()[1] for line in open('/proc/%s/status' % process) if line.startswith('Cpus_allowed_list')][0])
";
const SHELL: &str = "for process in self 1; do
    while read -r name value; do
        if [ \"$name\" = Cpus_allowed_list: ]; then echo \"$value\"; fi
    done < /proc/$process/status
done
";

fn lines(run: &Run) -> [String; 2] {
    let lines: Vec<String> = run.stdout.text().lines().map(Into::into).collect();
    lines.try_into().unwrap_or_else(|_| panic!("{run:?}"))
}

fn allowed() -> (usize, String) {
    let count = sched_getaffinity(None).unwrap().count();
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    (count as usize, line.unwrap().trim().to_owned())
}

#[test]
fn a_program_has_all_processors_and_what_is_around_it_one() {
    if !offered(&Mechanism::ALL) {
        return;
    }
    let (count, all) = allowed();
    let crowded = sandbox(Require::All).at_once(count);
    for (id, code) in [
        (InterpreterId::Python3, PYTHON),
        (InterpreterId::Python2, PYTHON),
        (InterpreterId::Bash, SHELL),
        (InterpreterId::Sh, SHELL),
    ] {
        // Each in cells that were made for it, and in such as waited for it.
        for _ in 0..4 {
            let [own, first] = lines(&crowded.run(&job(id, code)).unwrap());
            assert_eq!(own, all, "{id:?}");
            assert_eq!(first.parse::<usize>().is_ok(), count > 1 || first == all, "{first}");
        }
    }
}

#[test]
fn programs_at_a_time_are_at_different_processors() {
    let (count, _) = allowed();
    if !offered(&Mechanism::ALL) || count < 2 {
        return;
    }
    let wait = "import time\ntime.sleep(0.5)\n".to_owned() + PYTHON;
    let firsts = |sandbox: &Sandbox| -> Vec<String> {
        thread::scope(|scope| {
            let run = || lines(&sandbox.run(&job(InterpreterId::Python3, &wait)).unwrap());
            let all: Vec<_> = (0..count).map(|_| scope.spawn(run)).collect();
            all.into_iter().map(|one| one.join().unwrap()[1].clone()).collect()
        })
    };
    let mut ones = firsts(&sandbox(Require::All).at_once(count));
    ones.sort();
    ones.dedup();
    assert_eq!(ones.len(), count, "{ones:?}");
    // Where there is room for all, nobody is kept to anything.
    let free = firsts(&sandbox(Require::All).at_once(count - 1));
    assert!(free.iter().all(|one| *one == allowed().1), "{free:?}");
}
