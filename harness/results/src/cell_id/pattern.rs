//! Patterns over cell ids: what a FILTER of the command line and `known.cells` of a driver are.
//!
//! Owns: which ids a glob matches. Leaves to others: where patterns come from.

use globset::{GlobBuilder, GlobMatcher};

use super::CellId;
use crate::role::Role;

/// Globs over ids. Brackets stand for themselves, since ids are full of them; case does not matter, and the words in the
/// brackets may come in any order. A text that is no glob matches itself only.
#[derive(Debug, Clone)]
pub struct Patterns(Vec<Pattern>);

#[derive(Debug, Clone)]
struct Pattern {
    whole: Text,
    parts: Option<Parts>,
}

/// What a text is to match. There may be a hundred filters and as many thousand cells, so what is no glob is not matched as one.
#[derive(Debug, Clone)]
enum Text {
    Same(String),
    Glob(GlobMatcher),
}

/// A pattern that names parts of an id.
#[derive(Debug, Clone)]
struct Parts {
    case: Text,
    /// Each has to be in the id.
    words: Vec<(String, Text)>,
    /// Whether others may be, too: one of the words is `*`.
    others: bool,
}

impl Patterns {
    /// The patterns of a list.
    pub fn new<T: AsRef<str>>(patterns: impl IntoIterator<Item = T>) -> Self {
        let one = |pattern: T| {
            let pattern = pattern.as_ref();
            Pattern {
                whole: Text::read(pattern).unwrap_or_else(|| Text::Same(pattern.to_owned())),
                parts: Parts::read(pattern),
            }
        };
        Self(patterns.into_iter().map(one).collect())
    }

    /// Whether one of them matches the id, or its case alone.
    pub fn select(&self, id: &CellId) -> bool {
        let text = id.to_string();
        self.0.iter().any(|pattern| pattern.select(id, &text))
    }

    /// Whether one of them can match a cell of that case.
    pub fn may_select(&self, case: &str) -> bool {
        self.0.iter().any(|pattern| match (&pattern.parts, &pattern.whole) {
            (Some(parts), _) => parts.case.matches(case),
            (None, Text::Same(text)) => {
                text.split('[').next().is_some_and(|own| own.eq_ignore_ascii_case(case))
            }
            (None, Text::Glob(_)) => true,
        })
    }

    /// As [`Self::select`]; of each pattern, `matched` says afterwards whether it has ever matched.
    pub fn select_each(&self, id: &CellId, matched: &mut [bool]) -> bool {
        let text = id.to_string();
        let mut selected = false;
        for (pattern, matched) in self.0.iter().zip(matched) {
            if !(selected && *matched) && pattern.select(id, &text) {
                (selected, *matched) = (true, true);
            }
        }
        selected
    }

    /// Whether one of them matches a driver's id.
    pub fn matches(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| pattern.whole.matches(name))
    }
}

impl Pattern {
    fn select(&self, id: &CellId, text: &str) -> bool {
        self.whole.matches(text)
            || self.whole.matches(id.case())
            || self.parts.as_ref().is_some_and(|parts| parts.select(id))
    }
}

impl Text {
    /// `None` if it is no glob, but has what globs are made of.
    fn read(text: &str) -> Option<Self> {
        if !text.contains(['*', '?', '{', '}', '\\']) {
            return Some(Self::Same(text.to_owned()));
        }
        let glob = GlobBuilder::new(&text.replace('[', "\\[")).case_insensitive(true).build().ok()?;
        Some(Self::Glob(glob.compile_matcher()))
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Same(same) => same.eq_ignore_ascii_case(text),
            Self::Glob(glob) => glob.is_match(text),
        }
    }
}

impl Parts {
    /// The parts of a text such as `*[consumer=oras*,*]`.
    fn read(pattern: &str) -> Option<Self> {
        let (case, rest) = pattern.split_once('[')?;
        let mut words = Vec::new();
        let mut others = false;
        for word in words_of(rest.strip_suffix(']')?) {
            if word == "*" {
                others = true;
                continue;
            }
            let (key, value) = word.split_once('=').filter(|(_, value)| !value.contains('='))?;
            words.push((key.to_lowercase(), Text::read(value)?));
        }
        Some(Self { case: Text::read(case)?, words, others })
    }

    fn select(&self, id: &CellId) -> bool {
        let of = |key: &str| match key {
            "convention" => id.convention(),
            "reader" => id.reader(),
            role => Some(id.binding(role.parse::<Role>().ok()?)?.driver()),
        };
        let parts =
            id.roles().len() + usize::from(id.convention().is_some()) + usize::from(id.reader().is_some());
        let all = |(key, text): &(String, Text)| of(key).is_some_and(|value| text.matches(value));
        self.case.matches(id.case())
            && (self.others || self.words.len() == parts)
            && self.words.iter().all(all)
    }
}

/// The words between commas that are not in braces.
fn words_of(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .collect()
}

