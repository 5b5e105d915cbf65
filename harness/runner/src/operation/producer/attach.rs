//! `attach`: a tool makes a referrer out of a file.
//!
//! Owns: everything about this operation. The manifest's bytes, and so its digest, are the tool's choice; a registry, which
//! makes no manifests, is given the bytes instead.

use std::sync::Arc;

use referee_layout::facts::Verified;
use referee_layout::{Node, Referrer};
use referee_process::HarnessError;
use referee_process::service::Request;
use referee_results::Role;
use referee_source::SourceError;
use referee_spec::{Algorithm, Digest};
use referee_writer::{ContentKind, ContentNode, Contents, Name, WrongSubject};

use crate::operation::given::{self, describe, node, save};
use crate::operation::probe::{ATTACH, IMAGE, SBOM};
use crate::operation::{Action, Capability, Form, Key, Operation, Placeholder, ResultIn, StepReader, Values};
use crate::state::{After, Failure, State, whole};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "attach",
    role: Role::Producer,
    does: "The producer makes a manifest from the content's file and attaches it to its subject.",
    keys: &[
        CONTENT,
        Key {
            name: "by",
            means: "how the subject is addressed; `digest` if left out",
            form: Form::Word(&[("digest", "by its digest"), ("tag", "by its tag")]),
            required: false,
        },
    ],
    adds: Some("content"),
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[
        Placeholder::Subject,
        Placeholder::SubjectDigest,
        Placeholder::ArtifactType,
        Placeholder::File,
        Placeholder::MediaType,
        Placeholder::Key,
        Placeholder::Value,
    ],
    answer: None,
    result: ResultIn::Layout,
    leaves: "One new manifest names the subject, has the artifact type and the annotations that were given and a layer with \
             the file that was given, and all its blobs are there and whole.",
    keeps: "All content that was there is still there, whole, reached from index.json and named by its tags.",
    read,
};

/// The key that names what is attached.
pub(super) const CONTENT: Key = Key {
    name: "content",
    means: "the name of the content: an artifact with nothing but a subject, a type, annotations and a text",
    form: Form::Name,
    required: true,
};

static CAPABILITIES: [Capability; 2] = [
    Capability {
        name: "attach",
        means: "makes a referrer of a subject given by digest",
        probe: &[IMAGE, SBOM, ATTACH],
    },
    Capability {
        name: "attach.tag",
        means: "makes a referrer of a subject given by its tag",
        probe: &[IMAGE, SBOM, ATTACH, "by = \"tag\"\n"],
    },
];

/// The artifact.
#[derive(Debug)]
struct Attach {
    content: Name,
    /// The subject's tag, where it is given by that.
    tag: Option<String>,
}

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    let content = content(step)?;
    let tag = match step.word("by")? {
        Some("tag") => {
            let (at, planned) = step.content("content")?;
            let subject = planned.subject.as_ref().and_then(|subject| step.find(subject.as_str()));
            subject.map(|subject| step.tag(at, subject)).transpose()?
        }
        _ => None,
    };
    Ok(Arc::new(Attach { content, tag }))
}

/// The content that the step attaches: one that a tool can make.
pub(super) fn content(step: &StepReader<'_>) -> Result<Name, SourceError> {
    let (at, content) = step.added("content")?;
    let subject = content
        .subject
        .as_ref()
        .ok_or_else(|| step.wrong(at, format!("`{}` has no subject to be attached to", content.name)))?;
    let is_simple = matches!(&content.kind, ContentKind::Artifact { config: None, inline: false, .. })
        && content.wrong_subject == WrongSubject::default()
        && content.algorithm == Algorithm::Sha256
        && content.tag.is_none()
        && !content.absent;
    if !is_simple {
        let message = "no tool can be told to attach this: an artifact with nothing but a subject, a type, \
                       annotations and a text";
        return Err(step.wrong(at, message).with_help("use `op = \"push\"`"));
    }
    if step.find(subject.as_str()).is_some_and(|subject| subject.absent) || step.comes_later(subject) {
        let message = format!("the subject `{subject}` is not in the layout yet");
        return Err(step.wrong(at, message).with_help("use `op = \"push\"`"));
    }
    Ok(content.name.clone())
}

