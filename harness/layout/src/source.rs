//! TOML files that people write: their text, and mistakes shown at their line.
//!
//! Owns: turning a parse error or a byte span into file, line, column and the line's text. Leaves to others:
//! what the file means, and how a mistake is printed.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;

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
}
