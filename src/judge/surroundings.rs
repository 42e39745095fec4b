//! Failures that tell of the surroundings, not of the example.
//!
//! A message alone proves nothing, because anything can print it: the code must have to do with
//! what the message is about. Of an exception the type tells more than the text; of a command its
//! name.

use super::placeholder;
use crate::model::Why;

/// What in the surroundings an exception of type `kind` is about, that `code` did not raise itself.
pub(super) fn of_exception(code: &str, kind: &str, message: &str) -> Option<Why> {
    let short = kind.rsplit('.').next().unwrap_or(kind);
    if short == "TclError" && message.contains("display") {
        return Some(Why::Denied(first_line(message)));
    }
    if !is_of_system(kind, short) {
        return None;
    }
    let lower = message.to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| lower.contains(phrase));
    if says(NETWORK) {
        return reaches_out(code, kind).then_some(Why::NeedsNetwork);
    }
    if says(INPUT) {
        return Some(Why::NeedsInput);
    }
    if says(DENIED) {
        return Some(Why::Denied(line_with(message, DENIED)));
    }
    let file = missing_file(message)?;
    if placeholder::in_path(&file).is_some() {
        return Some(Why::Placeholder(file));
    }
    // What is started and not found is a command, unless its working folder was missing.
    let starts = ["subprocess", "Popen", "os.exec", "os.spawn", "pexpect"];
    if !file.contains('/') && starts.iter().any(|word| code.contains(word)) {
        return Some(Why::NeedsCommand(file));
    }
    Some(Why::NeedsContext(vec![file]))
}

/// Whether exceptions of this type tell of the system around the program.
fn is_of_system(kind: &str, short: &str) -> bool {
    short.ends_with("OSError")
        || short.ends_with("IOError")
        || short.contains("Connection") && short.ends_with("Error")
        || [
            "URLError",
            "gaierror",
            "herror",
            "FileNotFoundError",
            "PermissionError",
            "NotADirectoryError",
            "TimeoutError",
            "ConnectTimeout",
            "ProxyError",
            "SSLError",
        ]
        .contains(&short)
        || ["socket.error", "select.error", "os.error"].contains(&kind)
}

/// Whether the code has to do with the network: by the library that raised, or by what it names.
fn reaches_out(code: &str, kind: &str) -> bool {
    let home = kind.split('.').next().filter(|home| *home != kind).unwrap_or("");
    NETWORKED.contains(&home)
        || code.contains("://")
        || words(code).any(|word| NETWORKED.contains(&word))
}

/// Modules that talk to others.
const NETWORKED: &[&str] = &[
    "aiohttp",
    "asyncio",
    "boto",
    "boto3",
    "botocore",
    "fabric",
    "ftplib",
    "http",
    "httplib",
    "httplib2",
    "httpx",
    "imaplib",
    "memcache",
    "MySQLdb",
    "nntplib",
    "paramiko",
    "poplib",
    "psycopg2",
    "pymongo",
    "redis",
    "requests",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "telnetlib",
    "twisted",
    "urllib",
    "urllib2",
    "urllib3",
    "xmlrpc",
    "xmlrpclib",
    "zmq",
];

/// What in the surroundings the failed `command` complains of on `stderr`.
pub(super) fn of_command(command: &str, stderr: &str) -> Option<Why> {
    let name = program(command);
    if SAYS_ANYTHING.contains(&name) {
        return None;
    }
    if AS_OTHERS.contains(&name) {
        return Some(Why::Denied("another user's rights".to_owned()));
    }
    let own: Vec<&str> = stderr.lines().filter(|line| is_said_by(line, name)).collect();
    let says = |phrases: &[&str]| {
        own.iter().any(|line| {
            let lower = line.to_lowercase();
            phrases.iter().any(|phrase| lower.contains(phrase))
        })
    };
    if says(NETWORK) && reaches(name, command) {
        return Some(Why::NeedsNetwork);
    }
    if installs(name, command) && (says(DENIED) || says(NETWORK)) {
        return Some(Why::NeedsNetwork);
    }
    let own = own.join("\n");
    if says(INPUT) {
        Some(Why::NeedsInput)
    } else if says(DENIED) {
        Some(Why::Denied(line_with(&own, DENIED)))
    } else {
        let file = missing_file(&own)?;
        // A file of its own that a client lacks, such as a socket, is not what the example lacks.
        match command.contains(&file) || !reaches(name, command) {
            true => Some(Why::NeedsContext(vec![file])),
            false => Some(Why::NeedsNetwork),
        }
    }
}

/// The name of the program that a command line runs: behind assignments, without its folder.
pub(super) fn program(command: &str) -> &str {
    let assigns = |word: &&str| {
        word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
    };
    let word = command.split_whitespace().find(|word| !assigns(word)).unwrap_or("");
    word.rsplit('/').next().unwrap_or(word)
}

/// Commands that act as somebody else, whom the sandbox does not know.
const AS_OTHERS: &[&str] = &["su", "sudo", "doas", "login", "passwd"];

/// Commands that say what they are told to.
const SAYS_ANYTHING: &[&str] = &[
    "", "echo", "printf", "false", "true", "test", "[", "[[", "exit", "return", ":", "kill", "yes",
];

/// Commands that run others: what they say may be anything as well, unless it is about themselves.
const RUNS_OTHERS: &[&str] = &[
    "bash", "sh", "dash", "zsh", "ksh", "python", "python2", "python3", "perl", "ruby", "node",
    "eval", "env", "xargs", "awk", "make",
];

