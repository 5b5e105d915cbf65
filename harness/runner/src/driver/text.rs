//! Words of a driver's command line: texts with placeholders from a closed list, repeated or left out.
//!
//! Owns: their syntax and expansion. Leaves to others: the values. Never a shell: one word stays one word.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// What may stand between braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Placeholder {
    /// The layout's folder.
    Layout,
    /// The folder that a copy goes to.
    Out,
    /// A tag: of the copied image, or the referrer's own.
    Tag,
    /// What a pushed manifest is stored as: `:tag` or `@digest`.
    Target,
    /// The subject as the case addresses it: `:tag` or `@digest`.
    Subject,
    /// The subject's digest.
    SubjectDigest,
    /// The referrer's artifact type.
    ArtifactType,
    /// The referrer's file, relative to the working directory.
    File,
    /// The media type of that file, or of the pushed manifest.
    MediaType,
    /// A file with the manifest to push, relative to the working directory.
    Manifest,
    /// `os/architecture` of the wanted child.
    Platform,
    /// An annotation's key, inside `each`.
    Key,
    /// An annotation's value, inside `each`.
    Value,
    /// The private home directory.
    Home,
    /// The folder above the served repository.
    Root,
    /// The port to listen on.
    Port,
}

impl Placeholder {
    /// All of them, as manifests spell them.
    pub const ALL: [(&'static str, Self); 16] = [
        ("layout", Self::Layout),
        ("out", Self::Out),
        ("tag", Self::Tag),
        ("target", Self::Target),
        ("subject", Self::Subject),
        ("subject.digest", Self::SubjectDigest),
        ("artifact-type", Self::ArtifactType),
        ("file", Self::File),
        ("media-type", Self::MediaType),
        ("manifest", Self::Manifest),
        ("platform", Self::Platform),
        ("key", Self::Key),
        ("value", Self::Value),
        ("home", Self::Home),
        ("root", Self::Root),
        ("port", Self::Port),
    ];

    /// As manifests spell it.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, placeholder)| *placeholder == self).map_or("", |(name, _)| name)
    }
}

/// One word with placeholders. Braces that hold no lower case word, as in Go's `{{json .}}`, stay as they are.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(Vec<Piece>);

#[derive(Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Value(Placeholder),
}

/// The values of one call.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// Values by placeholder.
    pub single: BTreeMap<Placeholder, String>,
    /// What `each = "annotations"` runs over.
    pub annotations: BTreeMap<String, String>,
}

impl Values {
    /// Sets one value.
    #[must_use]
    pub fn with(mut self, placeholder: Placeholder, value: impl Into<String>) -> Self {
        self.single.insert(placeholder, value.into());
        self
    }
}

/// A placeholder without a value in this call: the manifest uses it in the wrong operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("placeholder `{{{}}}` has no value in this operation", .0.name())]
pub struct NoValue(pub Placeholder);

impl Text {
    /// Reads one word.
    ///
    /// # Errors
    /// Names the unknown placeholder and lists the known ones.
    pub fn parse(text: &str) -> Result<Self, String> {
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
                let placeholder = Placeholder::ALL.iter().find(|(name, _)| *name == word);
                let (_, placeholder) = placeholder.ok_or_else(|| {
                    let names: Vec<_> =
                        Placeholder::ALL.iter().map(|(name, _)| format!("{{{name}}}")).collect();
                    format!("unknown placeholder `{{{word}}}`, expected one of {}", names.join(" "))
                })?;
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                pieces.push(Piece::Value(*placeholder));
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
        let names: Vec<_> = Placeholder::ALL.iter().map(|(name, _)| format!("{{{name}}}")).collect();
        schemars::json_schema!({
            "type": "string",
            "description": format!("One word of a command line; placeholders: {}.", names.join(" ")),
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

impl Table {
    fn arg(self) -> Result<Arg, String> {
        match (self.each.as_deref(), self.condition) {
            (Some("annotations"), None) => Ok(Arg::Each(self.argv)),
            (None, Some(name)) => Placeholder::ALL
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, placeholder)| Arg::If(*placeholder, self.argv))
                .ok_or_else(|| format!("`if = \"{name}\"`: no such placeholder")),
            (Some(other), None) => Err(format!("`each = \"{other}\"`: expected \"annotations\"")),
            _ => Err("expected one of `each` and `if`".to_owned()),
        }
    }
}

impl Arg {
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
        assert!(Text::parse("{layuot}").unwrap_err().contains("{layout}"));
    }
}