/// A pattern with its conventions replaced, where `current` knows another name.
pub fn map_conventions<'a>(pattern: &str, current: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(at) = ["convention=", "reader="].iter().filter_map(|key| rest.find(key)).min() {
        let start = at + rest[at..].find('=').map_or(0, |equals| equals + 1);
        let id = |c: char| c.is_ascii_alphanumeric() || "-+._".contains(c);
        let end = rest[start..].find(|c| !id(c)).map_or(rest.len(), |length| start + length);
        let typed = &rest[start..end];
        text.push_str(&rest[..start]);
        text.push_str(current(typed).unwrap_or(typed));
        rest = &rest[end..];
    }
    text + rest
}

/// What a name in a pattern is a name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Before the brackets: a case.
    Case,
    /// Before an equals sign: a role, `convention` or `reader`.
    Key,
    /// Who plays a role.
    Driver,
    /// By what the built-in writer writes, or the built-in reader reads.
    Convention,
}

/// A pattern with each name replaced for which `better` knows another one.
pub fn corrected<'a>(pattern: &str, better: impl Fn(Part, &str) -> Option<&'a str>) -> String {
    let name = |part: Part, name: &str| better(part, name).unwrap_or(name).to_owned();
    let Some((case, rest)) = pattern.split_once('[') else {
        return name(Part::Case, pattern);
    };
    let one = |word: &str| match word.split_once('=') {
        None => word.to_owned(),
        Some((key, value)) => {
            let key = name(Part::Key, key);
            let of_convention = ["convention", "reader"].contains(&key.as_str());
            let value = name(if of_convention { Part::Convention } else { Part::Driver }, value);
            format!("{key}={value}")
        }
    };
    let words: Vec<String> = words_of(rest.strip_suffix(']').unwrap_or(rest)).into_iter().map(one).collect();
    format!("{}[{}]", name(Part::Case, case), words.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_stand_for_themselves() {
        let id: CellId = "one-two[producer=oras,consumer=regctl]".parse().unwrap();
        let select = |pattern: &str| Patterns::new([pattern]).select(&id);
        assert!(select("one-two[producer=oras,consumer=regctl]"));
        assert!(select("*[producer=oras,*]"));
        assert!(select("one-two"));
        assert!(select("one-*"));
        assert!(!select("one"));
        assert!(!select("*[producer=regctl,*]"));
        // no glob
        assert!(!select("one-two{"));
        assert!(!Patterns::new::<&str>([]).select(&id));
        let mut matched = [false; 4];
        assert!(Patterns::new(["two", "one-two", "ONE*", "one-{"]).select_each(&id, &mut matched));
        assert_eq!(matched, [false, true, true, false]);
        for pattern in
            ["one-two", "ONE-TWO[producer=oras,consumer=regctl]", "one-*", "*[producer=oras,*]", "*-two[*"]
        {
            assert!(Patterns::new([pattern]).may_select("one-two"), "{pattern}");
        }
        for pattern in ["one", "one[producer=oras,consumer=regctl]", "two-*[producer=oras,*]"] {
            assert!(!Patterns::new([pattern]).may_select("one-two"), "{pattern}");
        }
    }

    #[test]
    fn words_come_in_any_order_and_case_does_not_matter() {
        let text = "a-copy[producer=builtin,copier=oras,consumer=builtin,convention=raw,reader=pr-1171]";
        let id: CellId = text.parse().unwrap();
        let select = |pattern: &str| Patterns::new([pattern]).select(&id);
        assert!(select(
            "A-Copy[reader=pr-1171,convention=raw,consumer=Builtin,copier=ORAS,producer=builtin]"
        ));
        assert!(select("*[reader=pr-*,*,copier=oras]"));
        assert!(select("*[copier={regctl,oras},convention=raw,*]"));
        // all of them are asked for, and no other
        assert!(!select("*[reader=pr-1171,copier=oras]"));
        assert!(!select("*[reader=pr-1171,copier=regctl,*]"));
        assert!(!select("*[bystander=oras,*]"));
        assert!(!select("b-copy[reader=pr-1171,*]"));
    }

    #[test]
    fn each_name_is_corrected_as_what_it_is() {
        let better = |part: Part, name: &str| match (part, name) {
            (Part::Case, "one") => Some("two"),
            (Part::Key, "prducer") => Some("producer"),
            (Part::Driver, "one") => Some("oras"),
            (Part::Convention, "one") => Some("raw"),
            _ => None,
        };
        let pattern = "one[prducer=one,*,consumer={one,b},reader=one";
        assert_eq!(corrected(pattern, better), "two[producer=oras,*,consumer={one,b},reader=raw]");
        assert_eq!(corrected("one", better), "two");
        assert_eq!(corrected("*", better), "*");
    }

    #[test]
    fn only_whole_conventions_are_replaced() {
        let current = |id: &str| (id == "old").then_some("new+er");
        assert_eq!(
            map_conventions("*[convention=old,reader=old*]", current),
            "*[convention=new+er,reader=new+er*]"
        );
        assert_eq!(map_conventions("old[*convention=ol", current), "old[*convention=ol");
    }
}
