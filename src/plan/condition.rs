//! Conditions of directives: expressions of Python, of which a harmless part is evaluated.
//!
//! Comparisons of the version, the platform, the implementation and of environment variables that
//! an example may ask for, with `and`, `or` and `not`. Everything else has no answer, and nothing
//! is ever executed.

use std::collections::BTreeMap;

/// What conditions may ask about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    /// The numbers of the version of Python.
    pub version: &'a [u32],
    /// `CPython` or `PyPy`.
    pub implementation: &'a str,
    /// The environment variables that an example may ask for.
    pub variables: &'a BTreeMap<String, Option<String>>,
}

/// Whether `condition` holds; `None` where that cannot be told.
pub(super) fn holds(condition: &str, facts: &Facts<'_>) -> Option<bool> {
    if condition.len() > LONGEST {
        return None;
    }
    let tokens = tokens(condition)?;
    let mut reader = Reader { tokens: &tokens, at: 0, depth: 0, facts };
    let value = reader.any()?;
    (reader.at == tokens.len()).then(|| truth(&value)).flatten()
}

/// Nobody writes longer ones.
const LONGEST: usize = 1000;

/// Parentheses and signs of `not` inside of one another.
const DEEPEST: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Number(u32),
    Text(String),
    Sign(&'static str),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Nothing,
    Bool(bool),
    Number(u32),
    Text(String),
    Tuple(Vec<Value>),
    Variables,
    /// What cannot be told.
    Unknown,
}

const SIGNS: &[&str] = &["<=", ">=", "==", "!=", "<", ">", "(", ")", "[", "]", ",", ".", ":"];

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut rest = text.trim_start();
    let mut found = Vec::new();
    while let Some(first) = rest.chars().next() {
        let end = if first.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            found.push(Token::Number(rest[..end].parse().ok()?));
            end
        } else if first.is_alphabetic() || first == '_' {
            let word = |c: char| c.is_alphanumeric() || c == '_';
            let end = rest.find(|c| !word(c)).unwrap_or(rest.len());
            found.push(Token::Word(rest[..end].to_owned()));
            end
        } else if first == '"' || first == '\'' {
            let inner =
                rest[1..].split(first).next().filter(|inner| rest.len() > inner.len() + 1)?;
            found.push(Token::Text(inner.to_owned()));
            inner.len() + 2
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
            found.push(Token::Sign(sign));
            sign.len()
        };
        rest = rest[end..].trim_start();
    }
    Some(found)
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Nothing => Some(false),
        Value::Bool(value) => Some(*value),
        Value::Number(number) => Some(*number != 0),
        Value::Text(text) => Some(!text.is_empty()),
        Value::Tuple(items) => Some(!items.is_empty()),
        Value::Variables | Value::Unknown => None,
    }
}

fn told(truth: Option<bool>) -> Value {
    truth.map_or(Value::Unknown, Value::Bool)
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    facts: &'a Facts<'a>,
}