/// Whether `line` of standard error is by the program called `name`, or by the shell about it.
fn is_said_by(line: &str, name: &str) -> bool {
    let mut parts = line.split(": ");
    let first = parts.next().unwrap_or("");
    let place = parts.next().and_then(|part| part.strip_prefix("line "));
    let numbered = place.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    let by_shell = first.ends_with(".sh") || numbered;
    let prefixed = line
        .strip_prefix(name)
        .or_else(|| line.rsplit_once('/').and_then(|(_, rest)| rest.strip_prefix(name)))
        .is_some_and(|rest| rest.starts_with([':', '[', ' ']));
    by_shell || prefixed || !RUNS_OTHERS.contains(&name)
}

/// Whether a command talks to others: by its name, or by an address among its words.
fn reaches(name: &str, command: &str) -> bool {
    const CLIENTS: &[&str] = &[
        "apt",
        "apt-get",
        "apt-key",
        "aws",
        "brew",
        "bundle",
        "cargo",
        "composer",
        "conda",
        "curl",
        "dig",
        "docker",
        "docker-compose",
        "easy_install",
        "ftp",
        "gcloud",
        "gem",
        "git",
        "go",
        "gpg",
        "gpg2",
        "helm",
        "hg",
        "host",
        "http",
        "kubectl",
        "mongo",
        "mongodump",
        "mysql",
        "nc",
        "ncat",
        "nmap",
        "npm",
        "nslookup",
        "openssl",
        "pg_basebackup",
        "pg_dump",
        "ping",
        "pip",
        "pip2",
        "pip3",
        "psql",
        "redis-cli",
        "rsync",
        "scp",
        "sftp",
        "ssh",
        "ssh-copy-id",
        "svn",
        "telnet",
        "traceroute",
        "wget",
        "whois",
        "yarn",
        "yum",
        "dnf",
        "zypper",
        "pacman",
    ];
    CLIENTS.contains(&name) || command.contains("://") || installs(name, command)
}

/// Whether a command fetches packages.
fn installs(name: &str, command: &str) -> bool {
    let python = name.starts_with("python") && command.contains("-m pip");
    let pip = name.starts_with("pip") || name == "easy_install" || python;
    pip && [" install", " download", " wheel"].iter().any(|verb| command.contains(verb))
        || name == "easy_install"
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// Messages of the C library's resolver and sockets, and of common clients.
const NETWORK: &[&str] = &[
    "network is unreachable",
    "no route to host",
    "temporary failure in name resolution",
    "temporary failure resolving",
    "name or service not known",
    "nodename nor servname provided",
    "could not resolve",
    "couldn't resolve",
    "could not translate host name",
    "unable to resolve",
    "failed to establish a new connection",
    "no servers could be reached",
    "couldn't get address for",
    "connection refused",
    "connection timed out",
    "cannot connect to",
    "could not connect",
    "can't connect to",
    "unknown host",
    "failed to fetch",
    "no matching distribution found",
];

const INPUT: &[&str] =
    &["eof when reading a line", "not a tty", "inappropriate ioctl", "not a terminal"];

/// Messages of the system and of tools that want more rights than the sandbox gives.
const DENIED: &[&str] = &[
    "permission denied",
    "operation not permitted",
    "read-only file system",
    "are you root",
    "externally-managed-environment",
    "must be root",
    "must be run as root",
    "requires root",
    "superuser privileges",
    "no display name",
    "could not connect to display",
    "cannot open display",
    "can't open display",
    "failed to create temporary",
    "can't create socket",
    "setgroups",
    "not been booted with systemd",
    "failed to connect to bus",
];

/// The last line of `message` that holds one of `phrases`, cut to a readable length.
fn line_with(message: &str, phrases: &[&str]) -> String {
    let holds = |line: &&str| {
        let lower = line.to_lowercase();
        phrases.iter().any(|phrase| lower.contains(phrase))
    };
    first_line(message.lines().rfind(holds).unwrap_or(message))
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or("").trim().chars().take(120).collect()
}
/// The file of a "No such file or directory" message.
fn missing_file(message: &str) -> Option<String> {
    const PHRASE: &str = "No such file or directory";
    let line = message.lines().rfind(|line| line.contains(PHRASE))?;
    let (before, after) = line.split_once(PHRASE)?;
    let quoted = |text: &str| {
        // `can't` quotes nothing.
        let opens = |(at, c): &(usize, char)| {
            matches!(c, '\'' | '‘' | '`') && !text[..*at].ends_with(char::is_alphanumeric)
        };
        let (start, _) = text.char_indices().find(opens)?;
        let rest = &text[start + text[start..].chars().next()?.len_utf8()..];
        let end = rest.find(['\'', '’'])?;
        Some(rest[..end].to_owned())
    };
    let named = || {
        // `E: Could not open lock file /var/lib/x - open (2: No such file or directory)`
        let before = before.strip_suffix("(2: ").unwrap_or(before);
        let part = before.trim_end_matches([':', ' ']).rsplit(": ").next()?;
        let path = part.split(' ').find(|word| word.starts_with('/'));
        Some(path.unwrap_or_else(|| part.rsplit(' ').next().unwrap_or(part)).to_owned())
    };
    let file = quoted(after).or_else(|| quoted(before)).or_else(named)?;
    // What lies in the folder that the example runs in is known by its name alone.
    let inside = file.strip_prefix("/rw/").and_then(|rest| rest.strip_prefix("work/"));
    let file = inside.map_or(file.clone(), str::to_owned);
    Some(file).filter(|file| !file.is_empty())
}
