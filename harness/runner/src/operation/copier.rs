//! Operations of copiers: they take content to another place.
//!
//! Owns: what copies of a tag share. Leaves to others: each operation, in its own file.

pub(super) mod copy;
pub(super) mod download;
pub(super) mod upload;

use referee_layout::Referrer;
use referee_source::SourceError;
use referee_writer::Name;

use super::{Form, Key, StepReader};
use crate::state::{After, Failure};

/// The key that names what is copied.
const SOURCE: Key = Key {
    name: "source",
    means: "the name of the content whose tag is copied",
    form: Form::Name,
    required: true,
};

/// The tag of the content that is copied.
fn tag(step: &StepReader<'_>) -> Result<String, SourceError> {
    let (at, source) = step.content("source")?;
    step.tag(at, source)
}

/// In the new layout the tag names what it named, and all that it led to is there.
fn copied(after: &After<'_>, tag: &str) -> Result<Vec<(Name, Referrer)>, Failure> {
    let Some(digest) = after.before.tags.get(tag) else {
        return Err(after.failed_to(format!("there was no tag {tag} to copy")));
    };
    after.resolves(tag, digest)?;
    match after.before.lost_below(after.facts()?, digest) {
        None => Ok(Vec::new()),
        Some(lost) => Err(after.failed(format!("the copy lacks {}, which tag {tag} leads to", lost.short()))),
    }
}
