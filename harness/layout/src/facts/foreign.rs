//! JSON objects that are no manifest or index, and name a subject all the same.
//!
//! Owns: what is kept of them, such as of the artifact manifest that a release candidate of the specification had. Leaves to
//! others: what a reader makes of one.

use std::borrow::Cow;

use super::node::{Flaw, Flaws, Subject};
use crate::document::BlobText;

/// A JSON object of another type that has a `subject`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// Its own `mediaType`, if it has one that is well formed.
    pub media_type: Option<Cow<'static, str>>,
    /// Its own `artifactType`, if it has one that is not empty.
    pub artifact_type: Option<Box<str>>,
    /// What it refers to, if that is well formed.
    pub subject: Option<Subject>,
    /// What is malformed in that.
    pub flaws: Box<[Flaw]>,
}

impl Foreign {
    /// Reads a JSON object that is no manifest or index; `None` if it has no `subject` either.
    pub(super) fn read(text: &BlobText<'_>) -> Option<Self> {
        let view = text.view()?;
        if view.subject().is_absent() {
            return None;
        }
        let mut flaws = Flaws::default();
        let subject = flaws.subject(view);
        Some(Self {
            media_type: view.media_type().into_present(),
            artifact_type: view
                .artifact_type()
                .into_present()
                .filter(|text| !text.is_empty())
                .map(Into::into),
            subject,
            flaws: flaws.into(),
        })
    }
}
