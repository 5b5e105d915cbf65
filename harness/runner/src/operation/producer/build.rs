//! `build`: a tool makes an image and an attestation about it, both by itself.
//!
//! Owns: everything about this operation. All digests are the tool's choice, so the case's names are bound to what is found: what
//! the attestation names as its subject is the image, even if the tag names an index around it. The built-in writer, which
//! builds nothing, writes the content that the case describes.

use std::collections::BTreeSet;
use std::sync::Arc;

use referee_layout::graph::{self, EdgeKind};
use referee_layout::{Node, Referrer};
use referee_process::HarnessError;
use referee_results::Role;
use referee_source::SourceError;
use referee_spec::Digest;
use referee_writer::{Contents, Name};

use crate::operation::{Action, Capability, Form, Key, Operation, Placeholder, ResultIn, StepReader, Values};
use crate::state::{After, Failure, State, whole};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "build",
    role: Role::Producer,
    does: "The producer makes an image, and an attestation about it.",
    keys: &[
        Key {
            name: "image",
            means: "the name of the content that is the image, which has a tag",
            form: Form::Name,
            required: true,
        },
        Key {
            name: "attestation",
            means: "the name of the content that refers to it",
            form: Form::Name,
            required: true,
        },
    ],
    adds: Some("attestation"),
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[Placeholder::Out, Placeholder::OutArchive, Placeholder::Tag],
    answer: None,
    result: ResultIn::Out,
    leaves: "The tag names an image, or an index; all that it leads to is there and whole, and exactly one manifest names something of it \
             as its subject.",
    keeps: "Nothing: the layout is a new one.",
    read,
};

static CAPABILITIES: [Capability; 1] = [Capability {
    name: "build",
    means: "makes an image and an attestation about it",
    probe: &[r#"
[[content]]
name = "image"
kind = "image"
tag = "v1"

[[content]]
name = "attestation"
kind = "artifact"
subject = "image"
artifact-type = "application/vnd.docker.attestation.manifest.v1+json"

[[step]]
role = "producer"
op = "build"
image = "image"
attestation = "attestation"
"#],
}];

#[derive(Debug)]
struct Build {
    image: Name,
    attestation: Name,
    tag: String,
}

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    let (at, image) = step.content("image")?;
    let tag = step.tag(at, image)?;
    let (at, attestation) = step.added("attestation")?;
    if attestation.subject.as_ref() != Some(&image.name) {
        let message = format!("`{}` does not refer to `{}`", attestation.name, image.name);
        return Err(step.wrong(at, message));
    }
    Ok(Arc::new(Build { image: image.name.clone(), attestation: attestation.name.clone(), tag }))
}

impl Action for Build {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[0]
    }

    fn values(&self, _: &State, _: &Contents, values: Values) -> Result<Values, HarnessError> {
        Ok(values.with(Placeholder::Tag, &self.tag))
    }

    fn check(&self, after: &After<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        let (tag, facts) = (&self.tag, after.facts()?);
        let root = match facts.resolve(tag) {
            Ok(digest) => digest,
            Err(why) => return Err(after.failed(format!("tag {tag} does not resolve: {why}"))),
        };
        let not_subject = |kind: EdgeKind| kind != EdgeKind::Subject;
        let below: BTreeSet<&Digest> = graph::reachable(facts, [&root], not_subject).into_iter().collect();
        let names_some = |node: &&Node| subject(node).is_some_and(|subject| below.contains(subject));
        let found: Vec<&Node> = facts.nodes().filter(names_some).collect();
        let [attestation] = found.as_slice() else {
            let what =
                format!("{} manifests name something that tag {tag} leads to as their subject", found.len());
            return Err(after.failed(what));
        };
        let image = subject(attestation).and_then(|digest| facts.node(digest));
        let Some(image) = image else {
            return Err(after.failed("the attestation's subject is not in the layout"));
        };
        let nodes = below.iter().filter_map(|digest| facts.node(digest)).chain([*attestation]);
        let edges = nodes.flat_map(graph::edges).filter(|edge| not_subject(edge.kind)).map(|edge| edge.to);
        if let Some(lost) = edges.chain([&root]).find(|digest| !whole(facts, digest)) {
            return Err(after.failed(format!("{} is not there or damaged", lost.short())));
        }
        Ok(vec![(self.image.clone(), image.referrer()), (self.attestation.clone(), attestation.referrer())])
    }
}

fn subject(node: &Node) -> Option<&Digest> {
    node.subject.as_ref().map(|subject| &subject.digest)
}
