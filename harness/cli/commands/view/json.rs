//! The contract `referee/view/v1`.
//!
//! Owns: its documents. Leaves to others: everything in them.

use std::collections::{BTreeMap, BTreeSet};

use referee::layout::Annotations;
use referee::layout::view::tree::{self, Forest, Kind, Relation};
use referee::layout::view::{Complete, Diagnostic, Found, FoundAt, How};
use referee::results::golden::Goldens;
use referee::results::outcome::Outcome;
use referee::spec::Digest;
use schemars::JsonSchema;
use serde::Serialize;

use super::Shown;
use super::measured::Measured;

const SCHEMA: &str = "referee/view/v1";

/// One subject.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "referee view of one subject, version 1")]
pub(super) struct One<'a> {
    #[schemars(extend("const" = "referee/view/v1"))]
    schema: &'static str,
    #[schemars(with = "String")]
    subject: &'a Digest,
    /// Its names in index.json.
    names: Vec<&'a str>,
    complete: Complete,
    referrers: Vec<Referrer<'a>>,
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    conventions: &'a BTreeMap<String, Vec<Digest>>,
    /// Referrers that none of `conventions` finds, and others do.
    #[schemars(with = "Vec<String>")]
    elsewhere: &'a [Digest],
    /// What released tools were seen to make of referrers that are stored so.
    tools: Vec<Tool<'a>>,
    /// What is here and was not so in the recorded cases: with it, a tool may do something else than `tools` says.
    odd: &'a [String],
    /// What names the subject and is no referrer by a valid `subject`, or could not be read.
    related: Vec<Related<'a>>,
    /// Children of the subject that something names.
    below: Vec<Branch<'a>>,
    diagnostics: &'a [Diagnostic],
}

/// All subjects of a layout.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "referee view of all subjects, version 1")]
pub(super) struct All<'a> {
    #[schemars(extend("const" = "referee/view/v1"))]
    schema: &'static str,
    /// Each as if it had been asked for.
    subjects: Vec<One<'a>>,
    trees: Vec<Branch<'a>>,
    /// Entries of index.json that nothing names: their names, or else their digests.
    bare: &'a [String],
    /// What could not be read, and may refer to anything.
    related: Vec<Related<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Referrer<'a> {
    #[schemars(with = "String")]
    digest: &'a Digest,
    media_type: &'a str,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_type: Option<&'a str>,
    #[schemars(with = "BTreeMap<String, String>")]
    annotations: &'a Annotations,
    carriers: Vec<String>,
    found_by: Vec<&'a str>,
    /// Conventions by which it is stored, and not merely found.
    stored_as: Vec<&'a str>,
    verified: bool,
}

/// What was recorded of one column, in a case that is like this layout.
#[derive(Debug, Serialize, JsonSchema)]
struct Tool<'a> {
    convention: &'a str,
    case: &'a str,
    tool: &'a str,
    version: &'a str,
    outcome: Outcome,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Related<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    digest: Option<&'a Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_type: Option<&'a str>,
    named: Vec<Named<'a>>,
    carriers: Vec<String>,
}

/// By what something names a subject.
#[derive(Debug, Serialize, JsonSchema)]
struct Named<'a> {
    /// `subject`, `invalid`, `annotation`, `tag` or `unclear`.
    by: &'static str,
    /// The annotation's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<&'a str>,
    /// Why it is no referrer, or why that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Branch<'a> {
    #[schemars(with = "String")]
    digest: &'a Digest,
    /// `root`, `child` of an index, `content` of a manifest, or how it names the one above, as in `named`.
    relation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    named: Option<Named<'a>>,
    /// `manifest`, `index`, `other`, `unread` or `absent`.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_type: Option<&'a str>,
    names: &'a [&'a str],
    /// Whether what is below is not shown here: it is elsewhere, or deeper than is looked.
    cut: bool,
    branches: Vec<Branch<'a>>,
}

