//! `discover`: a tool lists the referrers of a subject.
//!
//! Owns: everything about this operation. Its answer is compared with what is there ([`crate::backend::observe`]); what it does
//! to the layout beside that is noted and changes nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use referee_process::HarnessError;
use referee_process::service::Request;
use referee_results::observation::Observation;
use referee_results::{Outcome, Role};
use referee_source::{At, SourceError};
use referee_writer::{Content, ContentKind, Contents, Name, Platform};

use crate::operation::probe::{ATTACH, IMAGE, SBOM};
use crate::operation::{
    Action, Answer, Answers, Capability, Form, Key, Operation, Placeholder, ResultIn, StepReader, Values,
};
use crate::state::{REPOSITORY, State};

pub(in crate::operation) static OPERATION: Operation = Operation {
    name: "discover",
    role: Role::Consumer,
    does: "The consumer lists the referrers of a subject.",
    keys: &[
        SUBJECT,
        Key {
            name: "by",
            means: "how the subject is addressed; `digest` if left out",
            form: Form::Word(&[
                ("digest", "by its digest"),
                ("tag", "by its tag"),
                ("platform", "as the child, for its platform, of an index with a tag"),
            ]),
            required: false,
        },
        EXPECT,
    ],
    adds: None,
    removes: None,
    capabilities: &CAPABILITIES,
    placeholders: &[Placeholder::Subject, Placeholder::SubjectDigest, Placeholder::Platform],
    answer: Some(Answers::Referrers),
    result: ResultIn::Layout,
    leaves: "Standard output holds a JSON list of descriptors, at the driver's `view`.",
    keeps: "The layout is still there. What else a reader did to it is noted as `changed` on its step.",
    read,
};

/// The key of what is asked about.
const SUBJECT: Key =
    Key { name: "subject", means: "the name of the content asked about", form: Form::Name, required: true };

/// The key of what is right.
const EXPECT: Key = Key {
    name: "expect",
    means: "the names of all its referrers; may be empty",
    form: Form::Names,
    required: true,
};

/// The keys of a question about a digest.
pub(in crate::operation) const BY_DIGEST: &[Key] = &[SUBJECT, EXPECT];

static CAPABILITIES: [Capability; 3] = [
    Capability {
        name: "discover",
        means: "lists referrers of a digest",
        probe: &[IMAGE, SBOM, ATTACH, ASK_IMAGE],
    },
    Capability {
        name: "discover.tag",
        means: "lists referrers of a tag",
        probe: &[IMAGE, SBOM, ATTACH, ASK_IMAGE, "by = \"tag\"\n"],
    },
    Capability {
        name: "discover.platform",
        means: "lists referrers of one platform of a tagged index",
        probe: &[CHILD, ATTACH, ASK_CHILD],
    },
];

const ASK_IMAGE: &str = r#"
[[step]]
role = "consumer"
op = "discover"
subject = "image"
expect = ["sbom"]
"#;

const CHILD: &str = r#"
[[content]]
name = "image"
kind = "image"
tag = "v1"

[[content]]
name = "all"
kind = "index"
tag = "multi"
manifests = ["child"]

[[content]]
name = "child"
kind = "image"
platform = "linux/arm64"

[[content]]
name = "sbom"
kind = "artifact"
subject = "child"
artifact-type = "application/vnd.example.sbom"
annotations = { "com.example.k" = "v" }
"#;

const ASK_CHILD: &str = r#"
[[step]]
role = "consumer"
op = "discover"
subject = "child"
by = "platform"
expect = ["sbom"]
"#;

/// Who refers to a subject?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What a driver has to claim: by digest, by tag, by platform, as far as the operation can be asked so.
    capabilities: &'static [Capability],
    /// The content asked about.
    pub subject: Name,
    /// How it is addressed.
    pub by: Address,
    /// All its referrers.
    pub expect: Vec<Name>,
}

/// How a subject is addressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// By its digest.
    Digest,
    /// By its tag.
    Tag(String),
    /// As the child for a platform of an index with a tag.
    Platform {
        /// The index's tag.
        tag: String,
        /// The child's platform.
        platform: Platform,
    },
}

fn read(step: &StepReader<'_>) -> Result<Arc<dyn Action>, SourceError> {
    Ok(Arc::new(Question::read(step, &CAPABILITIES)?))
}

