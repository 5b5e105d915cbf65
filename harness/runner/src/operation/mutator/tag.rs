//! `tag`: a tool gives content that is there another tag.
//!
//! Owns: everything about this operation.

use std::sync::Arc;

use referee_layout::Referrer;
use referee_process::HarnessError;
use referee_process::service::Request;
use referee_results::Role;
use referee_source::SourceError;
use referee_spec::tag::is_tag;
use referee_writer::{Contents, Name};

use crate::operation::given::{node, save};
use crate::operation::probe::{ATTACH, IMAGE, SBOM};
use crate::operation::{Action, Capability, Form, Key, Operation, Placeholder, ResultIn, StepReader, Values};
use crate::state::{After, Failure, REPOSITORY, State};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "tag",
    role: Role::Mutator,
    does: "The mutator gives tagged content another tag.",
    keys: &[
        Key {
            name: "content",
            means: "the name of the content, which has a tag",
            form: Form::Name,
            required: true,
        },
        Key { name: "as", means: "the new tag, which nothing has", form: Form::Text, required: true },
    ],
    adds: None,
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[Placeholder::Subject, Placeholder::SubjectDigest, Placeholder::Tag],
    answer: None,
    result: ResultIn::Layout,
    leaves: "The new tag names what the old one does.",
    keeps: "All content that was there is still there, whole, reached from index.json and named by its tags.",
    read,
};

static CAPABILITIES: [Capability; 1] = [Capability {
    name: "tag",
    means: "gives tagged content another tag",
    probe: &[
        IMAGE,
        SBOM,
        ATTACH,
        "[[step]]\nrole = \"mutator\"\nop = \"tag\"\ncontent = \"image\"\nas = \"v2\"\n",
    ],
}];

#[derive(Debug)]
struct Tag {
    content: Name,
    old: String,
    new: String,
}

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    let (at, content) = step.content("content")?;
    let old = step.tag(at, content)?;
    let new = step.text("as")?;
    if !is_tag(new) {
        let message =
            format!("`{}` is not a tag, expected letters, digits, `_`, `.`, `-`, at most 128", **new);
        return Err(step.wrong(new, message));
    }
    if step.contents().iter().any(|other| other.tag.as_ref() == Some(&**new)) {
        return Err(step.wrong(new, format!("a content has the tag `{}` already", **new)));
    }
    Ok(Arc::new(Tag { content: content.name.clone(), old, new: (**new).clone() }))
}

impl Action for Tag {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[0]
    }

    fn values(&self, state: &State, contents: &Contents, values: Values) -> Result<Values, HarnessError> {
        let digest = state.digest(contents, self.content.as_str());
        Ok(values
            .with(Placeholder::Subject, format!(":{}", self.old))
            .with(Placeholder::SubjectDigest, digest.map_or_else(String::new, |digest| digest.to_string()))
            .with(Placeholder::Tag, &self.new))
    }

    fn requests(&self, state: &State, contents: &Contents) -> Result<Vec<Request>, HarnessError> {
        // a convention may have put the tag on an index around the content
        let tagged = state.facts().ok().and_then(|facts| facts.node(&facts.resolve(&self.old).ok()?));
        let stored =
            tagged.and_then(|node| Some((node.referrer().media_type, state.layout().blob(&node.digest)?)));
        let (media_type, bytes) = stored.unwrap_or_else(|| {
            let planned = node(contents, &self.content);
            (planned.media_type.clone(), planned.bytes.clone())
        });
        save(state, "manifest.json", &bytes)?;
        let (repository, reference) = (REPOSITORY.to_owned(), self.new.clone());
        Ok(vec![Request::Manifest { repository, reference, media_type, file: "manifest.json".into() }])
    }

    fn check(&self, after: &After<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        let Some(digest) = after.before.tags.get(&self.old) else {
            return Err(after.failed_to(format!("there was no tag {} to follow", self.old)));
        };
        after.resolves(&self.new, digest)?;
        after.keeps_all(None)?;
        Ok(Vec::new())
    }
}
