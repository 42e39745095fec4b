//! Nothing of a run stays in the folders of the host, whatever it made there.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use stillruns_harness::InterpreterId;

use crate::interpreter;

/// Programs that make what is hard to remove.
const HEAPS: [&str; 4] = [
    "import os\nfor _ in range(40):\n    os.mkdir('d' * 200)\n    os.chdir('d' * 200)\n",
    "import os\nos.makedirs('closed/within')\nopen('closed/within/file', 'w').close()\n\
     os.chmod('closed/within', 0)\nos.chmod('closed', 0)\n",
    "import os\nfor folder in ('.', os.environ['TMPDIR'], os.path.expanduser('~')):\n    \
     for name in ('x' * 255, b'\\xff\\xfe', '-rf', '\\n'):\n        os.makedirs(name, exist_ok=True) \
     if folder == '.' else open(os.path.join(folder, 'f'), 'w').close()\n",
    "import os\nos.symlink('/', 'root')\nos.mkfifo('pipe')\nos.link('pipe', 'again')\n",
];

#[test]
fn nothing_stays_in_the_folders_of_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let temp = folder.path().join("temp");
    fs::create_dir(&temp).unwrap();
    fs::set_permissions(&temp, fs::Permissions::from_mode(0o1777)).unwrap();
    let python = interpreter(InterpreterId::Python3).unwrap().program;
    for (number, heap) in HEAPS.iter().enumerate() {
        let file = folder.path().join("heap.py");
        fs::write(&file, heap).unwrap();
        for sandbox in ["off", "best-effort"] {
            let output = duct::cmd!(
                env!("CARGO_BIN_EXE_stillruns-harness"),
                "run",
                &file,
                "--json",
                "--interpreter",
                &python,
                "--sandbox",
                sandbox
            )
            .env("TMPDIR", &temp)
            .stdout_capture()
            .run()
            .unwrap();
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(text.contains("\"exited\": 0"), "{text}");
            let left = fs::read_dir(&temp).unwrap().count();
            assert_eq!(left, 0, "{number} {sandbox}");
        }
    }
}
