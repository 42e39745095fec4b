//! Versions of Python, and sets of them.

use std::fmt;

/// A version of Python, such as 3.8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Python {
    /// 2 or 3.
    pub major: u8,
    /// The number behind the first dot.
    pub minor: u8,
}

impl Python {
    /// The version `major.minor`.
    pub const fn new(major: u8, minor: u8) -> Self {
        Self { major, minor }
    }

    /// Reads `3.8`, with or without further numbers behind it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(str::parse);
        let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) else {
            return None;
        };
        Some(Self { major, minor })
    }
}

impl fmt::Display for Python {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A set of Python versions among [`Versions::KNOWN`].
///
/// A set rather than an interval, because what Python 3.0 dropped some later version took up again:
/// `u''` is read by 2.6, 2.7 and all from 3.3 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Versions(u32);

impl Versions {
    /// Every version that code is judged by, the oldest first.
    pub const KNOWN: [Python; 17] = {
        let mut known = [Python::new(2, 6); 17];
        known[1] = Python::new(2, 7);
        let mut minor = 0;
        while minor < 15 {
            known[minor as usize + 2] = Python::new(3, minor);
            minor += 1;
        }
        known
    };
    /// Every known version.
    pub const ALL: Self = Self((1 << Self::KNOWN.len()) - 1);
    /// No version.
    pub const NONE: Self = Self(0);
    /// Python 2.
    pub const PY2: Self = Self(0b11);
    /// Python 3.
    pub const PY3: Self = Self(Self::ALL.0 & !Self::PY2.0);

    /// The known versions from `major.minor` on.
    pub const fn since(major: u8, minor: u8) -> Self {
        let mut set = 0;
        let mut at = 0;
        while at < Self::KNOWN.len() {
            let known = Self::KNOWN[at];
            if known.major > major || known.major == major && known.minor >= minor {
                set |= 1 << at;
            }
            at += 1;
        }
        Self(set)
    }

    /// The known versions up to `major.minor`, which is among them.
    pub const fn until(major: u8, minor: u8) -> Self {
        Self(Self::ALL.0 & !Self::since(major, minor + 1).0)
    }

    /// What the oldest and the newest of the set leave of the versions of `among`, as PEP 440 writes
    /// it: `>=3.8,<3.12`. Nothing where they leave all.
    pub fn specifier(self, among: Self) -> Option<String> {
        let own = self.and(among);
        let oldest = own.min().filter(|oldest| Some(*oldest) != among.min());
        let above = own.max().filter(|newest| Some(*newest) != among.max());
        let bounds = oldest
            .map(|oldest| format!(">={oldest}"))
            .into_iter()
            .chain(above.map(|newest| format!("<{}.{}", newest.major, newest.minor + 1)));
        let bounds: Vec<String> = bounds.collect();
        (!bounds.is_empty()).then(|| bounds.join(","))
    }

    /// The known versions that a specifier of ours leaves.
    pub fn specified(text: &str) -> Option<Self> {
        text.split(',').try_fold(Self::ALL, |left, bound| {
            let (since, number) = match bound.strip_prefix(">=") {
                Some(number) => (true, number),
                None => (false, bound.strip_prefix('<')?),
            };
            let Python { major, minor } = Python::parse(number)?;
            let from = Self::since(major, minor);
            Some(left.and(if since { from } else { from.not() }))
        })
    }

    /// Those in both sets.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those in any of the two sets.
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are not in the set.
    pub const fn not(self) -> Self {
        Self(Self::ALL.0 & !self.0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether some version is in both sets.
    pub const fn meets(self, other: Self) -> bool {
        !self.and(other).is_empty()
    }

    /// Whether `version` is in the set.
    pub fn has(self, version: Python) -> bool {
        self.iter().any(|one| one == version)
    }

    /// Whether `version`, or the newest known one where that is newer, is in the set.
    pub fn takes(self, version: Python) -> bool {
        self.has(version.min(Self::KNOWN[Self::KNOWN.len() - 1]))
    }

    /// The versions, the oldest first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Python> {
        let known = Self::KNOWN.into_iter().enumerate();
        known.filter(move |(at, _)| self.0 & (1 << at) != 0).map(|(_, version)| version)
    }

    /// The oldest one.
    pub fn min(self) -> Option<Python> {
        self.iter().next()
    }

    /// The newest one, unless it is the newest known: nothing speaks against later ones then.
    pub fn max(self) -> Option<Python> {
        let newest = Self::KNOWN[Self::KNOWN.len() - 1];
        self.iter().next_back().filter(|version| *version != newest)
    }
}

/// `2.6-2.7`, `3.8 and later`, `2.6-2.7, 3.3 and later`; `none`.
impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        let mut rest = *self;
        let mut begun = false;
        while let Some(first) = rest.min() {
            let at = rest.0.trailing_zeros();
            let run = (rest.0 >> at).trailing_ones();
            let last = Self::KNOWN[(at + run - 1) as usize];
            if begun {
                f.write_str(", ")?;
            }
            begun = true;
            match last {
                _ if (at + run) as usize == Self::KNOWN.len() => write!(f, "{first} and later")?,
                _ if run == 1 => write!(f, "{first}")?,
                _ => write!(f, "{first}-{last}")?,
            }
            rest.0 &= !(((1 << run) - 1) << at);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_made_met_and_told() {
        assert_eq!(Versions::ALL.to_string(), "2.6 and later");
        assert_eq!(Versions::PY2.to_string(), "2.6-2.7");
        assert_eq!(Versions::since(3, 8).to_string(), "3.8 and later");
        let old = Versions::PY2.or(Versions::since(3, 3));
        assert_eq!(old.to_string(), "2.6-2.7, 3.3 and later");
        assert_eq!(Versions::until(3, 0).to_string(), "2.6-3.0");
        assert_eq!(Versions::PY2.and(Versions::PY3), Versions::NONE);
        assert_eq!(Versions::since(3, 12).max(), None);
        assert_eq!(Versions::until(3, 11).max(), Some(Python::new(3, 11)));
        assert_eq!(old.min(), Some(Python::new(2, 6)));
        assert!(old.not().has(Python::new(3, 2)) && !old.has(Python::new(3, 2)));
        assert_eq!(Python::parse("3.12.1"), Some(Python::new(3, 12)));
    }

    #[test]
    fn specifiers_are_read_as_they_are_written() {
        let told = |versions: Versions| versions.specifier(Versions::PY3);
        assert_eq!(told(Versions::ALL), None);
        assert_eq!(told(Versions::PY3), None);
        assert_eq!(told(Versions::since(3, 8)).as_deref(), Some(">=3.8"));
        assert_eq!(told(Versions::until(3, 11)).as_deref(), Some("<3.12"));
        let both = Versions::since(3, 8).and(Versions::until(3, 11));
        assert_eq!(told(both).as_deref(), Some(">=3.8,<3.12"));
        assert_eq!(Versions::specified(">=3.8,<3.12"), Some(both));
        assert_eq!(Versions::specified("<3.12"), Some(Versions::until(3, 11)));
        assert_eq!(Versions::specified("soon"), None);
        assert!(Versions::since(3, 8).takes(Python::new(3, 99)));
        assert!(!Versions::until(3, 11).takes(Python::new(3, 99)));
    }
}
