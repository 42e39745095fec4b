//! Nobody can be asked anything: standard input is at its end.

use stillruns_harness::Finish;

use crate::{bash, python};

#[test]
fn reading_finds_the_end_at_once() {
    let run = python("import sys\nprint(repr(sys.stdin.read()))\ninput('name? ')\n");
    assert_eq!(run.stdout.text(), "''\nname? ");
    assert!(
        matches!(&run.finish, Finish::Raised { kind, line: Some(3), .. } if kind == "EOFError"),
        "{:?}",
        run.finish
    );
    assert_eq!(bash("cat; read -r x || echo end; tty || true\n").stdout.text(), "end\nnot a tty\n");
}
