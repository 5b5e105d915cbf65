//! Operations of bystanders: they use the image, and nobody's referrers should disturb them.
//!
//! Owns: what they share. Leaves to others: each operation, in its own file; asking the same of an image without referrers
//! ([`crate::backend`]).

pub(super) mod inspect;
pub(super) mod resolve;
pub(super) mod tags;

use referee_writer::{Contents, Name};

use referee_source::SourceError;

use super::{Form, Key, Placeholder, StepReader, Values};
use crate::state::State;

/// The key that names the content which is used.
const IMAGE: Key = Key {
    name: "image",
    means: "the name of the content, which has a tag",
    form: Form::Name,
    required: true,
};

/// Content with a tag.
#[derive(Debug)]
struct Tagged {
    content: Name,
    tag: String,
}

impl Tagged {
    /// The content that the step is about.
    fn read(step: &StepReader<'_>) -> Result<Self, SourceError> {
        let (at, content) = step.content("image")?;
        Ok(Self { content: content.name.clone(), tag: step.tag(at, content)? })
    }

    fn values(&self, state: &State, contents: &Contents, values: Values) -> Values {
        let digest = state.digest(contents, self.content.as_str());
        values
            .with(Placeholder::Tag, &self.tag)
            .with(Placeholder::SubjectDigest, digest.map_or_else(String::new, |digest| digest.to_string()))
    }
}