/// The values of a call that attaches; its file is written.
pub(super) fn values(
    state: &State,
    planned: &ContentNode,
    contents: &Contents,
    values: Values,
) -> Result<Values, HarnessError> {
    let values = describe(values, state, contents, planned);
    let Some(file) = &planned.file else {
        return Ok(values);
    };
    save(state, &file.name, file.text.as_bytes())?;
    Ok(values.with(Placeholder::File, &file.name).with(Placeholder::MediaType, &file.media_type))
}

impl Action for Attach {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[usize::from(self.tag.is_some())]
    }

    fn values(&self, state: &State, contents: &Contents, values: Values) -> Result<Values, HarnessError> {
        let values = self::values(state, node(contents, &self.content), contents, values)?;
        let digest = values.single.get(&Placeholder::SubjectDigest).cloned().unwrap_or_default();
        let subject = self.tag.as_ref().map_or_else(|| format!("@{digest}"), |tag| format!(":{tag}"));
        Ok(values.with(Placeholder::Subject, subject))
    }

    fn requests(&self, state: &State, contents: &Contents) -> Result<Vec<Request>, HarnessError> {
        given::pushes(state, node(contents, &self.content))
    }

    fn check(&self, after: &After<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        let planned = node(after.contents, &self.content);
        let found = if after.exact { after.stored(planned)? } else { attached(after, planned)? };
        after.keeps_all(None)?;
        Ok(vec![(self.content.clone(), found)])
    }
}

/// The one new manifest with the subject, with the artifact type and annotations that were asked for.
fn attached(after: &After<'_>, planned: &ContentNode) -> Result<Referrer, Failure> {
    let facts = after.facts()?;
    let subject = planned.subject.as_ref();
    let subject = subject.and_then(|subject| after.state.digest(after.contents, subject.name.as_str()));
    let names_subject = |node: &&Node| subject.is_some() && subject_of(node) == subject.as_ref();
    let is_new = |node: &&Node| !after.before.manifests.contains(&node.digest);
    let new: Vec<&Node> = facts.nodes().filter(is_new).filter(names_subject).collect();
    let new = alone(new, planned);
    let node = match new.as_slice() {
        [node] => *node,
        [] => return Err(after.failed("the layout has no new manifest that names the subject")),
        many => {
            let what = format!("the layout has {} new manifests that name the subject", many.len());
            return Err(after.failed(what));
        }
    };
    if node.verified == Verified::No {
        return Err(after.failed("the blob of the new manifest does not match its digest"));
    }
    let layers = || node.entries.iter().filter_map(|entry| entry.digest());
    if let Some(file) = planned.file.as_ref().filter(|_| !after.own)
        && !layers().any(|digest| digest.matches(file.text.as_bytes()) == Some(true))
    {
        return Err(after.failed("the new manifest has no layer with the file that was given"));
    }
    let blobs = node.config.iter().map(|config| &config.digest).chain(layers());
    if let Some(lost) = blobs.into_iter().find(|digest| !whole(facts, digest)) {
        let what = format!("a blob of the new manifest ({}) is not there or damaged", lost.short());
        return Err(after.failed(what));
    }
    let referrer = node.referrer();
    if referrer.artifact_type != planned.artifact_type {
        let got = referrer.artifact_type.as_deref().unwrap_or("none");
        let want = planned.artifact_type.as_deref().unwrap_or("none");
        return Err(after.failed(format!("the new manifest's artifact type is {got}, not {want}")));
    }
    let mut given = planned.annotations.iter().filter(|_| !after.own);
    if let Some((key, _)) = given.find(|(key, value)| referrer.annotations.get(key) != Some(value)) {
        let what = format!("the new manifest lacks the annotation {key} as it was given");
        return Err(after.failed(what));
    }
    Ok(referrer)
}

/// Of several new manifests, those of the artifact type that was given: another step was at work at the same time.
fn alone<'a>(new: Vec<&'a Node>, planned: &ContentNode) -> Vec<&'a Node> {
    if new.len() < 2 {
        return new;
    }
    new.into_iter().filter(|node| node.referrer().artifact_type == planned.artifact_type).collect()
}

fn subject_of(node: &Node) -> Option<&Digest> {
    node.subject.as_ref().map(|descriptor| &descriptor.digest)
}
