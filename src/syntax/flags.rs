//! Options in comments of typed lines that say how their output is to be compared: those of doctest
//! and of the tools that extend it.
//!
//! Reads spellings only; what an option means for a comparison is for `judge`. Words that nobody
//! knows are passed over: other tools have their own.

/// A set of options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u32);

impl Flags {
    /// `...` stands for any text.
    pub const ELLIPSIS: Self = Self(1);
    /// Runs of white space are equal.
    pub const NORMALIZE_WHITESPACE: Self = Self(1 << 1);
    /// `1` is not `True`.
    pub const DONT_ACCEPT_TRUE_FOR_1: Self = Self(1 << 2);
    /// `<BLANKLINE>` is no blank line.
    pub const DONT_ACCEPT_BLANKLINE: Self = Self(1 << 3);
    /// Only the types of exceptions count, without their modules.
    pub const IGNORE_EXCEPTION_DETAIL: Self = Self(1 << 4);
    /// It is not to be run.
    pub const SKIP: Self = Self(1 << 5);
    /// Whatever it prints will do.
    pub const IGNORE_OUTPUT: Self = Self(1 << 6);
    /// Numbers are equal as far as they are written out (pytest, sybil).
    pub const NUMBER: Self = Self(1 << 7);
    /// Numbers are equal within a relative tolerance of 1e-5 (doctestplus).
    pub const FLOAT_CMP: Self = Self(1 << 8);
    /// What stands in `<...>` is any text (byexample).
    pub const TAGS: Self = Self(1 << 9);
    /// Blanks at the ends of lines count (xdoctest).
    pub const KEEP_TRAILING_WHITESPACE: Self = Self(1 << 10);
    /// Warnings are part of what is printed, and come first (doctestplus).
    pub const SHOW_WARNINGS: Self = Self(1 << 11);

    /// Whether all of `others` are set.
    pub fn has(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// These and `others`.
    #[must_use]
    pub fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// These without `others`.
    #[must_use]
    pub fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }
}

/// Spellings, the options they stand for, and whether a plus sets or clears them.
const WORDS: &[(&str, Flags)] = &[
    ("ELLIPSIS", Flags::ELLIPSIS),
    ("NORMALIZE_WHITESPACE", Flags::NORMALIZE_WHITESPACE),
    ("DONT_ACCEPT_TRUE_FOR_1", Flags::DONT_ACCEPT_TRUE_FOR_1),
    ("DONT_ACCEPT_BLANKLINE", Flags::DONT_ACCEPT_BLANKLINE),
    ("IGNORE_EXCEPTION_DETAIL", Flags::IGNORE_EXCEPTION_DETAIL),
    ("SKIP", Flags::SKIP),
    ("SKIPBLOCK", Flags::SKIP),
    ("IGNORE_OUTPUT", Flags::IGNORE_OUTPUT),
    ("IGNORE_WANT", Flags::IGNORE_OUTPUT),
    ("NUMBER", Flags::NUMBER),
    ("FLOAT_CMP", Flags::FLOAT_CMP),
    ("KEEP_TRAILING_WHITESPACE", Flags::KEEP_TRAILING_WHITESPACE),
    ("SHOW_WARNINGS", Flags::SHOW_WARNINGS),
    // byexample
    ("skip", Flags::SKIP),
    ("pass", Flags::IGNORE_OUTPUT),
    ("norm-ws", Flags::NORMALIZE_WHITESPACE),
    ("tags", Flags::TAGS),
];

/// Remarks that say that the output differs from run to run.
const VARIES: &[&str] = &[
    "may vary",
    "random",
    "uninitialized",
    "NBVAL_IGNORE_OUTPUT",
    "output may vary",
    "varies",
    "stillruns: non-deterministic",
    "stillruns: no-compare",
];

/// The options that the comments of `typed` lines and the remarks in their output `shown` set, on
/// top of `from`.
pub fn flags(typed: &str, shown: &str, from: Flags) -> Flags {
    let mut flags = from;
    for comment in typed.lines().filter_map(comment) {
        flags = told(comment, flags);
    }
    let remarks = typed.lines().chain(shown.lines()).filter_map(|line| line.rsplit_once('#'));
    let varies = |remark: &str| VARIES.contains(&remark.trim().trim_end_matches('.'));
    if remarks.map(|(_, remark)| remark).any(varies) {
        flags = flags.with(Flags::IGNORE_OUTPUT);
    }
    flags
}

