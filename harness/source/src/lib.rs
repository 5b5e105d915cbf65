//! TOML files that people write: their text, and mistakes shown at their line.
//!
//! Owns: turning a parse error or a byte span into file, line, column and the line's text. Leaves to others:
//! what the file means, and how a mistake is printed.

mod counted;
mod nearest;
mod plain;
mod spanned;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::de::{DeArray, DeTable};

pub use counted::counted;
pub use nearest::{meant, most_similar, nearest};
pub use plain::{is_plain, plain};
pub use spanned::At;

/// A named text. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
}

/// One mistake in a [`Source`]: what is wrong, where, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{}:{}: {message}", source_file.name(), self.line(), self.column())]
pub struct SourceError {
    /// The file.
    pub source_file: Source,
    /// Bytes of the file that are wrong; empty where only a position is known.
    pub span: Range<usize>,
    /// What is wrong, as a sentence fragment.
    pub message: String,
    /// What to do about it, if that can be said.
    pub help: Option<String>,
}

impl Source {
    /// A text with the name that errors shall show, usually its path.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// The name, usually a path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file name without folders and without its last extension.
    pub fn stem(&self) -> &str {
        let file = self.name.rsplit('/').next().unwrap_or(&self.name);
        file.rsplit_once('.').map_or(file, |(stem, _)| stem)
    }

    /// A mistake at `span` of this file.
    pub fn error(&self, span: Range<usize>, message: impl Into<String>) -> SourceError {
        SourceError { source_file: self.clone(), span, message: message.into(), help: None }
    }

    /// A mistake at a value of this file.
    pub fn wrong<T>(&self, at: &At<T>, message: impl Into<String>) -> SourceError {
        self.error(at.span(), message)
    }

    /// A name in this file that leads nowhere: there is no such `what`; `known` are those that there are.
    pub fn unknown<'a>(
        &self,
        at: &At<String>,
        what: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> SourceError {
        let known: Vec<&str> = known.into_iter().collect();
        let error = self.wrong(at, format!("there is no {what} `{}`", **at));
        match nearest(at, known.iter().copied()) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None if known.is_empty() || known.len() > 20 => error,
            None => error.with_help(format!("expected one of `{}`", known.join("`, `"))),
        }
    }

    /// The bytes of the value at `path`, keys and indexes of lists; of what is around it, where it is missing.
    pub fn place(&self, path: &[&str]) -> Range<usize> {
        let Ok(document) = DeTable::parse(&self.text) else {
            return 0..0;
        };
        let mut span = 0..0;
        let mut table = Some(document.get_ref());
        let mut list: Option<&DeArray<'_>> = None;
        for word in path {
            let inner = match (table, list) {
                (Some(table), _) => table.get(*word),
                (None, Some(list)) => word.parse::<usize>().ok().and_then(|at| list.get(at)),
                (None, None) => None,
            };
            let Some(inner) = inner else {
                break;
            };
            span = inner.span();
            table = inner.get_ref().as_table();
            list = inner.get_ref().as_array();
        }
        span
    }

    /// The bytes of `word` in the value at `path`; of the whole value, where it is not in it.
    pub fn place_in(&self, path: &[&str], word: &str) -> Range<usize> {
        let span = self.place(path);
        match self.text.get(span.clone()).and_then(|text| text.find(word)) {
            Some(at) => span.start + at..span.start + at + word.len(),
            None => span,
        }
    }

    /// Parses the text as TOML into `T`.
    ///
    /// # Errors
    /// The first mistake, at its place.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, SourceError> {
        toml::from_str(&self.text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            self.error(span, error.message().trim_end().to_owned())
        })
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.name)
    }
}

impl SourceError {
    /// The same mistake with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.before().matches('\n').count() + 1
    }

    /// The column in characters, counted from 1.
    pub fn column(&self) -> usize {
        let before = self.before();
        before.rsplit('\n').next().unwrap_or(before).chars().count() + 1
    }

    fn before(&self) -> &str {
        self.source_file.text.get(..self.span.start).unwrap_or("")
    }
}

/// Whether `text` can be an id: lower case letters and digits, with single `-`, `+`, `.` or `_` between them.
pub fn is_id(text: &str) -> bool {
    text.split(['-', '+', '.', '_'])
        .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_knows_its_line() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Two {
            #[expect(dead_code, reason = "only parsed")]
            one: u8,
        }
        let source = Source::new("a/b.toml", "one = 1\ntwoo = 2\n");
        let error = source.parse::<Two>().unwrap_err();
        assert_eq!((error.line(), error.column()), (2, 1));
        assert_eq!(error.to_string(), "a/b.toml:2:1: unknown field `twoo`, expected `one`");
        assert_eq!(source.stem(), "b");
    }

    #[test]
    fn a_value_knows_its_place() {
        let source = Source::new("a.toml", "a = [1, { b = 'x y' }]\n[[c]]\nd.e = 2\n[[c]]\nf = 3\n");
        let at = |path: &[&str]| &source.text()[source.place(path)];
        assert_eq!(at(&["a", "1", "b"]), "'x y'");
        assert_eq!(at(&["c", "0", "d", "e"]), "2");
        assert_eq!(at(&["c", "1", "f"]), "3");
        // what is missing is shown at what should hold it
        assert_eq!(at(&["a", "1", "z"]), "{ b = 'x y' }");
        assert_eq!(at(&["c", "1", "z"]), "[[c]]");
        assert_eq!(source.place(&["z"]), 0..0);
        assert_eq!(source.place_in(&["a"], "y"), 17..18);
    }
}
