//! `push`: a tool stores a manifest byte for byte.
//!
//! Owns: everything about this operation. What a manifest needs is in the layout before the tool is called, as no tool
//! pushes a manifest and its blobs at once.

use std::sync::Arc;

use referee_layout::Referrer;
use referee_process::HarnessError;
use referee_process::service::Request;
use referee_results::Role;
use referee_source::SourceError;
use referee_writer::{Contents, Name};

use crate::operation::given::{self, describe, node, save};
use crate::operation::probe::{IMAGE, SBOM};
use crate::operation::{Action, Capability, Form, Key, Operation, Placeholder, ResultIn, StepReader, Values};
use crate::state::{After, Failure, State};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "push",
    role: Role::Producer,
    does: "The producer stores these exact bytes.",
    keys: &[Key { name: "content", means: "the name of the content", form: Form::Name, required: true }],
    adds: Some("content"),
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[
        Placeholder::Manifest,
        Placeholder::MediaType,
        Placeholder::Target,
        Placeholder::Tag,
        Placeholder::ArtifactType,
        Placeholder::SubjectDigest,
        Placeholder::Key,
        Placeholder::Value,
    ],
    answer: None,
    result: ResultIn::Layout,
    leaves: "The manifest and all its blobs are there, whole, and its tag, if it has one, names it.",
    keeps: "All content that was there is still there, whole, reached from index.json and named by its tags, but for the tag \
            that was given.",
    read,
};

static CAPABILITIES: [Capability; 1] = [Capability {
    name: "push",
    means: "stores a given manifest byte for byte",
    probe: &[IMAGE, SBOM, "[[step]]\nrole = \"producer\"\nop = \"push\"\ncontent = \"sbom\"\n"],
}];

/// The manifest.
#[derive(Debug)]
struct Push(Name);

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    let (at, content) = step.added("content")?;
    if content.absent && !step.is_for_builtin_only() {
        let message = format!("no tool can list `{}` without having it", content.name);
        return Err(step.wrong(at, message).with_help("set `producer = [\"builtin\"]` under [axes]"));
    }
    Ok(Arc::new(Push(content.name.clone())))
}

impl Action for Push {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[0]
    }

    fn values(&self, state: &State, contents: &Contents, values: Values) -> Result<Values, HarnessError> {
        let planned = node(contents, &self.0);
        state.layout().put_blobs(planned)?;
        save(state, "manifest.json", &planned.bytes)?;
        let target =
            planned.tag.as_ref().map_or_else(|| format!("@{}", planned.digest), |tag| format!(":{tag}"));
        Ok(describe(values, state, contents, planned)
            .with(Placeholder::Manifest, "manifest.json")
            .with(Placeholder::MediaType, planned.media_type.clone())
            .with(Placeholder::Target, target))
    }

    fn requests(&self, state: &State, contents: &Contents) -> Result<Vec<Request>, HarnessError> {
        given::pushes(state, node(contents, &self.0))
    }

    fn check(&self, after: &After<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        let planned = node(after.contents, &self.0);
        let found = after.stored(planned)?;
        if let Some(tag) = &planned.tag {
            after.resolves(tag, &found.digest)?;
        }
        after.keeps_all(planned.tag.as_deref())?;
        Ok(vec![(self.0.clone(), found)])
    }
}
