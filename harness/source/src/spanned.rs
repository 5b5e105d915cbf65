//! A value that knows where in its file it stands.
//!
//! Owns: joining `toml`'s spans with JSON Schema generation, which looks through them. Leaves to others: what
//! is said about the place.

use std::borrow::Cow;
use std::ops::{Deref, Range};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

/// A value and its bytes in the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct At<T>(toml::Spanned<T>);

impl<T> At<T> {
    /// A value with its bytes in the file.
    pub fn new(span: Range<usize>, value: T) -> Self {
        Self(toml::Spanned::new(span, value))
    }

    /// The value's bytes in the file, and the value.
    pub fn split(self) -> (Range<usize>, T) {
        (self.0.span(), self.0.into_inner())
    }

    /// The value's bytes in the file.
    pub fn span(&self) -> Range<usize> {
        self.0.span()
    }
}

impl<T> Deref for At<T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.0.get_ref()
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
