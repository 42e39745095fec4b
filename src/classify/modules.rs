//! Modules and names that only one of the two Pythons has.
//!
//! Source: the standard library's own "What's New" pages and PEP 3108 (standard library
//! reorganization). A name is listed as `module` or as `module.name`.

/// Whether only Python 2 has the module or name.
pub(super) fn only_py2(name: &str) -> bool {
    listed(PY2, name)
}

/// Whether only Python 3 has the module or name.
pub(super) fn only_py3(name: &str) -> bool {
    listed(PY3, name)
}

/// Whether only Python 2 has the builtin function, or the method when it begins with a dot.
pub(super) fn only_py2_call(name: &str) -> bool {
    PY2_CALLS.contains(&name)
}

fn listed(list: &[&str], name: &str) -> bool {
    list.iter().any(|listed| {
        name.strip_prefix(listed).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

const PY2: &[&str] = &[
    "BaseHTTPServer",
    "CGIHTTPServer",
    "ConfigParser",
    "Cookie",
    "cookielib",
    "copy_reg",
    "cPickle",
    "cStringIO",
    "Dialog",
    "dummy_thread",
    "exceptions",
    "HTMLParser",
    "htmlentitydefs",
    "httplib",
    "ihooks",
    "itertools.ifilter",
    "itertools.imap",
    "itertools.izip",
    "itertools.izip_longest",
    "md5",
    "new",
    "os.getcwdu",
    "Queue",
    "robotparser",
    "ScrolledText",
    "sets",
    "sha",
    "SimpleHTTPServer",
    "SimpleXMLRPCServer",
    "SocketServer",
    "string.letters",
    "string.maketrans",
    "StringIO",
    "thread",
    "Tkinter",
    "tkFileDialog",
    "tkMessageBox",
    "types.StringType",
    "urllib.quote",
    "urllib.unquote",
    "urllib.urlencode",
    "urllib.urlopen",
    "urllib.urlretrieve",
    "urllib2",
    "urlparse",
    "UserDict",
    "UserList",
    "xmlrpclib",
    "__builtin__",
];

const PY3: &[&str] = &[
    "_thread",
    "asyncio",
    "builtins",
    "collections.abc",
    "collections.ChainMap",
    "concurrent",
    "configparser",
    "contextlib.AsyncExitStack",
    "contextlib.asynccontextmanager",
    "contextlib.ExitStack",
    "contextlib.nullcontext",
    "contextlib.redirect_stdout",
    "contextlib.suppress",
    "contextvars",
    "copyreg",
    "dataclasses",
    "enum",
    "ensurepip",
    "faulthandler",
    "functools.cache",
    "functools.cached_property",
    "functools.lru_cache",
    "functools.partialmethod",
    "functools.singledispatch",
    "graphlib",
    "html",
    "http",
    "importlib.metadata",
    "importlib.resources",
    "inspect.signature",
    "ipaddress",
    "itertools.accumulate",
    "itertools.pairwise",
    "itertools.zip_longest",
    "lzma",
    "math.isclose",
    "pathlib",
    "queue",
    "reprlib",
    "secrets",
    "selectors",
    "shlex.quote",
    "shutil.which",
    "socketserver",
    "statistics",
    "subprocess.run",
    "textwrap.indent",
    "textwrap.shorten",
    "tkinter",
    "tomllib",
    "tracemalloc",
    "types.SimpleNamespace",
    "typing",
    "unittest.mock",
    "urllib.error",
    "urllib.parse",
    "urllib.request",
    "venv",
    "winreg",
    "xmlrpc",
    "zoneinfo",
];

const PY2_CALLS: &[&str] = &[
    "basestring",
    "execfile",
    "raw_input",
    "unichr",
    "unicode",
    "xrange",
    ".has_key",
    ".iteritems",
    ".iterkeys",
    ".itervalues",
    ".viewitems",
    ".viewkeys",
    ".viewvalues",
];
