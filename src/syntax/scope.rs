//! What a text does with names at its top level, whatever its language.
//!
//! Data only: `python` and `shell` fill it, and what joins one text with another is for `link`.

/// What a text does with names. Every list is without repetitions, and in an order that depends on
/// the text alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// What it binds at its top level; variables of a shell with their `$`.
    pub binds: Vec<Bound>,
    /// What it reads before it binds it.
    pub needs: Vec<Need>,
    /// What it changes in place, or hands to something that may, without having bound it before.
    pub touches: Vec<Touch>,
    /// The functions defined in it that change what they are given, and methods their object.
    pub alters: Vec<String>,
    /// Whether it binds names that nobody can tell: `from m import *`, `exec`.
    pub opens: bool,
    /// Strings handed to something that writes a file of this name.
    pub writes: Vec<String>,
    /// Strings handed to anything else before anything here writes them.
    pub reads: Vec<String>,
    /// What becomes of the working folder.
    pub folder: Folder,
}

/// The working folder of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// Whether what the text does depends on the folder that it begins in.
    pub matters: bool,
    /// The folder that it ends in.
    pub ends: Place,
}

/// A folder, as seen from the one that a text begins in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The same.
    #[default]
    Same,
    /// This one: relative, absolute, or below the user's (`~`).
    At(String),
    /// One that nobody can tell.
    Unknown,
}

/// A name that is bound at the top level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The name.
    pub name: String,
    /// What it is bound to at the end.
    pub what: What,
    /// From which byte of the text on it is bound, whichever way the text runs; nothing where
    /// some way leaves it unbound.
    pub since: Option<usize>,
    /// What happens when it is called.
    pub body: Body,
}

/// What a name is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A module, or something out of one.
    Import,
    /// A part of a package, by way of the package's name: `import a.b`.
    Part,
    /// A function or class.
    Callable,
    /// Any other value.
    Value,
    /// Nothing any more: it was deleted.
    Nothing,
}

/// What the body of a function, or of the methods of a class, does with names of the top level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// Read.
    pub reads: Vec<String>,
    /// Bound, by `global`.
    pub binds: Vec<String>,
    /// Changed in place, or handed to something that may.
    pub touches: Vec<Touch>,
}

/// A name that is read before it is bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The name.
    pub name: String,
    /// The byte of the text where it is read first.
    pub at: usize,
    /// Whether it is only ever called.
    pub called: bool,
    /// Whether Python would stop there without it: false for builtins, for names that some way
    /// binds before, and behind what binds names that nobody can tell.
    pub sure: bool,
}

/// A name whose object may be changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Touch {
    /// The name.
    pub name: String,
    /// What changes it.
    pub by: By,
}

/// What changes an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// A statement: `x[0] = 1`, `x.a = 1`, `del x[0]`.
    Statement,
    /// A method of it, if the method is such: `x.append(1)`.
    Method(String),
    /// A function that it is given to, if the function is such: `fill(x)`.
    Function(String),
}
