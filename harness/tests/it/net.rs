//! Nobody outside can be reached: not by TCP, UDP, abstract or path sockets.

use std::fs;
use std::io::ErrorKind;
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};

use stillruns_harness::{InterpreterId, Mechanism};

use crate::{job, offered, python, run};

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
    job.policy.network = true;
    let run = run(&job);
    assert_eq!(run.stderr.text(), "");
    tcp.set_nonblocking(true).unwrap();
    tcp.accept().expect("the program connected");
}
