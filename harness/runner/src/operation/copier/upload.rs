//! `upload`: a tool copies a tag, with referrers, from a layout to a registry.
//!
//! Owns: everything about this operation. Whether referrers have arrived is no postcondition: the registry is asked
//! ([`crate::operation::registry::answer`]).

use std::collections::BTreeSet;
use std::sync::Arc;

use referee_layout::Referrer;
use referee_process::HarnessError;
use referee_process::service::Request;
use referee_results::Role;
use referee_source::SourceError;
use referee_spec::Digest;
use referee_writer::{Contents, Name};

use crate::operation::probe::{ANSWER, ATTACH, IMAGE, SBOM, UPLOAD};
use crate::operation::{Action, Capability, Form, Key, Operation, Placeholder, ResultIn, StepReader, Values};
use crate::state::{Arrived, Before, Failure, REPOSITORY, State};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "upload",
    role: Role::Copier,
    does: "The copier copies a tag, with referrers, from a layout to a registry.",
    keys: &[
        super::SOURCE,
        Key {
            name: "what",
            means: "what is uploaded; `tag` if left out",
            form: Form::Word(&[
                ("tag", "what the tag names, with its referrers"),
                ("layout", "the whole layout, which the tag of the registry then names"),
            ]),
            required: false,
        },
    ],
    adds: None,
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[Placeholder::Registry, Placeholder::Repository, Placeholder::Tag],
    answer: None,
    result: ResultIn::Layout,
    leaves: "In the registry the tag names what it named, and all that it led to and that was there is there.",
    keeps: "The layout as it was.",
    read,
};

static CAPABILITIES: [Capability; 2] = [
    Capability {
        name: "upload",
        means: "copies a tag and its referrers from a layout to a registry",
        probe: &[IMAGE, SBOM, ATTACH, UPLOAD, ANSWER],
    },
    Capability {
        name: "upload.layout",
        means: "copies a whole layout to a registry",
        probe: &[IMAGE, SBOM, ATTACH, UPLOAD, "what = \"layout\"\n", ANSWER],
    },
];

/// What is uploaded.
#[derive(Debug)]
struct Upload {
    tag: String,
    whole: bool,
}

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    Ok(Arc::new(Upload { tag: super::tag(step)?, whole: step.word("what")? == Some("layout") }))
}

impl Upload {
    /// The manifests that have to arrive, with what is below them.
    fn roots<'b>(&self, before: &'b Before) -> Vec<&'b Digest> {
        if self.whole { before.listed().collect() } else { before.tags.get(&self.tag).into_iter().collect() }
    }
}

impl Action for Upload {
    fn needs(&self) -> &'static Capability {
        &CAPABILITIES[usize::from(self.whole)]
    }

    fn values(&self, _: &State, _: &Contents, values: Values) -> Result<Values, HarnessError> {
        Ok(values.with(Placeholder::Tag, &self.tag))
    }

    fn afterwards(&self, state: &State, _: &Contents) -> Vec<Request> {
        let before = Before::of(state);
        let get = |reference: String| Request::Get { repository: REPOSITORY.to_owned(), reference };
        let one = |digest: &Digest| {
            let text = digest.to_string();
            if before.manifests.contains(digest) {
                get(text)
            } else {
                Request::HasBlob { repository: REPOSITORY.to_owned(), digest: text }
            }
        };
        let below: BTreeSet<&Digest> =
            self.roots(&before).into_iter().flat_map(|digest| before.below(digest)).collect();
        [get(self.tag.clone())].into_iter().chain(below.into_iter().map(one)).collect()
    }

    fn arrived(&self, arrived: &Arrived<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        let before = Before::of(arrived.state);
        let tag = &self.tag;
        let Some(digest) = before.tags.get(tag) else {
            return Err(arrived.failed(format!("there was no tag {tag} to copy")));
        };
        match arrived.manifest(tag) {
            None => return Err(arrived.failed(format!("the registry has no tag {tag}"))),
            Some(bytes) if !self.whole && digest.matches(bytes.as_bytes()) != Some(true) => {
                return Err(
                    arrived.failed(format!("tag {tag} of the registry does not name {}", digest.short()))
                );
            }
            Some(_) => {}
        }
        let mut below = self.roots(&before).into_iter().flat_map(|digest| before.below(digest));
        match below.find(|digest| !arrived.has(digest)) {
            None => Ok(Vec::new()),
            Some(lost) => {
                let from = if self.whole { "index.json".to_owned() } else { format!("tag {tag}") };
                Err(arrived.failed(format!("the registry lacks {}, which {from} leads to", lost.short())))
            }
        }
    }
}
