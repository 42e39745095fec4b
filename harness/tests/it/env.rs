//! The environment is exactly the documented list, and no descriptor leaks.

use stillruns_harness::{InterpreterId, Mechanism};

use crate::{bash, interpreter, offered, python};

#[test]
fn the_environment_is_the_documented_one() {
    if !offered(&[Mechanism::Mounts]) {
        return;
    }
    let run = python("import os\nfor pair in sorted(os.environ.items()): print('%s=%s' % pair)\n");
    let program = interpreter(InterpreterId::Python3).unwrap().program;
    let folder = program.parent().unwrap().display().to_string();
    let system = "/usr/local/bin:/usr/bin:/bin";
    let path = if folder == "/usr/bin" { system.to_owned() } else { format!("{folder}:{system}") };
    let wanted = format!(
        "HOME=/home/user\nLANG=C.UTF-8\nNO_COLOR=1\nPATH={path}\nPYTHONDONTWRITEBYTECODE=1\n\
         PYTHONHASHSEED=0\nTERM=dumb\nTMPDIR=/tmp\nTZ=UTC\n"
    );
    assert_eq!(run.stdout.text(), wanted);

    let run = bash("env -u PWD -u OLDPWD -u SHLVL -u _ sort <(env) | cut -d= -f1 | xargs\n");
    let names = run.stdout.text();
    let wanted = "HOME LANG NO_COLOR PATH PWD PYTHONDONTWRITEBYTECODE PYTHONHASHSEED SHLVL TERM \
                  TMPDIR TZ _\n";
    assert_eq!(names, wanted, "Bash adds PWD, SHLVL and _ itself");
}

#[test]
fn no_descriptor_but_the_streams_reaches_children() {
    let run = python(
        "import subprocess\nprint(subprocess.check_output(['ls', '/proc/self/fd'], \
         close_fds=False).split())\n",
    );
    // The last is the folder that `ls` looks at.
    assert_eq!(run.stdout.text(), "[b'0', b'1', b'2', b'3']\n", "{}", run.stderr.text());
}