impl Question {
    /// Reads the keys of a step that asks.
    pub(in crate::operation) fn read(
        step: &StepReader<'_>,
        capabilities: &'static [Capability],
    ) -> Result<Self, SourceError> {
        let (at, subject) = step.content("subject")?;
        let by = match step.word("by")? {
            Some("tag") => Address::Tag(step.tag(at, subject)?),
            Some("platform") => platform(step, at, subject)?,
            _ => Address::Digest,
        };
        let listed = step.names("expect")?;
        let mut expected: BTreeSet<&Name> = BTreeSet::new();
        for at in listed.iter() {
            // of many, those that refer to this subject
            let all = step.all_named(at)?;
            let referrers: Vec<&Content> = all
                .iter()
                .copied()
                .filter(|content| content.subject.as_ref() == Some(&subject.name))
                .collect();
            if referrers.is_empty() {
                let message = format!("`{}` does not refer to `{}`", **at, subject.name);
                return Err(step.wrong(at, message));
            }
            if referrers.iter().any(|content| step.comes_later(&content.name)) {
                let message = format!("`{}` is not in the layout before this step", **at);
                return Err(step.wrong(at, message));
            }
            if referrers.iter().any(|content| step.is_elsewhere(&content.name)) {
                let message =
                    format!("`{}` is in another layout, and no step before this one copies it here", **at);
                return Err(step.wrong(at, message));
            }
            if referrers.iter().any(|content| step.is_removed(&content.name)) {
                let message = format!("`{}` is deleted before this step", **at);
                return Err(step.wrong(at, message));
            }
            if referrers.iter().any(|content| expected.contains(&content.name)) {
                return Err(step.wrong(at, format!("`{}` is expected twice", **at)));
            }
            expected.extend(referrers.iter().map(|content| &content.name));
        }
        let is_there = |name: &Name| !step.comes_later(name) && !step.is_removed(name);
        let refers = |c: &&Content| c.subject.as_ref() == Some(&subject.name) && is_there(&c.name);
        if let Some(left_out) = step.contents().iter().filter(refers).find(|c| !expected.contains(&c.name)) {
            let message = format!("`{}` refers to `{}` too", left_out.name, subject.name);
            return Err(step.wrong(listed, message));
        }
        let expect = expected.into_iter().cloned().collect();
        Ok(Self { capabilities, subject: subject.name.clone(), by, expect })
    }
}

fn platform(step: &StepReader<'_>, at: &At<String>, child: &Content) -> Result<Address, SourceError> {
    let parent = |c: &&Content| c.tag.is_some() && c.manifests().contains(&child.name);
    let tag = step.contents().iter().find(parent).and_then(|index| index.tag.clone());
    match (&child.kind, tag) {
        (ContentKind::Image { platform, .. }, Some(tag)) => {
            Ok(Address::Platform { tag, platform: platform.clone() })
        }
        _ => Err(step.wrong(at, format!("`{}` is not an image in an index with a tag", child.name))),
    }
}

impl Question {
    /// The subject's digest, as text; empty where there is no such content.
    fn digest(&self, state: &State, contents: &Contents) -> String {
        let digest = state.digest(contents, self.subject.as_str());
        digest.map_or_else(String::new, |digest| digest.to_string())
    }
}

impl Action for Question {
    fn needs(&self) -> &'static Capability {
        match self.by {
            Address::Digest => &self.capabilities[0],
            Address::Tag(_) => &self.capabilities[1],
            Address::Platform { .. } => &self.capabilities[2],
        }
    }

    fn question(&self) -> Option<&Question> {
        Some(self)
    }

    fn values(&self, state: &State, contents: &Contents, values: Values) -> Result<Values, HarnessError> {
        let digest = self.digest(state, contents);
        let values = values.with(Placeholder::SubjectDigest, &digest);
        Ok(match &self.by {
            Address::Digest => values.with(Placeholder::Subject, format!("@{digest}")),
            Address::Tag(tag) => values.with(Placeholder::Subject, format!(":{tag}")),
            Address::Platform { tag, platform } => values
                .with(Placeholder::Subject, format!(":{tag}"))
                .with(Placeholder::Platform, platform.to_string()),
        })
    }

    fn requests(&self, state: &State, contents: &Contents) -> Result<Vec<Request>, HarnessError> {
        let digest = self.digest(state, contents);
        Ok(vec![Request::Referrers { repository: REPOSITORY.to_owned(), digest }])
    }

    fn observe(&self, state: &State, _: &Contents, answer: &Answer) -> Observation {
        match answer {
            Answer::Referrers(answer) => Observation::compare(&state.referrers_named(&self.expect), answer),
            Answer::Words(_) => Observation::none(Outcome::Garbled, "the answer is no list of referrers"),
        }
    }
}
