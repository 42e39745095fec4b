//! Nothing outside of the private folders can be written.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use stillruns_harness::{File, InterpreterId, Mechanism};

use crate::{bash, job, offered, python, run};

#[test]
fn writing_outside_fails_also_through_links() {
    if !offered(&[Mechanism::Mounts, Mechanism::Landlock]) {
        return;
    }
    let target = tempfile::tempdir().unwrap();
    // Open to everybody, so that only the sandbox can be what keeps the program out.
    fs::set_permissions(target.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let victim = target.path().join("victim");
    fs::write(&victim, "as before").unwrap();
    fs::set_permissions(&victim, fs::Permissions::from_mode(0o666)).unwrap();
    let folder = target.path().display().to_string();
    let run = python(&format!(
        "import os\nos.symlink({folder:?}, 'folder')\nos.symlink({victim:?}, 'file')\n\
         for path in [{victim:?}, 'file', 'folder/new', {folder:?} + '/new', '/usr/new', \n    \
         '/etc/passwd', '/etc/new', '/new', '/bin/new', '/dev/new', '/run/driver', \n    \
         '/proc/sys/kernel/hostname', '/proc/self/root/usr/new', '/rw/new']:\n    \
         try:\n        open(path, 'w').write('changed')\n        print('wrote', path)\n    \
         except OSError: pass\n\
         for call in [lambda: os.link('/etc/passwd', 'hard'), lambda: os.mkdir('/rw/x'),\n    \
         lambda: os.chmod('/usr', 0o777), lambda: os.unlink('/etc/passwd'),\n    \
         lambda: os.mknod('null', 0o20666, os.makedev(1, 3))]:\n    \
         try:\n        call()\n        print('did it')\n    except OSError: pass\n\
         print('done')\n"
    ));
    assert_eq!(run.stdout.text(), "done\n", "{}", run.stderr.text());
    assert_eq!(fs::read_to_string(&victim).unwrap(), "as before");
    assert_eq!(fs::read_dir(target.path()).unwrap().count(), 1);
}

#[test]
fn the_private_folders_can_be_written() {
    let run = bash(
        "echo a > here; mkdir -p sub/dir; mv here sub/dir/; cat sub/dir/here\n\
         echo b > ~/file; cat ~/file; echo c > \"$TMPDIR/file\"; cat \"$TMPDIR/file\"\n\
         echo d > /dev/null; cat < /dev/null; echo e > /dev/stdout; echo f > /dev/stderr\n\
         cat <(echo g); mktemp >/dev/null; printf '#!/bin/sh\\necho h\\n' > run; chmod +x run; ./run\n",
    );
    assert_eq!(run.stdout.text(), "a\nb\nc\ne\ng\nh\n", "{}", run.stderr.text());
    assert_eq!(run.stderr.text(), "f\n");
}

#[test]
fn the_files_of_a_job_lie_beside_the_program() {
    let mut job = job(InterpreterId::Python3, "print(open('data/in.bin', 'rb').read())\n");
    job.files.push(File { path: "data/in.bin".into(), contents: b"\x00\xff".to_vec() });
    assert_eq!(run(&job).stdout.text(), "b'\\x00\\xff'\n");
}

#[test]
fn private_folders_are_bounded_in_size_and_number() {
    if !offered(&[Mechanism::Mounts]) {
        return;
    }
    let mut job = job(
        InterpreterId::Python3,
        "import os\nwritten = 0\n\
         for folder in ['.', '/tmp', '/dev/shm', os.path.expanduser('~')]:\n    \
         try:\n        for number in range(20000):\n            \
         with open('%s/%d' % (folder, number), 'wb') as file:\n                \
         written += file.write(b'x' * 65536)\n    except OSError: pass\n\
         print(written)\n",
    );
    job.limits.scratch_bytes = 4 << 20;
    let written: u64 = run(&job).stdout.text().trim().parse().unwrap();
    assert!(written <= 4 << 20, "{written}");
}
