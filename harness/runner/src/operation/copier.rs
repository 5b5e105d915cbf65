//! Operations of copiers: they take content to another place.
//!
//! Owns: what copies of a tag share. Leaves to others: each operation, in its own file.

pub(super) mod copy;
pub(super) mod download;
pub(super) mod upload;

use referee_layout::Referrer;
use referee_source::SourceError;
use referee_spec::Digest;
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

/// In the new layout is all that the tag led to, and index.json leads to it. That a tool gives it no name is a fact, and
/// recorded, but no sentence asks for one (image-spec image-layout.md, index.json file).
fn downloaded(after: &After<'_>, tag: &str) -> Result<Vec<(Name, Referrer)>, Failure> {
    // where nothing was in a layout before, the registry was given what the case plans
    let planned = after.contents.nodes().iter().find(|node| node.tag.as_deref() == Some(tag));
    let digest =
        after.before.tags.get(tag).or_else(|| Some(&planned.filter(|_| after.before.is_empty())?.digest));
    let Some(digest) = digest else {
        return Err(after.failed_to(format!("there was no tag {tag} to copy")));
    };
    if !after.facts()?.entries().iter().any(|entry| entry.digest() == Some(digest)) {
        return Err(after.failed(format!("index.json does not lead to what tag {tag} names")));
    }
    if let Some(planned) = planned.filter(|_| after.before.is_empty()) {
        after.stored(planned)?;
    }
    complete(after, tag, digest)
}

/// All that the tag led to is there, whole.
fn complete(after: &After<'_>, tag: &str, digest: &Digest) -> Result<Vec<(Name, Referrer)>, Failure> {
    match after.before.lost_below(after.facts()?, digest) {
        None => Ok(Vec::new()),
        Some(lost) => Err(after.failed(format!("the copy lacks {}, which tag {tag} leads to", lost.short()))),
    }
}
