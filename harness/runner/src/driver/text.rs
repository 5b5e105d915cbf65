//! Words of a driver's command line: texts with placeholders from a closed list, repeated or left out.
//!
//! Owns: their syntax and expansion. Leaves to others: which placeholders there are ([`crate::operation::placeholder`]), and their
//! values. Never a shell: one word stays one word.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::operation::{Placeholder, Values};

/// One word with placeholders. Braces that hold no lower case word, as in Go's `{{json .}}`, stay as they are.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(Vec<Piece>);

#[derive(Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Value(Placeholder),
}

/// A placeholder without a value in this call: the manifest uses it in the wrong operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("placeholder `{{{}}}` has no value in this operation", .0.name())]
pub struct NoValue(pub Placeholder);

/// No placeholder has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown placeholder `{{{0}}}`, expected one of {known}", known = known())]
pub struct UnknownPlaceholder(pub String);

/// All placeholders, in braces.
fn known() -> String {
    Placeholder::ALL.map(|(name, ..)| format!("{{{name}}}")).join(" ")
}

impl Text {
    /// Reads one word.
    ///
    /// # Errors
    /// Names the unknown placeholder and lists the known ones.
    pub fn parse(text: &str) -> Result<Self, UnknownPlaceholder> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let (before, inside) = (&rest[..open], &rest[open + 1..]);
            let word = inside.split('}').next().unwrap_or("");
            let is_word = !word.is_empty()
                && inside.len() > word.len()
                && word.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'.'));
            if is_word {
                literal.push_str(before);
                let placeholder =
                    Placeholder::named(word).ok_or_else(|| UnknownPlaceholder(word.to_owned()))?;
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                pieces.push(Piece::Value(placeholder));
                rest = &inside[word.len() + 1..];
            } else {
                literal.push_str(&rest[..=open]);
                rest = inside;
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Self(pieces))
    }

    /// A word without placeholders.
    pub fn literal(text: &str) -> Self {
        Self(vec![Piece::Literal(text.to_owned())])
    }

    /// The placeholders in it.
    pub fn placeholders(&self) -> impl Iterator<Item = Placeholder> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Value(placeholder) => Some(*placeholder),
            Piece::Literal(_) => None,
        })
    }

    /// The word with its values.
    ///
    /// # Errors
    /// A placeholder has no value in this call.
    pub fn expand(&self, values: &Values) -> Result<String, NoValue> {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Literal(text) => Ok(text.as_str()),
            Piece::Value(name) => values.single.get(name).map(String::as_str).ok_or(NoValue(*name)),
        });
        pieces.collect()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => f.write_str(text)?,
                Piece::Value(name) => write!(f, "{{{}}}", name.name())?,
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl JsonSchema for Text {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": format!("One word of a command line; placeholders: {}.", known()),
        })
    }
}

/// One or several words of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// One word.
    Word(Text),
    /// Words that are repeated for each annotation.
    Each(Vec<Text>),
    /// Words that are left out where the placeholder has no value.
    If(Placeholder, Vec<Text>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Table {
    /// What the words are repeated for: `annotations`.
    #[serde(default)]
    each: Option<String>,
    /// A placeholder's name: without a value for it, the words are left out.
    #[serde(default, rename = "if")]
    condition: Option<String>,
    /// The words.
    argv: Vec<Text>,
}

/// A table of words that is neither repeated nor conditional.
#[derive(Debug, thiserror::Error)]
enum WrongTable {
    #[error("`if = \"{0}\"`: no such placeholder")]
    If(String),
    #[error("`each = \"{0}\"`: expected \"annotations\"")]
    Each(String),
    #[error("expected one of `each` and `if`")]
    Neither,
}

impl Table {
    fn arg(self) -> Result<Arg, WrongTable> {
        match (self.each.as_deref(), self.condition) {
            (Some("annotations"), None) => Ok(Arg::Each(self.argv)),
            (None, Some(name)) => match Placeholder::named(&name) {
                Some(placeholder) => Ok(Arg::If(placeholder, self.argv)),
                None => Err(WrongTable::If(name)),
            },
            (Some(other), None) => Err(WrongTable::Each(other.to_owned())),
            _ => Err(WrongTable::Neither),
        }
    }
}

impl Arg {
    /// The placeholders in its words.
    pub fn placeholders(&self) -> Vec<Placeholder> {
        match self {
            Self::Word(text) => text.placeholders().collect(),
            Self::Each(texts) | Self::If(_, texts) => texts.iter().flat_map(Text::placeholders).collect(),
        }
    }

    /// Expands a command line.
    ///
    /// # Errors
    /// A placeholder has no value in this call.
    pub fn expand_all(args: &[Self], values: &Values) -> Result<Vec<String>, NoValue> {
        let mut words = Vec::new();
        for arg in args {
            match arg {
                Self::Word(text) => words.push(text.expand(values)?),
                Self::Each(texts) => {
                    for (key, value) in &values.annotations {
                        let one = values.clone().with(Placeholder::Key, key).with(Placeholder::Value, value);
                        for text in texts {
                            words.push(text.expand(&one)?);
                        }
                    }
                }
                Self::If(name, texts) if values.single.contains_key(name) => {
                    for text in texts {
                        words.push(text.expand(values)?);
                    }
                }
                Self::If(..) => {}
            }
        }
        Ok(words)
    }
}

impl<'de> Deserialize<'de> for Arg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrTable;
        impl<'de> Visitor<'de> for WordOrTable {
            type Value = Arg;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word, or a table with `argv` and one of `each` and `if`")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Arg, E> {
                Text::parse(text).map(Arg::Word).map_err(E::custom)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Arg, A::Error> {
                let table = Table::deserialize(MapAccessDeserializer::new(map))?;
                table.arg().map_err(A::Error::custom)
            }
        }
        deserializer.deserialize_any(WordOrTable)
    }
}

impl JsonSchema for Arg {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Arg".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let (word, table) = (generator.subschema_for::<Text>(), generator.subschema_for::<Table>());
        schemars::json_schema!({ "anyOf": [word, table] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_expand_and_never_split() {
        let values = Values::default().with(Placeholder::Layout, "/a b").with(Placeholder::Tag, "v1");
        let text = Text::parse("ocidir://{layout}:{tag}").unwrap();
        assert_eq!(text.expand(&values).as_deref(), Ok("ocidir:///a b:v1"));
        assert_eq!(Text::parse("{{json .}}").unwrap().expand(&values).as_deref(), Ok("{{json .}}"));
        assert_eq!(Text::parse("{{.VCSTag}}").unwrap().expand(&values).as_deref(), Ok("{{.VCSTag}}"));
        let missing = Text::parse("{port}").unwrap().expand(&values);
        assert_eq!(missing, Err(NoValue(Placeholder::Port)));
        assert!(Text::parse("{layuot}").unwrap_err().to_string().contains("{layout}"));
    }
}
