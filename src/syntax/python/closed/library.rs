//! What is known to keep nothing: names of the library, and those that are there without an import.
//!
//! Words only; where each may stand is for `mod.rs` to see.

/// How a name of the library may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// In any way: nothing can be done to what it names.
    Any,
    /// Called, as a base, as a decorator, in an annotation, or to name what is caught.
    Called,
}

/// Modules of which nothing that is named here keeps anything from one use to the next that a
/// program could see, and their names.
const LIBRARY: &[(&str, Use, &str)] = &[
    ("abc", Use::Called, "ABC abstractmethod"),
    ("base64", Use::Called, "b64decode b64encode urlsafe_b64decode urlsafe_b64encode"),
    ("bisect", Use::Called, "bisect bisect_left bisect_right insort insort_left insort_right"),
    ("collections", Use::Called, "ChainMap Counter OrderedDict defaultdict deque namedtuple"),
    ("contextlib", Use::Called, "closing contextmanager nullcontext suppress"),
    ("copy", Use::Called, "copy deepcopy"),
    ("dataclasses", Use::Called, "asdict astuple dataclass field replace"),
    ("datetime", Use::Any, "date datetime time timedelta timezone"),
    ("decimal", Use::Called, "Decimal"),
    ("enum", Use::Called, "Enum Flag IntEnum IntFlag auto unique"),
    ("fractions", Use::Called, "Fraction"),
    (
        "functools",
        Use::Called,
        "cache cached_property cmp_to_key lru_cache partial reduce singledispatch total_ordering wraps",
    ),
    (
        "heapq",
        Use::Called,
        "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest",
    ),
    ("io", Use::Called, "BytesIO StringIO"),
    (
        "itertools",
        Use::Any,
        "accumulate chain combinations combinations_with_replacement compress count cycle dropwhile \
         filterfalse groupby islice izip pairwise permutations product repeat starmap takewhile tee \
         zip_longest",
    ),
    ("json", Use::Called, "JSONDecodeError JSONEncoder dumps loads"),
    (
        "math",
        Use::Any,
        "acos asin atan atan2 ceil comb copysign cos degrees dist e erf exp fabs factorial floor fmod \
         frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan isqrt lcm log log10 log1p log2 \
         modf nan perm pi pow prod radians sin sqrt tan tanh tau trunc",
    ),
    (
        "operator",
        Use::Any,
        "add and_ concat contains eq floordiv ge gt itemgetter le lt mod mul ne neg not_ or_ pos pow \
         sub truediv xor",
    ),
    ("pprint", Use::Called, "pformat pprint"),
    ("re", Use::Any, "A ASCII DOTALL I IGNORECASE M MULTILINE S VERBOSE X"),
    ("re", Use::Called, "compile escape findall finditer fullmatch match search split sub subn"),
    ("statistics", Use::Called, "fmean mean median mode pstdev pvariance quantiles stdev variance"),
    (
        "string",
        Use::Any,
        "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits punctuation \
         whitespace",
    ),
    ("struct", Use::Called, "calcsize pack unpack"),
    ("textwrap", Use::Called, "dedent fill indent shorten wrap"),
    (
        "typing",
        Use::Called,
        "Any Callable ClassVar Dict Final FrozenSet Generic Iterable Iterator List Literal Mapping \
         NamedTuple NoReturn Optional Protocol Self Sequence Set Tuple Type TypeVar TypedDict Union \
         cast",
    ),
];

/// What is there without an import and leads nowhere else.
const HARMLESS: &str = "\
    ArithmeticError AssertionError AttributeError Ellipsis Exception ExceptionGroup False \
    IndexError KeyError LookupError NameError None NotImplemented NotImplementedError \
    OverflowError RecursionError RuntimeError StandardError StopIteration SyntaxError True \
    TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError ValueError \
    ZeroDivisionError abs all any ascii basestring bin bool bytearray bytes callable chr \
    classmethod cmp complex dict divmod enumerate filter float format frozenset hasattr hex int \
    isinstance issubclass iter len list long map max min next object oct ord pow print property \
    range repr reversed round set slice sorted staticmethod str sum super tuple unichr unicode \
    xrange zip";

/// Names with two underscores that lead nowhere else.
const DUNDERS: &str = "__all__ __author__ __doc__ __file__ __name__ __slots__ __version__";

/// Attributes with two underscores that tell a text and lead nowhere else.
const TOLD: &str = "__doc__ __name__ __qualname__";

/// What a class may ask of those that it is made of.
const OF_SUPER: &str = "\
    __add__ __contains__ __delitem__ __eq__ __getitem__ __init__ __iter__ __len__ __new__ \
    __repr__ __setitem__ __str__";

/// How attributes begin that lead to frames, codes and what they hold.
const INNER: &[&str] = &["ag_", "co_", "cr_", "f_", "func_", "gi_", "im_", "tb_"];

/// Whether this may be imported: a module, or a name of it.
pub(super) fn is_known(module: &str, name: Option<&str>) -> bool {
    let mut rows = LIBRARY.iter().filter(|(one, _, _)| *one == module);
    rows.any(|(_, _, names)| name.is_none_or(|name| has(names, name)))
}

/// How the name of the library may be used, if it may.
pub(super) fn way(module: &str, name: &str) -> Option<Use> {
    let row = LIBRARY.iter().find(|(one, _, names)| *one == module && has(names, name));
    row.map(|(_, way, _)| *way)
}

/// Whether the name is there without an import, and leads nowhere else.
pub(super) fn is_harmless(name: &str) -> bool {
    has(HARMLESS, name)
}

/// Whether the name, which begins with two underscores, leads nowhere else.
pub(super) fn is_harmless_dunder(name: &str) -> bool {
    has(DUNDERS, name)
}

/// Whether the attribute, which has two underscores around it, is a text.
pub(super) fn is_told(attribute: &str) -> bool {
    has(TOLD, attribute)
}

/// Whether a class may ask this of those that it is made of.
pub(super) fn is_of_super(method: &str) -> bool {
    has(OF_SUPER, method)
}

/// Whether the attribute leads to frames, codes, classes and what they hold.
pub(super) fn is_inner(attribute: &str) -> bool {
    attribute == "mro" || INNER.iter().any(|begin| attribute.starts_with(begin))
}

fn has(words: &str, word: &str) -> bool {
    words.split(' ').any(|one| one == word)
}
