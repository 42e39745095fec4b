//! Without namespaces the other mechanisms still keep a program away from files and network.

use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use stillruns_harness::{End, Finish, InterpreterId, Level, Mechanism, Require};

use crate::{cold, job, offered, sandbox};

#[test]
fn files_and_network_stay_closed_without_namespaces() {
    if !offered(&[Mechanism::Landlock, Mechanism::Seccomp]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let canary = folder.path().join("canary");
    fs::write(&canary, "canary-81f2").unwrap();
    fs::set_permissions(&canary, fs::Permissions::from_mode(0o666)).unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    tcp.set_nonblocking(true).unwrap();
    let code = format!(
        "import os, socket\nfor act in [lambda: open({canary:?}).read(), \
         lambda: open({canary:?}, 'w'), lambda: open('/etc/shadow').read(), \
         lambda: open('/proc/{pid}/environ').read(), lambda: os.listdir('/home'), \
         lambda: os.kill({pid}, 9), lambda: socket.create_connection(('127.0.0.1', {port}), 2)]:\n    \
         try: print('did it', act())\n    except OSError: print('refused')\n\
         open('mine', 'w').write('x')\n",
        pid = std::process::id(),
        port = tcp.local_addr().unwrap().port(),
    );
    let sandbox = sandbox(Require::BestEffort).without(&[Mechanism::Namespaces]);
    let run = sandbox.run(&job(InterpreterId::Python3, &code)).unwrap();
    assert_eq!(run.stdout.text(), "refused\n".repeat(7), "{}", run.stderr.text());
    assert_eq!((run.end, run.finish), (End::Exited(0), Finish::Completed));
    assert!(matches!(run.enforcement.network, Level::Partial(_)), "{:?}", run.enforcement);
    assert_eq!(fs::read_to_string(&canary).unwrap(), "canary-81f2");
    assert_eq!(tcp.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

/// Becomes a program that the kernel refuses what it refused before Linux 6.4.
const BEFORE: &str = "
import ctypes, os, struct, sys
call, wanted, *words = sys.argv[1:]
code = [(0x20, 0, 0, 0), (0x15, 0, 3, int(call)), (0x20, 0, 0, 16), (0x15, 0, 1, int(wanted)),
        (0x06, 0, 0, 0x50016), (0x06, 0, 0, 0x7fff0000)]
text = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *line) for line in code))
filter = ctypes.create_string_buffer(struct.pack('HxxxxxxP', len(code), ctypes.addressof(text)))
prctl = ctypes.CDLL(None).prctl
assert prctl(38, 1, 0, 0, 0) == 0 and prctl(22, 2, filter, 0, 0) == 0
os.execv(words[0], words)
";

#[test]
fn a_kernel_that_tells_no_auxiliary_vector_runs_programs_as_well() {
    if cold() || !offered(&Mechanism::ALL) {
        return;
    }
    /// `PR_GET_AUXV` of `prctl(2)`.
    const WANTED: u32 = 0x4155_5856;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.sh");
    // Long enough to be looked at.
    fs::write(&file, "sleep 0.2; echo ran\n").unwrap();
    let python = crate::interpreter(InterpreterId::Python3).unwrap().program;
    let (call, wanted) = (libc::SYS_prctl.to_string(), WANTED.to_string());
    let harness = env!("CARGO_BIN_EXE_stillruns-harness");
    let output = duct::cmd!(python, "-c", BEFORE, call, wanted, harness, "run", &file)
        .stdout_capture()
        .stderr_capture()
        .unchecked()
        .run()
        .unwrap();
    let [out, error] = [&output.stdout, &output.stderr].map(|one| String::from_utf8_lossy(one));
    assert!(output.status.success() && out.contains("ran\n"), "{out}{error}");
}
