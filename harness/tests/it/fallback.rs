//! Without namespaces the other mechanisms still keep a program away from files and network.

use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use stillruns_harness::{End, Finish, InterpreterId, Level, Mechanism, Require};

use crate::{job, offered, sandbox};

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
