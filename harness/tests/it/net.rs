//! Nobody outside can be reached: not by TCP, UDP, abstract or path sockets.

use std::fs;
use std::io::ErrorKind;
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};

use stillruns_harness::{End, InterpreterId, Level, Mechanism, Network, Require};

use crate::{job, offered, python, run, sandbox};

#[test]
fn tcp_and_udp_of_the_host_stay_silent() {
    if !offered(&[Mechanism::Network]) {
        return;
    }
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    tcp.set_nonblocking(true).unwrap();
    udp.set_nonblocking(true).unwrap();
    let (tcp_port, udp_port) = (tcp.local_addr().unwrap().port(), udp.local_addr().unwrap().port());
    let run = python(&format!(
        "import socket\n\
         try:\n    socket.create_connection(('127.0.0.1', {tcp_port}), 2)\n    print('connected')\n\
         except OSError as error: print('refused')\n\
         try:\n    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {udp_port}))\n    \
         print('sent')\n\
         except OSError as error: print('refused')\n"
    ));
    assert_eq!(run.stdout.text(), "refused\nrefused\n", "{}", run.stderr.text());
    assert_eq!(tcp.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!(udp.recv(&mut [0; 8]).unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn unix_sockets_of_the_host_stay_silent() {
    if !offered(&[Mechanism::Network, Mechanism::Mounts]) {
        return;
    }
    let name = format!("stillruns-canary-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let abstract_one = UnixListener::bind_addr(&address).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let path = folder.path().join("socket");
    let path_one = UnixListener::bind(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
    let run = python(&format!(
        "import socket\nfor address in ['\\0{name}', {path:?}]:\n    \
         try:\n        socket.socket(socket.AF_UNIX).connect(address)\n        print('connected')\n    \
         except OSError: print('refused')\n"
    ));
    assert_eq!(run.stdout.text(), "refused\nrefused\n", "{}", run.stderr.text());
    for listener in [abstract_one, path_one] {
        listener.set_nonblocking(true).unwrap();
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    }
}

#[test]
fn a_job_that_is_given_the_network_has_it() {
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = tcp.local_addr().unwrap().port();
    let code = format!("import socket\nsocket.create_connection(('127.0.0.1', {port}), 5)\n");
    let mut job = job(InterpreterId::Python3, &code);
    job.policy.network = Network::Host;
    let run = run(&job);
    assert_eq!(run.stderr.text(), "");
    assert_eq!(run.enforcement.given, Network::Host);
    tcp.set_nonblocking(true).unwrap();
    tcp.accept().expect("the program connected");
}

/// Starts a server at a port that is always the same, and talks to it by both families.
const TALK: &str = "\
import socket, threading
for family, address in ((socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1')):
    server = socket.socket(family)
    server.bind((address, 47110))
    server.listen(1)
    client = socket.create_connection(server.getsockname()[:2], 5)
    peer = server.accept()[0]
    peer.sendall(b'hello')
    peer.close()
    print(client.recv(9).decode())
open('/proc/net/tcp').read()
";

#[test]
fn a_loopback_of_its_own_serves_the_program_and_nobody_else() {
    if !offered(&[Mechanism::Network]) {
        return;
    }
    let sandbox = sandbox(Require::BestEffort);
    let mut talk = job(InterpreterId::Python3, TALK);
    talk.policy.network = Network::Loopback;
    for _ in 0..3 {
        // What the connections of the run before left behind would be in the way.
        let run = sandbox.run(&talk).unwrap();
        assert_eq!(run.stdout.text(), "hello\nhello\n", "{}", run.stderr.text());
        assert_eq!(run.enforcement.given, Network::Loopback);
        assert_eq!(run.enforcement.network, Level::Full);
    }
    let hosts = TcpListener::bind("127.0.0.1:0").unwrap();
    hosts.set_nonblocking(true).unwrap();
    let port = hosts.local_addr().unwrap().port();
    let mut reach = job(
        InterpreterId::Python3,
        &format!("import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)\n"),
    );
    reach.policy.network = Network::Loopback;
    assert_eq!(sandbox.run(&reach).unwrap().end, End::Exited(1));
    // Where it cannot be had there is none at all, and never that of the host.
    let sandbox = self::sandbox(Require::BestEffort).without(&[Mechanism::Namespaces]);
    let run = sandbox.run(&reach).unwrap();
    assert_eq!(run.end, End::Exited(1), "{}", run.stdout.text());
    assert!(matches!(run.enforcement.network, Level::Partial(_)), "{:?}", run.enforcement);
    assert_eq!(hosts.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}
