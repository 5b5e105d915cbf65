//! Cell ids: one case, and who plays each of its roles.
//!
//! Owns: what an id consists of, its text (`case[role=driver,…,convention=…,reader=…]`), the labels that are made of it, and
//! patterns over ids ([`Patterns`]). Leaves to others: which cells there are (`referee-runner`). An id holds no version, so that it
//! survives an upgrade.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use referee_source::is_id;

use crate::role::{Role, UnknownRole};

mod pattern;

pub use pattern::{Part, Patterns, corrected, map_conventions};

/// The driver id of the built-in writer and reader.
pub const BUILTIN: &str = "builtin";

/// The convention without any list: the built-in reader, following it, finds whatever blobs are there.
pub const RAW: &str = "raw";

/// What plays a role in a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Binding {
    /// A column of the matrix.
    Tool(String),
    /// The built-in writer or reader, by this convention.
    Builtin(String),
}

/// One case with its roles bound. Its text is its form in JSON.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct CellId {
    case: String,
    roles: Vec<(Role, Binding)>,
}

/// Why a text is no cell id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CellIdError {
    /// The brackets after the case are not closed at the end.
    #[error("`[` without `]` at the end")]
    Unclosed,
    /// A word that is not `key=value`.
    #[error("`{0}` is not `key=value`")]
    Word(String),
    /// A case, driver or convention whose name cannot be an id.
    #[error("`{0}` is no id: lower case letters and digits, with single `-`, `+`, `.` or `_` between them")]
    Name(String),
    /// A key that is no role.
    #[error(transparent)]
    Role(#[from] UnknownRole),
    /// `builtin` without its convention.
    #[error("{0}=builtin needs `{1}=`")]
    NoConvention(Role, &'static str),
    /// The parts are right, but in another order, or there are too many.
    #[error("the id of these parts is `{0}`")]
    Order(String),
}

impl Binding {
    /// The driver's id in results.
    pub fn driver(&self) -> &str {
        match self {
            Self::Builtin(_) => BUILTIN,
            Self::Tool(id) => id,
        }
    }

    /// The name of the row or column: `as raw` is the built-in writer or reader following the convention `raw`, `oras`
    /// is the tool.
    pub fn label(&self) -> String {
        match self {
            Self::Builtin(convention) => as_convention(convention),
            Self::Tool(id) => id.clone(),
        }
    }

    /// The binding with that label.
    pub fn of_label(label: &str) -> Self {
        match bare(label) {
            Some(convention) => Self::Builtin(convention.to_owned()),
            None => Self::Tool(label.to_owned()),
        }
    }
}

/// The label of a convention.
pub fn as_convention(id: &str) -> String {
    format!("as {id}")
}

/// The convention of a label, if it is one of a convention.
pub fn bare(label: &str) -> Option<&str> {
    label.strip_prefix("as ")
}

impl CellId {
    /// The id of a case whose roles are bound, in the order of the steps. The built-in writer and reader can be the producer
    /// and one other role.
    pub fn new(case: impl Into<String>, roles: Vec<(Role, Binding)>) -> Self {
        Self { case: case.into(), roles }
    }

    /// The case.
    pub fn case(&self) -> &str {
        &self.case
    }

    /// Who plays each role, in the order of the steps.
    pub fn roles(&self) -> &[(Role, Binding)] {
        &self.roles
    }

    /// Who plays `role`.
    pub fn binding(&self, role: Role) -> Option<&Binding> {
        self.roles().iter().find(|(known, _)| *known == role).map(|(_, binding)| binding)
    }

    /// The driver that plays `role`; empty where nobody does.
    pub fn driver(&self, role: Role) -> &str {
        self.binding(role).map_or("", Binding::driver)
    }

    /// Orders cells by how much a person has to think of: fewest roles first, then fewest tools, then fewest of
    /// their variants.
    pub fn smallness(&self) -> (usize, usize, usize, &Self) {
        let tools: Vec<&str> = self.roles().iter().map(|(_, binding)| binding.driver()).collect();
        let variants = tools.iter().filter(|tool| tool.contains('+')).count();
        let tools = tools.iter().filter(|tool| **tool != BUILTIN).count();
        (self.roles().len(), tools, variants, self)
    }

    /// Who has the last word: the reader.
    pub fn last(&self) -> Option<&Binding> {
        self.roles().last().map(|(_, binding)| binding)
    }

    /// The convention by which the built-in writer writes.
    pub fn convention(&self) -> Option<&str> {
        self.builtin(|role| role == Role::Producer)
    }

    /// The convention by which the built-in reader reads.
    pub fn reader(&self) -> Option<&str> {
        self.builtin(|role| role != Role::Producer)
    }

    /// The tools besides the one with the last word, by column.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        let others = self.roles().split_last().map_or(&[][..], |(_, others)| others);
        others.iter().filter_map(|(_, binding)| match binding {
            Binding::Tool(id) => Some(id.as_str()),
            Binding::Builtin(_) => None,
        })
    }

    /// The row of the matrix: all before the last, such as `as raw > oras`.
    pub fn row(&self) -> String {
        let others = self.roles().split_last().map_or(&[][..], |(_, others)| others);
        others.iter().map(|(_, binding)| binding.label()).collect::<Vec<_>>().join(" > ")
    }

    /// The column of the matrix.
    pub fn column(&self) -> String {
        self.last().map(Binding::label).unwrap_or_default()
    }

    fn builtin(&self, plays: impl Fn(Role) -> bool) -> Option<&str> {
        self.roles().iter().find_map(|(role, binding)| match binding {
            Binding::Builtin(convention) if plays(*role) => Some(convention.as_str()),
            _ => None,
        })
    }
}

