//! `delete`: a tool takes a manifest, or a tag, out of a layout.
//!
//! Owns: everything about this operation. What refers to something that was deleted may go with it, which is for a case to ask
//! a reader; whatever else was there stays.

use std::collections::BTreeSet;
use std::sync::Arc;

use referee_layout::Referrer;
use referee_process::HarnessError;
use referee_process::service::Request;
use referee_results::Role;
use referee_source::SourceError;
use referee_writer::{Contents, Name};

use crate::operation::probe::{ATTACH, IMAGE, SBOM};
use crate::operation::{Action, Capability, Form, Key, Operation, Placeholder, ResultIn, StepReader, Values};
use crate::state::{After, Failure, Free, REPOSITORY, State};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "delete",
    role: Role::Mutator,
    does: "The mutator takes content, or its tag, out of the layout.",
    keys: &[
        Key {
            name: "content",
            means: "the name of the content, which is not an index",
            form: Form::Name,
            required: true,
        },
        Key {
            name: "what",
            means: "what is deleted; `manifest` if left out",
            form: Form::Word(&[
                ("manifest", "the manifest, by its digest"),
                ("tag", "the tag of what refers to nothing; the manifest may stay"),
            ]),
            required: false,
        },
    ],
    adds: None,
    removes: Some("content"),
    capabilities: &CAPABILITIES,
    placeholders: &[Placeholder::Subject, Placeholder::SubjectDigest, Placeholder::Tag],
    answer: None,
    result: ResultIn::Layout,
    leaves: "No entry of index.json names the manifest, and index.json does not lead to its blob; or the tag names nothing.",
    keeps: "All other content that was there is still there, whole, reached from index.json and named by its tags, but for what \
            refers to what was deleted.",
    read,
};

static CAPABILITIES: [Capability; 2] = [
    Capability {
        name: "delete",
        means: "deletes a manifest by its digest",
        probe: &[IMAGE, SBOM, ATTACH, "[[step]]\nrole = \"mutator\"\nop = \"delete\"\ncontent = \"sbom\"\n"],
    },
    Capability {
        name: "delete.tag",
        means: "deletes a tag",
        probe: &[
            IMAGE,
            SBOM,
            "[[content]]\nname = \"other\"\nkind = \"image\"\ntag = \"other\"\n",
            ATTACH,
            "[[step]]\nrole = \"mutator\"\nop = \"delete\"\ncontent = \"other\"\nwhat = \"tag\"\n",
        ],
    },
];

#[derive(Debug)]
struct Delete {
    content: Name,
    /// The tag, if that is what goes.
    tag: Option<String>,
}

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    let (at, content) = step.content("content")?;
    if !content.manifests().is_empty() {
        return Err(step.wrong(at, format!("`{}` has children, which would go with it or not", content.name)));
    }
    if content.absent || step.comes_later(&content.name) || step.is_removed(&content.name) {
        return Err(step.wrong(at, format!("`{}` is not in the layout before this step", content.name)));
    }
    let tag = match step.word("what")? {
        Some("tag") if content.subject.is_some() => {
            let message = format!("whether `{}` is a referrer without its tag is not settled", content.name);
            return Err(step.wrong(at, message));
        }
        Some("tag") => Some(step.tag(at, content)?),
        _ => None,
    };
    Ok(Arc::new(Delete { content: content.name.clone(), tag }))
}

impl Delete {
    fn digest(&self, state: &State, contents: &Contents) -> String {
        let digest = state.digest(contents, self.content.as_str());
        digest.map_or_else(String::new, |digest| digest.to_string())
    }
}

impl Action for Delete {
    fn needs(&self) -> &'static Capability {
        if self.tag.is_some() { &CAPABILITIES[1] } else { &CAPABILITIES[0] }
    }

    fn values(&self, state: &State, contents: &Contents, values: Values) -> Result<Values, HarnessError> {
        Ok(match &self.tag {
            Some(tag) => values.with(Placeholder::Subject, format!(":{tag}")).with(Placeholder::Tag, tag),
            None => {
                let digest = self.digest(state, contents);
                let values = values.with(Placeholder::Subject, format!("@{digest}"));
                values.with(Placeholder::SubjectDigest, digest)
            }
        })
    }

    fn requests(&self, state: &State, contents: &Contents) -> Result<Vec<Request>, HarnessError> {
        let reference = self.tag.clone().unwrap_or_else(|| self.digest(state, contents));
        Ok(vec![Request::Delete { repository: REPOSITORY.to_owned(), reference }])
    }

    fn check(&self, after: &After<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        let Some(digest) = after.state.digest(after.contents, self.content.as_str()) else {
            return Err(after.failed_to(format!("there is no `{}`", self.content)));
        };
        match &self.tag {
            None => after.is_gone(&self.content, &digest)?,
            Some(tag) if after.before.tags.get(tag) != Some(&digest) => {
                return Err(after.failed_to(format!("there was no tag {tag} to delete")));
            }
            Some(tag) => {
                if after.facts()?.tagged(tag).next().is_some() {
                    return Err(after.failed(format!("tag {tag} is still there")));
                }
            }
        }
        let gone = with_referrers(after.contents, &self.content);
        after.keeps_all_but(&Free { gone, ..Free::default() })?;
        Ok(Vec::new())
    }
}

/// Content, what refers to it, what refers to that, and so on.
fn with_referrers(contents: &Contents, name: &Name) -> BTreeSet<Name> {
    let mut all = BTreeSet::new();
    let mut next = vec![name.clone()];
    while let Some(name) = next.pop() {
        next.extend(contents.referrers_of(name.as_str()).into_iter().map(|node| node.name.clone()));
        all.insert(name);
    }
    all
}
