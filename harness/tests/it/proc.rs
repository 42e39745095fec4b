//! A program sees its own processes and nobody else's.

use stillruns_harness::Mechanism;

use crate::{bash, offered, python};

#[test]
fn only_own_processes_are_visible() {
    if !offered(&[Mechanism::Namespaces, Mechanism::Mounts]) {
        return;
    }
    let run = python("import os\nprint([pid for pid in os.listdir('/proc') if pid.isdigit()])\n");
    assert_eq!(run.stdout.text(), "['1', '2']\n", "{}", run.stderr.text());
}

#[test]
fn the_first_process_gives_nothing_away() {
    if !offered(&[Mechanism::Namespaces, Mechanism::Mounts]) {
        return;
    }
    let run = bash(
        "for name in environ mem maps auxv exe cwd root fd/0 fd/1 fd/210 fdinfo ns/mnt; do\n\
         if ls /proc/1/$name/ >/dev/null 2>&1 || head -c1 /proc/1/$name >/dev/null 2>&1; then\n\
         echo \"open: $name\"; fi\ndone\nhostname; id -u\n",
    );
    assert_eq!(run.stdout.text(), "sandbox\n1000\n", "{}", run.stderr.text());
}