impl fmt::Display for CellId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.case())?;
        let roles = self.roles().iter().map(|(role, binding)| (role.name(), binding.driver()));
        let conventions = [("convention", self.convention()), ("reader", self.reader())];
        let conventions = conventions.into_iter().filter_map(|(key, value)| Some((key, value?)));
        for (at, (key, value)) in roles.chain(conventions).enumerate() {
            write!(f, "{}{key}={value}", if at == 0 { '[' } else { ',' })?;
        }
        if self.roles().is_empty() { Ok(()) } else { f.write_str("]") }
    }
}

impl FromStr for CellId {
    type Err = CellIdError;

    fn from_str(text: &str) -> Result<Self, CellIdError> {
        let (case, words) = match text.split_once('[') {
            None => (text, None),
            Some((case, rest)) => (case, Some(rest.strip_suffix(']').ok_or(CellIdError::Unclosed)?)),
        };
        let named = |name: &str| {
            if is_id(name) { Ok(name.to_owned()) } else { Err(CellIdError::Name(name.to_owned())) }
        };
        let case = named(case)?;
        let (mut drivers, mut convention, mut reader) = (Vec::new(), None, None);
        for word in words.iter().flat_map(|words| words.split(',')) {
            let (key, value) = word.split_once('=').ok_or_else(|| CellIdError::Word(word.to_owned()))?;
            let value = named(value)?;
            match key {
                "convention" => convention = Some(value),
                "reader" => reader = Some(value),
                role => drivers.push((role.parse::<Role>()?, value)),
            }
        }
        let mut roles = Vec::new();
        for (role, driver) in drivers {
            let binding = match (driver.as_str(), role) {
                (BUILTIN, Role::Producer) => {
                    Binding::Builtin(convention.take().ok_or(CellIdError::NoConvention(role, "convention"))?)
                }
                (BUILTIN, _) => {
                    Binding::Builtin(reader.take().ok_or(CellIdError::NoConvention(role, "reader"))?)
                }
                _ => Binding::Tool(driver),
            };
            roles.push((role, binding));
        }
        let id = Self::new(case, roles);
        // one cell has one id
        let canonical = id.to_string();
        if canonical == text { Ok(id) } else { Err(CellIdError::Order(canonical)) }
    }
}

impl TryFrom<String> for CellId {
    type Error = CellIdError;

    fn try_from(text: String) -> Result<Self, CellIdError> {
        text.parse()
    }
}

impl From<CellId> for String {
    fn from(id: CellId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_and_its_parts_are_the_same() {
        let text = "copy-it[producer=builtin,copier=oras+old,consumer=builtin,convention=pr-1171+entries,reader=raw]";
        let id: CellId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!((id.convention(), id.reader()), (Some("pr-1171+entries"), Some("raw")));
        assert_eq!((id.row().as_str(), id.column().as_str()), ("as pr-1171+entries > oras+old", "as raw"));
        assert_eq!(id.others().collect::<Vec<_>>(), ["oras+old"]);
        assert_eq!("a-case".parse::<CellId>().unwrap().roles(), []);
        for binding in id.roles().iter().map(|(_, binding)| binding) {
            assert_eq!(Binding::of_label(&binding.label()), *binding);
        }
    }

    #[test]
    fn what_is_no_id_says_why() {
        let error = |text: &str| text.parse::<CellId>().unwrap_err().to_string();
        assert_eq!(error("a[producer=oras"), "`[` without `]` at the end");
        assert_eq!(error("a[oras]"), "`oras` is not `key=value`");
        assert_eq!(error("a[writer=oras]"), "`writer` is no role");
        assert_eq!(error("a[producer=builtin,consumer=oras]"), "producer=builtin needs `convention=`");
        assert_eq!(error("a[consumer=builtin,convention=raw]"), "consumer=builtin needs `reader=`");
        assert!(error("a[producer=Oras]").starts_with("`Oras` is no id"));
        assert!(error("").starts_with("`` is no id"));
        // one too many, or in another order
        assert_eq!(error("a[consumer=oras,reader=raw]"), "the id of these parts is `a[consumer=oras]`");
        assert_eq!(
            error("a[convention=raw,producer=builtin]"),
            "the id of these parts is `a[producer=builtin,convention=raw]`"
        );
    }
}