/// The characters that do not count in what `typed` prints, nor in what is shown for it:
/// `# byexample: +rm=~`.
pub fn removed(typed: &str) -> String {
    let words = typed.lines().filter_map(comment).filter_map(directive);
    words.flat_map(str::split_whitespace).filter_map(|word| word.strip_prefix("+rm=")).collect()
}

/// Whether `typed` is not to be run.
pub fn is_skipped(typed: &str) -> bool {
    let omitted = |text: &str| {
        let ours = text.strip_prefix("stillruns:").map(str::trim_start);
        ["phmdoctest:omit", "phmdoctest:pass"].iter().any(|word| text.starts_with(word))
            || ours.is_some_and(|rest| rest == "skip" || rest.starts_with(['=', ' ', ',']))
            || ours.is_some_and(|rest| rest.starts_with("skip="))
    };
    typed.lines().filter_map(comment).any(omitted)
        || flags(typed, "", Flags::default()).has(Flags::SKIP)
}

/// Whether `typed` holds an option at all, so that its author means it to be compared.
pub fn is_directed(typed: &str) -> bool {
    typed.lines().filter_map(comment).any(|text| directive(text).is_some())
}

/// What stands behind the last `#` of a line; quotes behind it make it no comment, as in doctest.
fn comment(line: &str) -> Option<&str> {
    let (_, comment) = line.rsplit_once('#')?;
    (!comment.contains(['"', '\''])).then(|| comment.trim())
}

/// The words of a directive.
fn directive(comment: &str) -> Option<&str> {
    let tools = ["doctest:", "xdoctest:", "xdoc:", "byexample:"];
    tools.iter().find_map(|tool| comment.strip_prefix(tool))
}

fn told(comment: &str, from: Flags) -> Flags {
    let Some(words) = directive(comment) else { return from };
    let words = words.split([',', ' ', '\t']).filter(|word| !word.is_empty());
    words.fold(from, |flags, word| {
        let known =
            |name: &str| WORDS.iter().find(|(word, _)| *word == name).map(|(_, flag)| *flag);
        match word.split_at_checked(1) {
            Some(("+", name)) => known(name).map_or(flags, |flag| flags.with(flag)),
            Some(("-", name)) => known(name).map_or(flags, |flag| flags.without(flag)),
            _ => flags,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_and_remarks_are_read_and_foreign_words_passed_over() {
        let ellipsis = Flags::ELLIPSIS;
        let both = ellipsis.with(Flags::NORMALIZE_WHITESPACE);
        for (typed, shown, expected) in [
            ("x", "1", Flags::default()),
            ("x # doctest: +ELLIPSIS", "", ellipsis),
            ("x #doctest:+ELLIPSIS,+NORMALIZE_WHITESPACE", "", both),
            ("x # doctest: +ELLIPSIS +NORMALIZE_WHITESPACE", "", both),
            ("x # doctest: +ELLIPSIS, -ELLIPSIS", "", Flags::default()),
            ("for x in y: # doctest: +ELLIPSIS\n    z # doctest: +NORMALIZE_WHITESPACE", "", both),
            ("x # doctest: +REPORT_UDIFF, +REMOTE_DATA, +ELLIPSIS", "", ellipsis),
            ("x # xdoctest: +SKIP", "", Flags::SKIP),
            ("x # xdoctest: +REQUIRES(module:y)", "", Flags::default()),
            ("x # byexample: +norm-ws +rm=~", "", Flags::NORMALIZE_WHITESPACE),
            ("s = '# doctest: +SKIP'", "", Flags::default()),
            ("random()  # may vary", "0.5", Flags::IGNORE_OUTPUT),
            ("random()", "0.5 # random", Flags::IGNORE_OUTPUT),
            ("x # randomly", "# in random order", Flags::default()),
        ] {
            assert_eq!(flags(typed, shown, Flags::default()), expected, "{typed}");
        }
        assert!(is_directed("x # doctest: +UNKNOWN") && !is_directed("x # doctest"));
    }
}
