//! The TOML form of a case, and with it the source of its JSON Schema.
//!
//! Owns: keys, their types and their documentation. Leaves to others: whether names lead somewhere and keys
//! fit together ([`super::check`]).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::operation::StepFile;
use referee_results::Outcome;
use referee_results::Role;
use referee_source::At;

/// A question to tools: what is in the layout, who does what to it in which order, and what must come out.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "referee case, version 1")]
pub struct CaseFile {
    /// The version of this file format: 1.
    #[schemars(extend("const" = 1))]
    pub schema: At<u32>,
    /// Equal to the file's stem; kebab case; never reused for another question.
    pub id: At<String>,
    /// The question as one sentence.
    pub title: At<String>,
    /// Why it is asked, in one or two sentences for somebody who knows neither the tools nor the texts.
    pub why: Option<String>,
    /// How settled the case is.
    pub status: Status,
    /// How strongly the cited requirements ask for it.
    pub level: Level,
    /// Ids of the requirements the case rests on.
    pub req: At<Vec<At<String>>>,
    /// Words to filter by.
    #[serde(default)]
    pub tags: Vec<At<String>>,
    /// What the layout holds.
    pub content: Vec<ContentFile>,
    /// Restricts a role to these driver ids or globs; a role that is left out is open to every driver.
    #[serde(default)]
    pub axes: BTreeMap<Role, At<Vec<At<String>>>>,
    /// How often each cell runs at least, where once says nothing: 1 to 100; once by default.
    #[serde(default)]
    #[schemars(range(min = 1, max = 100))]
    pub repeat: Option<At<usize>>,
    /// What is done, in order.
    pub step: Vec<At<StepFile>>,
    /// Outcomes that a specification, or the convention itself, says are right. Elsewhere what was observed is
    /// recorded and only its change fails.
    #[serde(default)]
    pub expect: Vec<At<ExpectFile>>,
}

/// How settled a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It rests on released texts.
    Stable,
    /// It rests on a proposal.
    Proposed,
    /// It is still being written.
    Draft,
}

/// How strongly a text asks, after RFC 2119.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Required.
    Must,
    /// Recommended.
    Should,
    /// Allowed.
    May,
    /// Worth knowing; no text asks for it.
    Info,
}

/// One manifest, by a local name. The plan computes its bytes and its digest.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContentFile {
    /// The local name: lower case letters and digits with `-` between them.
    pub name: At<String>,
    /// What it is.
    pub kind: At<Kind>,
    /// A tag, written as `org.opencontainers.image.ref.name` in index.json.
    pub tag: Option<At<String>>,
    /// Image only: `os/architecture[/variant]`; `linux/amd64` if left out.
    pub platform: Option<At<String>>,
    /// Image only: its entry in index.json says its platform, too; `false` if left out.
    pub platform_in_entry: Option<At<bool>>,
    /// The name of the content it refers to; with it, it is a referrer.
    pub subject: Option<At<String>>,
    /// Its `artifactType`. An artifact without `config` needs one.
    pub artifact_type: Option<At<String>>,
    /// Its annotations.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// Image and artifact: the content of its one layer (of the one file in it, for an image); made of the
    /// name if left out.
    pub text: Option<At<String>>,
    /// Artifact only: the media type of its layer; `text/plain` if left out.
    pub media_type: Option<At<String>>,
    /// Artifact only: a config media type of its own; the empty descriptor if left out.
    pub config: Option<At<String>>,
    /// Artifact only: the config's descriptor carries the config's content as `data`.
    pub inline: Option<At<bool>>,
    /// The algorithm of its digest; `sha256` if left out.
    pub algorithm: Option<At<AlgorithmName>>,
    /// Its bytes are never written: an absent subject, or a listed referrer that is not there.
    pub absent: Option<At<bool>>,
    /// Replaces fields of its `subject` descriptor by untruths.
    pub wrong_subject: Option<At<WrongSubjectFile>>,
    /// It stands for that many, up to 10 000, which differ in their text, in their tag if they have one, and in their names:
    /// `sbom#1`, `sbom#2` and so on. With a subject of the same count, each refers to the one of its number. Only the
    /// built-in writer can be the producer. Where referrers are expected, the plain name is all that refer to the subject.
    #[schemars(range(min = 1, max = 10_000))]
    pub count: Option<At<usize>>,
    /// Index only: the names of its children, in order.
    pub manifests: Option<At<Vec<At<String>>>>,
}

/// What a piece of content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The smallest valid image: a config and one layer with one file.
    Image,
    /// An image manifest with one layer that is not an image.
    Artifact,
    /// An image index.
    Index,
}

/// A registered digest algorithm.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AlgorithmName {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
    /// BLAKE3.
    Blake3,
}

/// Untruths in a `subject` descriptor; its digest stays right.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WrongSubjectFile {
    /// In place of the subject's size.
    pub size: Option<u64>,
    /// In place of the subject's media type.
    pub media_type: Option<At<String>>,
}

/// What is right in some cells.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExpectFile {
    /// Which cells.
    #[serde(rename = "where")]
    pub cells: At<Where>,
    /// What must be observed there.
    pub outcome: Outcome,
    /// Ids of the requirements that say so; none where the convention itself does.
    #[serde(default)]
    pub req: Vec<At<String>>,
}

/// Cells for which somebody says what is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    /// The built-in reader reads with the convention that the built-in writer wrote by.
    SameConvention,
    /// One server is both producer and consumer.
    SameRegistry,
}
