//! Many runs at once work, and none sees another.

use std::thread;

use stillruns_harness::{End, InterpreterId, Mechanism, Require};

use crate::{job, offered, sandbox};

#[test]
fn runs_at_the_same_time_do_not_see_each_other() {
    if !offered(&[Mechanism::Namespaces, Mechanism::Mounts]) {
        return;
    }
    let sandbox = sandbox(Require::All);
    let code = "import os, time\nfor folder in ('.', '/tmp', '/dev/shm', os.path.expanduser('~')):\n    \
                open(folder + '/mine-%d' % os.getpid(), 'w').close()\ntime.sleep(0.3)\n\
                for folder in ('.', '/tmp', '/dev/shm', os.path.expanduser('~')):\n    \
                print(sorted(os.listdir(folder)))\n\
                print(sorted(pid for pid in os.listdir('/proc') if pid.isdigit()))\n";
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let run = sandbox.run(&job(InterpreterId::Python3, code)).unwrap();
                assert_eq!(run.end, End::Exited(0), "{}", run.stderr.text());
                assert_eq!(
                    run.stdout.text(),
                    "['mine-2', 'snippet.py']\n['mine-2']\n['mine-2']\n['mine-2']\n['1', '2']\n"
                );
            });
        }
    });
}
