//! `write`: a tool puts something that has nothing to do with the rest into the same layout.
//!
//! Owns: everything about this operation. The manifest's bytes are the tool's choice, and it need not be an artifact: what counts
//! is that it is new, and refers to nothing.

use std::sync::Arc;

use referee_layout::Referrer;
use referee_process::HarnessError;
use referee_process::service::Request;
use referee_results::Role;
use referee_source::SourceError;
use referee_writer::{ContentKind, Contents, Name};

use crate::operation::given::{self, node, save};
use crate::operation::probe::{ATTACH, IMAGE, SBOM};
use crate::operation::{Action, Capability, Form, Key, Operation, Placeholder, ResultIn, StepReader, Values};
use crate::state::{After, Failure, State, whole};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "write",
    role: Role::Mutator,
    does: "The mutator stores something else, with a tag of its own.",
    keys: &[Key {
        name: "content",
        means: "the name of the content: an artifact with a tag, a type, a text and no subject",
        form: Form::Name,
        required: true,
    }],
    adds: Some("content"),
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[Placeholder::Tag, Placeholder::ArtifactType, Placeholder::File, Placeholder::MediaType],
    answer: None,
    result: ResultIn::Layout,
    leaves: "The tag names a manifest that was not there before, has no subject, and whose blobs are there and whole.",
    keeps: "All content that was there is still there, whole, reached from index.json and named by its tags.",
    read,
};

static CAPABILITIES: [Capability; 1] = [Capability {
    name: "write",
    means: "stores an image or artifact of its own under a tag",
    probe: &[
        IMAGE,
        SBOM,
        "[[content]]\nname = \"other\"\nkind = \"artifact\"\ntag = \"other\"\nartifact-type = \"application/vnd.example.config\"\n",
        ATTACH,
        "[[step]]\nrole = \"mutator\"\nop = \"write\"\ncontent = \"other\"\n",
    ],
}];

#[derive(Debug)]
struct Write {
    content: Name,
    tag: String,
}

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    let (at, content) = step.added("content")?;
    let is_simple = matches!(&content.kind, ContentKind::Artifact { config: None, inline: false, .. })
        && content.annotations.is_empty()
        && content.subject.is_none()
        && !content.absent;
    if !is_simple {
        let message =
            "no tool can be told to write this: an artifact with nothing but a tag, a type and a text";
        return Err(step.wrong(at, message));
    }
    Ok(Arc::new(Write { content: content.name.clone(), tag: step.tag(at, content)? }))
}

impl Action for Write {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[0]
    }

    fn values(&self, state: &State, contents: &Contents, values: Values) -> Result<Values, HarnessError> {
        let planned = node(contents, &self.content);
        let values = given::describe(values, state, contents, planned);
        let Some(file) = &planned.file else {
            return Ok(values);
        };
        save(state, &file.name, file.text.as_bytes())?;
        Ok(values.with(Placeholder::File, &file.name).with(Placeholder::MediaType, &file.media_type))
    }

    fn requests(&self, state: &State, contents: &Contents) -> Result<Vec<Request>, HarnessError> {
        given::pushes(state, node(contents, &self.content))
    }

    fn check(&self, after: &After<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        let tag = &self.tag;
        let facts = after.facts()?;
        let digest = match facts.resolve(tag) {
            Ok(digest) => digest,
            Err(why) => return Err(after.failed(format!("tag {tag} does not resolve: {why}"))),
        };
        let Some(node) = facts.node(&digest) else {
            return Err(after.failed(format!("the blob that tag {tag} names is not in the layout")));
        };
        if after.before.manifests.contains(&digest) {
            return Err(after.failed(format!("tag {tag} names what was there before")));
        }
        if node.subject.is_some() {
            return Err(after.failed(format!("what tag {tag} names has a subject")));
        }
        let blobs = node.config.iter().map(|config| &config.digest);
        let blobs = blobs.chain(node.entries.iter().filter_map(|entry| entry.digest()));
        if let Some(lost) = blobs.into_iter().find(|digest| !whole(facts, digest)) {
            let what = format!("a blob of what tag {tag} names ({}) is not there or damaged", lost.short());
            return Err(after.failed(what));
        }
        after.keeps_all(None)?;
        Ok(vec![(self.content.clone(), node.referrer())])
    }
}
