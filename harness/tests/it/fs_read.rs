//! Nothing of the host's files can be read beyond the system and the interpreter.

use std::fs;

use stillruns_harness::Mechanism;

use crate::{bash, offered, python};

#[test]
fn files_of_the_user_are_not_there() {
    if !offered(&[Mechanism::Mounts, Mechanism::Landlock]) {
        return;
    }
    let canary = "canary-5d0c7f21";
    let temp = tempfile::tempdir().unwrap();
    let mut places = vec![temp.path().join("secret.txt")];
    let home = std::env::var_os("HOME").map(|home| tempfile::tempdir_in(home).unwrap());
    places.extend(home.iter().map(|home| home.path().join("secret.txt")));
    for place in &places {
        fs::write(place, canary).unwrap();
        let up = format!("../../../../../..{}", place.display());
        let run = python(&format!(
            "import os\nos.symlink({place:?}, 'link')\n\
             for path in [{place:?}, {up:?}, 'link', '/proc/1/root' + {place:?}]:\n    \
             try:\n        print(open(path).read())\n    \
             except OSError as error:\n        print('refused', error.errno)\n"
        ));
        let text = run.stdout.text();
        assert_eq!(text.matches("refused").count(), 4, "{text}{}", run.stderr.text());
        assert!(!text.contains(canary), "{text}");
    }
}

#[test]
fn secrets_of_the_system_are_not_there() {
    if !offered(&[Mechanism::Mounts]) {
        return;
    }
    let run = bash(
        "for file in /etc/shadow /proc/1/environ /proc/1/mem /proc/1/maps /etc/ssh /sys /boot \
         /var/log /root/.ssh /proc/kcore /dev/sda /dev/vda /dev/mem; do\n\
         if cat \"$file\" >/dev/null 2>&1 || ls \"$file\"/ >/dev/null 2>&1; then\n\
         echo \"readable: $file\"; fi\ndone\n",
    );
    assert_eq!(run.stdout.text(), "", "{}", run.stderr.text());
}

#[test]
fn the_home_folder_is_a_new_and_empty_one() {
    let run = bash("ls -A ~; ls -A /tmp 2>/dev/null | head; ls -A\n");
    if offered(&[Mechanism::Mounts]) {
        assert_eq!(run.stdout.text(), "snippet.sh\n");
    }
}
