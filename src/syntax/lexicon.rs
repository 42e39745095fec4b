//! Names of commands and words of English: the vocabulary that tells a command line from prose.
//!
//! A name in a list is a hint, never proof: what stands behind it decides.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// How much the name of a command says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Hardly anything but a command has this name.
    Clear,
    /// An English word as well: its arguments must look like a command's.
    Word,
}

/// What `name` says about a line that begins with it; `None` when it is no known command.
/// A path such as `./run.sh` or `/usr/bin/env` is a command.
pub fn command(name: &str) -> Option<Naming> {
    let path = ["./", "../", "/", "~/"].iter().any(|start| name.starts_with(start));
    if path && name.len() > 3 && name.ends_with(|c: char| c.is_alphanumeric()) {
        return Some(Naming::Word);
    }
    if CLEAR.contains(name) {
        return Some(Naming::Clear);
    }
    WORDS.contains(name).then_some(Naming::Word)
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

static CLEAR: Words = LazyLock::new(|| {
    words(
        "
    aclocal adb airflow alembic ansible ansible-galaxy ansible-playbook ant apk appcmd apt
    apt-cache apt-get apt-key apt-mark aptitude arch-chroot aria2c asciidoctor autoconf autoheader
    automake autoreconf awk aws az b2 base64 basename bash bazel bc black blkid borg brctl brew
    btrfs bundle bundler bunzip2 bzcat bzip2 cabal caddy cargo cargo-nextest ccache cd celery
    certbot cfssl chgrp chmod chown chpasswd chroot chsh clang clang-format clojure cmake cmp
    composer conda consul cookiecutter coverage cp cpan cpio crontab cryptsetup csh ctags curl
    cython dash dask-scheduler dask-worker dbt dbus-send dc dconf dd deactivate debootstrap df dig
    dirname django-admin django-admin.py dmesg dmidecode dnf docker docker-compose docker-machine
    doctl dos2unix dotnet doxygen dpkg dpkg-deb dpkg-query dpkg-reconfigure dput du e2fsck
    easy_install easy_install-2.7 eb ebtables egrep elixir elm emacs emerge env esptool.py etcdctl
    ethtool exiftool expr fab faillock fallocate fastapi fastboot fdisk ffmpeg ffprobe fgrep
    firebase firewall-cmd flake8 flask flatpak fsck fuser fusermount g++ gcc gcloud gdb gem getent
    getfacl gh ghc git git-lfs gitk glxinfo gofmt gpasswd gpg gpg2 gradle grep
    groupadd groupmod grub-install gsettings gsutil gulp gunicorn gunzip gzip hadoop hatch hdfs
    heroku hexdump hg hostname hostnamectl htop htpasswd httpie hub hugo hypercorn iconv ifconfig
    ifdown ifup inotifywait invoke iostat iotop ip ip6tables ipcs iptables iptables-save ipython
    ipython3 iscsiadm isort istioctl java javac jekyll journalctl jq js-beautify jshint julia
    jupyter jupyter-lab k3s k9s kexec keytool kinit kubeadm kubectl kustomize ldapsearch ldconfig
    ldd lein lerna lftp lldb ln losetup lpr ls lsattr lsblk lscpu lsmod lsof lspci lsusb
    lsvirtualenv ltrace lua luarocks lvcreate lvextend lxc lxc-create lxd lynx lzma mailx
    mariadb md5sum mdadm memcached memcached-tool meson minikube mix mkdir mkdocs mkfifo mkfs
    mkfs.ext4 mknod mkswap mktemp mkvirtualenv mocha modprobe mongo mongod mongodump mongoimport
    mongosh mosquitto_pub mosquitto_sub mpirun msbuild mtr mv mvn mypy mysql mysqladmin mysqldump
    nano nc ncat ncdu netcat netstat networkctl newgrp nginx ninja nmap nmcli node nodejs nodemon
    nohup nosetests nova nox npm npx nslookup ntpdate nvcc nvidia-smi nvim nvm objdump ogr2ogr
    openssl openstack opkg ostree packer pacman pandoc parted passwd pdfgrep pdflatex pdm perf
    perl pg_basebackup pg_ctl pg_dump pg_dumpall pg_restore pgbench pgrep php phpunit pip
    pip-compile pip-sync pip2 pip3 pipenv pipx pkg-config pkill pm2 pnpm podman poetry popd
    postconf postgres postmap powertop pre-commit printenv prometheus ps psql pssh pstree pulumi
    pushd pvcreate pwd pwgen py.test pyenv pyflakes pylint pypy pypy3 pytest python python2
    python2.6 python2.7 python3 python3.10 python3.11 python3.12 python3.13 python3.14 python3.5
    python3.6 python3.7 python3.8 python3.9 qemu-img qemu-system-x86_64 rabbitmqctl rails rake
    rbenv rclone readelf readlink realpath redis-cli redis-server renice restic rg rgrep rm rmdir
    rmmod rmvirtualenv rpm rpmbuild rst2html.py rst2pdf rsync rubocop ruby ruff rustc rustup rvm
    s3cmd salt salt-call salt-cloud salt-key salt-master salt-minion salt-run salt-ssh samtools
    sbt scapy scp scrapy screenfetch scss sdkmanager sed semanage seq serverless sestatus
    setenforce setfacl setsid sftp sh sha1sum sha256sum shasum shellcheck shred shuf smartctl
    smbclient snap snmpwalk socat sphinx-apidoc sphinx-build sphinx-quickstart sqlite3 sqlmap ss
    ssh ssh-add ssh-agent ssh-copy-id ssh-import-id ssh-keygen ssh-keyscan sshfs sshpass stdbuf
    strace streamlit stty su sudo supervisorctl supervisord svn svnadmin swapoff swapon swift
    sysctl systemctl systemd-analyze systemd-nspawn systemd-run tac tailscale tar tcpdump tee
    terraform tftp tmux tox tr traceroute truncate tsc tshark tsort twine twistd udevadm ufw
    ulimit umount unalias uname uniq unlink unrar unxz unzip update-alternatives update-grub
    update-rc.d uptime useradd userdel usermod uv uvicorn uvx uwsgi vagrant valgrind varnishd
    vault vboxmanage vgcreate vi vim vimdiff virsh virt-install virtualenv virtualenvwrapper
    visudo vmstat vtysh wc wget whoami whois wkhtmltopdf workon wrk x264 xargs xclip xcodebuild
    xcrun xdg-open xdotool xmllint xrandr xsel xset xsltproc xxd xz yarn youtube-dl yt-dlp yum
    zcat zfs zgrep zip zipinfo zpool zsh zypper
",
    )
});

static WORDS: Words = LazyLock::new(|| {
    words(
        "
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
",
    )
});

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
        assert_eq!(command("banana"), None);
        assert_eq!(command(""), None);
    }
}