/// The document of one subject.
pub(super) fn one<'a>(shown: &'a Shown<'a>, goldens: &'a Goldens) -> One<'a> {
    let view = &shown.view;
    One {
        schema: SCHEMA,
        subject: &view.subject,
        names: shown.names(),
        complete: view.complete,
        referrers: view.referrers.iter().map(|found| Referrer::new(found, shown)).collect(),
        conventions: &view.conventions,
        elsewhere: &shown.elsewhere,
        tools: shown.measured(goldens).into_iter().map(Tool::from).collect(),
        odd: &shown.odd,
        related: shown.related.iter().map(Related::from).collect(),
        below: shown.below.iter().map(Branch::from).collect(),
        diagnostics: &view.diagnostics,
    }
}

/// The document of all subjects.
pub(super) fn all<'a>(
    subjects: &'a [Shown<'a>],
    goldens: &'a Goldens,
    forest: &'a Forest<'a>,
    unclear: &'a [super::Related<'a>],
) -> All<'a> {
    All {
        schema: SCHEMA,
        subjects: subjects.iter().map(|shown| one(shown, goldens)).collect(),
        trees: forest.trees.iter().map(Branch::from).collect(),
        bare: &forest.bare,
        related: unclear.iter().map(Related::from).collect(),
    }
}

fn carriers(places: &BTreeSet<FoundAt>) -> Vec<String> {
    places.iter().map(ToString::to_string).collect()
}

impl<'a> From<Measured<'a>> for Tool<'a> {
    fn from(Measured { convention, case, tool, version, outcome }: Measured<'a>) -> Self {
        Self { convention, case, tool, version, outcome }
    }
}

impl<'a> Referrer<'a> {
    fn new(found: &'a Found, shown: &'a Shown<'a>) -> Self {
        let Found { referrer, places, found_by, verified } = found;
        let stored = shown.stored.get(&referrer.digest);
        Self {
            digest: &referrer.digest,
            media_type: &referrer.media_type,
            size: referrer.size,
            artifact_type: referrer.artifact_type.as_deref(),
            annotations: &referrer.annotations,
            carriers: carriers(places),
            found_by: found_by.iter().map(AsRef::as_ref).collect(),
            stored_as: stored.into_iter().flatten().map(String::as_str).collect(),
            verified: *verified,
        }
    }
}

impl<'a> From<&'a super::Related<'a>> for Related<'a> {
    fn from(one: &'a super::Related<'a>) -> Self {
        Self {
            digest: one.digest,
            media_type: one.media_type,
            artifact_type: one.artifact_type,
            named: one.hows.iter().map(Named::from).collect(),
            carriers: carriers(&one.places),
        }
    }
}

impl<'a> From<&'a How<'a>> for Named<'a> {
    fn from(how: &'a How<'a>) -> Self {
        let (key, tag, why) = match how {
            How::Subject | How::Listed => (None, None, None),
            How::Annotation(key) => (Some(*key), None, None),
            How::Tag(tag) => (None, Some(*tag), None),
            How::Invalid(why) | How::Unclear(why) => (None, None, Some(why.as_str())),
        };
        Self { by: how.word(), key, tag, why }
    }
}

impl<'a> From<&'a tree::Branch<'a>> for Branch<'a> {
    fn from(branch: &'a tree::Branch<'a>) -> Self {
        let (relation, named) = match &branch.relation {
            Relation::Root => ("root", None),
            Relation::Child => ("child", None),
            Relation::Content(_) => ("content", None),
            Relation::Names(how) => (how.word(), Some(Named::from(how))),
        };
        let kind = match branch.kind {
            Kind::Manifest => "manifest",
            Kind::Index => "index",
            Kind::Other => "other",
            Kind::Unread => "unread",
            Kind::Absent => "absent",
        };
        Self {
            digest: &branch.digest,
            relation,
            named,
            kind,
            artifact_type: branch.artifact_type,
            names: &branch.names,
            cut: branch.cut,
            branches: branch.branches.iter().map(Self::from).collect(),
        }
    }
}