impl Reader<'_> {
    fn sign(&mut self, sign: &str) -> Option<()> {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(known)) if *known == sign);
        self.at += usize::from(found);
        found.then_some(())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(known)) if known == word);
        self.at += usize::from(found);
        found.then_some(())
    }

    fn any(&mut self) -> Option<Value> {
        let mut value = self.all()?;
        while self.word("or").is_some() {
            let other = self.all()?;
            value = told(match (truth(&value), truth(&other)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            });
        }
        Some(value)
    }

    fn all(&mut self) -> Option<Value> {
        let mut value = self.negated()?;
        while self.word("and").is_some() {
            let other = self.negated()?;
            value = told(match (truth(&value), truth(&other)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            });
        }
        Some(value)
    }

    fn negated(&mut self) -> Option<Value> {
        if self.word("not").is_none() {
            return self.compared();
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let value = self.negated()?;
        self.depth -= 1;
        Some(told(truth(&value).map(|truth| !truth)))
    }

    /// `a < b <= c`: every pair has to hold.
    fn compared(&mut self) -> Option<Value> {
        let mut left = self.value()?;
        let mut result: Option<Option<bool>> = None;
        while let Some(operator) = self.operator() {
            let right = self.value()?;
            let holds = match (&left, operator, &right) {
                (Value::Text(name), "in", Value::Variables) => Some(self.is_set(name)),
                (Value::Text(name), "not in", Value::Variables) => Some(!self.is_set(name)),
                _ => compare(&left, operator, &right),
            };
            result = Some(match (result, holds) {
                (Some(Some(false)), _) | (_, Some(false)) => Some(false),
                (Some(None), _) | (_, None) => None,
                _ => Some(true),
            });
            left = right;
        }
        Some(result.map_or(left, told))
    }

    fn operator(&mut self) -> Option<&'static str> {
        let start = self.at;
        for sign in ["<=", ">=", "==", "!=", "<", ">"] {
            if self.sign(sign).is_some() {
                return Some(sign);
            }
        }
        if self.word("in").is_some() {
            return Some("in");
        }
        if self.word("not").is_some() && self.word("in").is_some() {
            return Some("not in");
        }
        self.at = start;
        None
    }

    fn value(&mut self) -> Option<Value> {
        if self.sign("(").is_some() {
            self.depth += 1;
            if self.depth > DEEPEST {
                return None;
            }
            let value = self.parenthesized();
            self.depth -= 1;
            return value;
        }
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        match token {
            Token::Number(number) => Some(Value::Number(number)),
            Token::Text(text) => Some(Value::Text(text)),
            Token::Word(word) => match word.as_str() {
                "True" => Some(Value::Bool(true)),
                "False" => Some(Value::Bool(false)),
                "None" => Some(Value::Nothing),
                "and" | "or" | "not" | "in" => None,
                _ => self.named(word),
            },
            Token::Sign(_) => None,
        }
    }

    /// An expression, or a tuple, whose parenthesis has been read.
    fn parenthesized(&mut self) -> Option<Value> {
        let mut items = Vec::new();
        let mut commas = 0;
        while self.sign(")").is_none() {
            items.push(self.any()?);
            if self.sign(",").is_some() {
                commas += 1;
            } else {
                self.sign(")")?;
                break;
            }
        }
        match (items.len(), commas) {
            (1, 0) => items.pop(),
            _ => Some(Value::Tuple(items)),
        }
    }

    /// What a dotted name stands for, with what is called or looked up in it.
    fn named(&mut self, mut name: String) -> Option<Value> {
        while self.sign(".").is_some() {
            let Some(Token::Word(word)) = self.tokens.get(self.at) else { return None };
            self.at += 1;
            name = format!("{name}.{word}");
        }
        let arguments = if self.sign("(").is_some() {
            match self.parenthesized()? {
                Value::Tuple(items) => Some(items),
                one => Some(vec![one]),
            }
        } else {
            None
        };
        let value = self.known(&name, arguments.as_deref());
        self.looked_up(value)
    }

    fn known(&self, name: &str, arguments: Option<&[Value]>) -> Value {
        let text = |text: &str| Value::Text(text.to_owned());
        let number =
            |at: usize| self.facts.version.get(at).map_or(Value::Unknown, |n| Value::Number(*n));
        match (name, arguments) {
            ("sys.version_info" | "version_info", None) => {
                Value::Tuple(self.facts.version.iter().map(|n| Value::Number(*n)).collect())
            }
            ("sys.version_info.major", None) => number(0),
            ("sys.version_info.minor", None) => number(1),
            ("sys.version_info.micro", None) => number(2),
            ("sys.platform", None) => text("linux"),
            ("os.name", None) => text("posix"),
            ("platform.system", Some([])) => text("Linux"),
            ("platform.python_implementation", Some([])) => text(self.facts.implementation),
            ("sys.implementation.name", None) => {
                text(&self.facts.implementation.to_ascii_lowercase())
            }
            ("sys.platform.startswith", Some([Value::Text(start)])) => {
                Value::Bool("linux".starts_with(start.as_str()))
            }
            ("os.environ" | "environ", None) => Value::Variables,
            ("os.environ.get" | "environ.get" | "os.getenv", Some([Value::Text(name)])) => {
                self.variable(name, Value::Nothing)
            }
            ("os.environ.get" | "environ.get" | "os.getenv", Some([Value::Text(name), or])) => {
                self.variable(name, or.clone())
            }
            _ => Value::Unknown,
        }
    }

    fn is_set(&self, name: &str) -> bool {
        self.facts.variables.get(name).is_some_and(Option::is_some)
    }

    /// An example sees no variable that it may not ask for.
    fn variable(&self, name: &str, or: Value) -> Value {
        let value = self.facts.variables.get(name).cloned().flatten();
        value.map_or(or, Value::Text)
    }

    /// `value[…]`, where that is an item or the beginning of a tuple, or a variable.
    fn looked_up(&mut self, value: Value) -> Option<Value> {
        if self.sign("[").is_none() {
            return Some(value);
        }
        let start = self.sign(":").is_some();
        let index = self.value()?;
        self.sign("]")?;
        let found = match (value, index) {
            (Value::Tuple(items), Value::Number(count)) if start => {
                Some(Value::Tuple(items.into_iter().take(count as usize).collect()))
            }
            (Value::Tuple(items), Value::Number(at)) => items.get(at as usize).cloned(),
            (Value::Variables, Value::Text(name)) => Some(self.variable(&name, Value::Unknown)),
            _ => None,
        };
        Some(found.unwrap_or(Value::Unknown))
    }
}

