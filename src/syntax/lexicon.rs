//! Names of commands and words of English: the vocabulary that tells a command line from prose.
//!
//! A name in a list is a hint, never proof: what stands behind it decides.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// How much the name of a command says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Hardly anything but a command has this name.
    Clear,
    /// An English word as well: its arguments must look like a command's.
    Word,
    /// A word that is rather English than a command's name: only options or operators make it one.
    English,
}

/// What `name` says about a line that begins with it; `None` when it is no known command.
/// A path such as `./run.sh` or `/usr/bin/env` is a command.
pub fn command(name: &str) -> Option<Naming> {
    let path = ["./", "../", "/", "~/"].iter().any(|start| name.starts_with(start));
    if path && name.len() > 3 && name.ends_with(|c: char| c.is_alphanumeric()) {
        return Some(Naming::Word);
    }
    let reviewed = REVIEWED.get(name).copied();
    // A small word of sentences is no hint at all, whatever it is the name of.
    reviewed.or_else(|| NAMES.get(name).copied().filter(|_| !is_small_word(name)))
}

/// Whether `word` behind a command is one of the verbs that command line programs take.
pub fn is_subcommand(word: &str) -> bool {
    SUBCOMMANDS.contains(word)
}

/// Whether `word` is one of the small words that make a sentence and hardly ever stand in code.
pub fn is_small_word(word: &str) -> bool {
    SMALL_WORDS.contains(word)
}

type Words = LazyLock<HashSet<&'static str, BuildHasherDefault<Fnv>>>;
type Names = LazyLock<HashMap<&'static str, Naming, BuildHasherDefault<Fnv>>>;

/// Several thousand names, made from lists of programs.
static NAMES: Names = LazyLock::new(|| {
    let list = include_str!("data/commands.txt");
    let (clear, english) = list.split_once("[words]\n").unwrap_or((list, ""));
    let (_, clear) = clear.split_once("[clear]\n").unwrap_or(("", ""));
    let named =
        |list: &'static str, naming| list.split_ascii_whitespace().map(move |name| (name, naming));
    named(clear, Naming::Clear).chain(named(english, Naming::English)).collect()
});

/// Names that everybody uses: those that the lists lack, and those where a list of English words
/// says too much or too little. `python` is hardly ever the snake at the beginning of a line, and
/// `find` a command more often than other words that commands are named by.
static REVIEWED: Names = LazyLock::new(|| {
    let clear = CLEAR.split_ascii_whitespace().map(|name| (name, Naming::Clear));
    clear.chain(WORDS.split_ascii_whitespace().map(|name| (name, Naming::Word))).collect()
});

/// Fowler, Noll and Vo's hash (FNV-1a), for the short words of lists that nobody else fills: every
/// word of every document is looked up.
#[derive(Clone, Copy)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

fn words(list: &'static str) -> HashSet<&'static str, BuildHasherDefault<Fnv>> {
    list.split_ascii_whitespace().collect()
}

const CLEAR: &str = "
    alembic ant appcmd apt aptitude arch-chroot aria2c b2 bash black borg brew bundle caddy
    cargo cargo-nextest celery certbot cfssl clang clang-format composer consul cookiecutter
    coverage cpan curl cython dash dask-scheduler dask-worker deactivate dig docker-machine
    easy_install easy_install-2.7 elm emerge esptool.py etcdctl exiftool faillock fallocate
    fastapi flask gem ghc git-lfs glxinfo gsutil gulp gunicorn hadoop hatch hdfs httpie hub
    hypercorn invoke ipython ipython3 jekyll js-beautify jupyter-lab k3s kinit kubeadm kustomize
    lsvirtualenv lxc-create lxd mariadb memcached memcached-tool mix mkfs.ext4 mkvirtualenv
    mongo mongod mongodump mosquitto_pub mosquitto_sub mpirun msbuild node nodejs nodemon
    nosetests nova nox nvcc nvidia-smi ogr2ogr ostree packer parted pdfgrep pdm pg_basebackup
    pgbench pip-compile pip-sync poetry powertop prometheus python python2.6 python3.10
    python3.11 python3.12 python3.13 python3.14 qemu-img rabbitmqctl rails rake redis-cli
    redis-server restic rmvirtualenv rpm rst2html.py rst2pdf ruby ruff salt salt-call salt-cloud
    salt-key salt-master salt-minion salt-run salt-ssh scapy scrapy screenfetch sdkmanager
    sestatus setenforce shred snap snmpwalk sqlmap ssh-import-id supervisorctl swift systemd-run
    tar tee truncate tsort twine update-grub uvicorn uvx uwsgi vagrant varnishd vault vboxmanage
    vi virt-install virtualenv virtualenvwrapper vtysh wkhtmltopdf workon xdotool yarn yt-dlp
    zip
";

const WORDS: &str = "
    alias apply at bat batch bind builtin cal cat clear column comm command
    compress convert cron cut date declare diff dir dirs disown duplicity echo edit eject enable
    enscript eval exec exit export factor false fc file find finger fish fmt fold foreman free ftp
    function go head helm help history host hub id identify info install
    jobs join kill last link local locate lock logger login logout look mail make man more mount
    nice nl od open parallel paste patch pidof ping play plutil pr print printf procs pry pull
    puppet quota read reboot reset resize return rev route run say screen script select serve
    service set shift shutdown sleep sort source split stat strings sum suspend sync
    tail talk task test time timeout top touch trap tree true typeset umask units unset
    vacuum view w wait wall watch whatis whereis which who write yes
";

static SUBCOMMANDS: Words = LazyLock::new(|| {
    words(
        "
    add apply attach auth autoremove bdist_wheel bisect blame branch build cat check checkout
    clean clone cluster collectstatic commit compose config configure console container context cp
    create createsuperuser daemon-reload delete deploy describe destroy develop diff disable
    discover dist-upgrade down edit enable exec export fetch freeze full-upgrade generate get grep
    help image images import info init inspect install invoke kill list load log login logout logs
    makemigrations merge migrate mv network new node open plan pod ps publish pull push rebase
    reflog refresh release reload remote remove rename reset restart restore revert rm rollout run
    runserver runworker save sdist search serve set shell show shutdown ssh stack start startapp
    startproject stash stats status stop submodule suite sync syncdb tag test top uninstall unset
    up update upgrade upload use validate version volume wheel worker
",
    )
});

static SMALL_WORDS: Words = LazyLock::new(|| {
    words(
        "
    a an and are as be because but by can could did do does for from had has have how if in into
    is it its like may more most must not of on or our should so some than that the their them
    then there these they this those to use used uses using vs was we were what when where which
    while who why will with would you your
",
    )
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_clear_words_or_unknown() {
        assert_eq!(command("rsync"), Some(Naming::Clear));
        assert_eq!(command("find"), Some(Naming::Word));
        assert_eq!(command("./configure"), Some(Naming::Word));
        assert_eq!(command("python"), Some(Naming::Clear));
        assert_eq!(command("bzip2recover"), Some(Naming::Clear));
        assert_eq!(command("configure"), Some(Naming::English));
        assert_eq!(command("and"), None);
        assert_eq!(command("banana"), None);
        assert_eq!(command(""), None);
    }
}