fn compare(left: &Value, operator: &str, right: &Value) -> Option<bool> {
    match (left, operator, right) {
        (Value::Text(part), "in", Value::Text(text)) => Some(text.contains(part.as_str())),
        (Value::Text(part), "not in", Value::Text(text)) => Some(!text.contains(part.as_str())),
        (_, "in", Value::Tuple(items)) => Some(items.contains(left)),
        (_, "not in", Value::Tuple(items)) => Some(!items.contains(left)),
        (Value::Unknown | Value::Variables, ..) | (.., Value::Unknown | Value::Variables) => None,
        (_, "==", _) => Some(left == right),
        (_, "!=", _) => Some(left != right),
        _ => {
            let order = order(left, right)?;
            Some(match operator {
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                ">" => order.is_gt(),
                ">=" => order.is_ge(),
                _ => return None,
            })
        }
    }
}

fn order(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Tuple(left), Value::Tuple(right)) => {
            for (left, right) in left.iter().zip(right) {
                match order(left, right)? {
                    std::cmp::Ordering::Equal => {}
                    other => return Some(other),
                }
            }
            Some(left.len().cmp(&right.len()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(condition: &str) -> Option<bool> {
        let given = [("A".to_owned(), Some("1".to_owned())), ("B".to_owned(), None)];
        let variables = BTreeMap::from(given);
        let version = [3, 10, 4];
        let implementation = "CPython";
        super::holds(condition, &Facts { version: &version, implementation, variables: &variables })
    }

    #[test]
    fn versions_platforms_and_variables_are_compared() {
        let cases = [
            ("sys.version_info < (3, 8)", false),
            ("sys.version_info >= (3, 10)", true),
            ("sys.version_info[:2] == (3, 10)", true),
            ("(3, 8) <= sys.version_info < (3, 12)", true),
            ("sys.version_info[0] == 2", false),
            ("sys.version_info.minor > 9", true),
            ("sys.platform == 'win32'", false),
            ("sys.platform.startswith(\"linux\")", true),
            ("sys.platform in ('darwin', 'linux')", true),
            ("not sys.platform.startswith('win')", true),
            ("platform.system() != 'Linux' or os.name == 'posix'", true),
            ("platform.python_implementation() == 'PyPy'", false),
            ("os.environ.get('A') == '1'", true),
            ("os.environ.get('B', '') == '1'", false),
            ("os.getenv('HOME')", false),
            ("'A' in os.environ and 'B' not in os.environ", true),
            ("True and not (False or None)", true),
            // What cannot be told does not matter here.
            ("sys.version_info >= (3,) or has_gpu()", true),
            ("has_gpu() and sys.platform == 'win32'", false),
        ];
        for (condition, expected) in cases {
            assert_eq!(holds(condition), Some(expected), "{condition}");
        }
    }

    #[test]
    fn everything_else_has_no_answer() {
        for condition in [
            "",
            "has_gpu()",
            "__import__('os').system('true')",
            "numpy is None",
            "sys.version_info <",
            "sys.version_info < '3'",
            "(lambda: True)()",
            "1 if True else 0",
            "open('/etc/passwd').read() == ''",
            "'unclosed",
            "True True",
        ] {
            assert_eq!(holds(condition), None, "{condition}");
        }
        assert_eq!(holds(&"(".repeat(900)), None);
        assert_eq!(holds(&"not ".repeat(240)), None);
        assert_eq!(holds(&"x".repeat(LONGEST + 1)), None);
    }
}
