//! Conventions: how a tool or a proposal lets readers of a layout find referrers, as data.
//!
//! Owns: the vocabulary, its TOML form, and the expansion of templates. Leaves to others: writing a layout by a
//! convention (`referee-writer`) and reading one (the views of `referee-layout`). There is no code for any one convention:
//! what cannot be said in the vocabulary is a reason to extend the vocabulary.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use referee_source::{Source, SourceError};
use referee_spec::Digest;

mod check;

/// A named set of carriers, with the annotations and names they use. One TOML file under `cases/conventions/`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "referee convention, version 1")]
pub struct Convention {
    /// The version of this file format: 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// Short name, equal to the file's stem.
    pub id: String,
    /// Ids that it had before. They are understood wherever an id is typed, and never printed.
    #[serde(default)]
    pub former: Vec<String>,
    /// One line for people.
    pub title: String,
    /// Where the convention is written down, or whose code does it.
    pub source: String,
    /// Whether released tools do it.
    pub status: Status,
    /// The places where a reader finds referrers, in the order of preference.
    #[serde(rename = "carrier")]
    pub carriers: Vec<Carrier>,
    /// Annotations of index.json itself that say "this layout follows the convention": with them, a subject
    /// without a response is known to have no referrers.
    #[serde(default)]
    pub index_annotation: BTreeMap<String, String>,
}

/// How settled a convention is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// A released tool writes it.
    Released,
    /// Somebody asks for it.
    Proposed,
    /// It was written or asked for once.
    Historic,
}

/// One place where a layout lets a reader find a referrer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Carrier {
    /// Which list holds the entries.
    pub place: ListedIn,
    /// What an entry points at.
    pub lists: Lists,
    /// Annotations on the entry; all of them must hold for a reader to use it.
    #[serde(default)]
    pub annotation: BTreeMap<String, Template>,
    /// The `org.opencontainers.image.ref.name` of the entry. Characters that a tag cannot hold become `-`
    /// (distribution-spec, Referrers Tag Schema).
    #[serde(default)]
    pub ref_name: Option<Template>,
    /// What is copied from the referrer's manifest to its entry.
    #[serde(default)]
    pub pull_up: Vec<PullUp>,
    /// How far a reader looks for entries.
    #[serde(default)]
    pub reach: Reach,
    /// `os/architecture` on the entry (BuildKit's attestations carry `unknown/unknown`).
    #[serde(default)]
    pub platform: Option<String>,
}

impl Carrier {
    /// Whether a reader of `other` looks at the same places for the same marks; what a writer copies to an entry does
    /// not matter to a reader.
    pub fn reads_as(&self, other: &Self) -> bool {
        (self.place, self.lists, self.reach) == (other.place, other.lists, other.reach)
            && self.annotation == other.annotation
            && self.ref_name == other.ref_name
    }
}

/// Which list holds a carrier's entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ListedIn {
    /// `manifests` of index.json.
    Index,
    /// `manifests` of the image index that the subject's own tag points at.
    SubjectIndex,
    /// No list: the manifest is only a blob, and readers scan all blobs.
    Blob,
}

/// What a carrier's entry points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Lists {
    /// A referrers response: an image index of all referrers of one subject.
    Response,
    /// One referrer.
    Referrer,
}

/// A field copied from a referrer's manifest to the entry that lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum PullUp {
    /// `artifactType`, by the rules of distribution-spec, Listing Referrers.
    #[serde(rename = "artifactType")]
    ArtifactType,
    /// All annotations.
    #[serde(rename = "annotations")]
    Annotations,
}

/// How far a reader of a convention looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// At the entries themselves.
    #[default]
    Entries,
    /// At everything that can be reached from the entries through indexes.
    Graph,
}

/// A text with placeholders from a closed list: `{subject.digest}`, `{subject.algorithm}`,
/// `{subject.encoded}`; the last two may be shortened, as in `{subject.encoded:64}`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Template {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Literal(String),
    Digest,
    Algorithm(usize),
    Encoded(usize),
}

/// Why a text is no [`Template`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// A placeholder has no end.
    #[error("`{{` without `}}` in template")]
    Unclosed,
    /// There is no such placeholder.
    #[error("unknown placeholder `{{{0}}}`, expected {PLACEHOLDERS}")]
    UnknownPlaceholder(String),
}

const PLACEHOLDERS: &str = "{subject.digest}, {subject.algorithm} or {subject.encoded}, the last two also cut as in {subject.encoded:64}";

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// A placeholder is not in the list, or has no end.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            if open > 0 {
                pieces.push(Piece::Literal(rest[..open].to_owned()));
            }
            let close = rest[open..].find('}').ok_or(TemplateError::Unclosed)? + open;
            pieces.push(Self::placeholder(&rest[open + 1..close])?);
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        Ok(Self { text: text.to_owned(), pieces })
    }

    fn placeholder(word: &str) -> Result<Piece, TemplateError> {
        let unknown = || TemplateError::UnknownPlaceholder(word.to_owned());
        let (name, cut) = match word.split_once(':') {
            Some((name, cut)) => (name, Some(cut.parse::<usize>().map_err(|_| unknown())?)),
            None => (word, None),
        };
        match (name, cut) {
            ("subject.digest", None) => Ok(Piece::Digest),
            ("subject.algorithm", cut) => Ok(Piece::Algorithm(cut.unwrap_or(usize::MAX))),
            ("subject.encoded", cut) => Ok(Piece::Encoded(cut.unwrap_or(usize::MAX))),
            _ => Err(unknown()),
        }
    }

    /// The text for one subject.
    pub fn expand(&self, subject: &Digest) -> String {
        let cut = |text: &str, at: usize| text.get(..at).unwrap_or(text).to_owned();
        let expanded = self.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Digest => subject.to_string(),
            Piece::Algorithm(at) => cut(subject.algorithm(), *at),
            Piece::Encoded(at) => cut(&subject.encoded(), *at),
        });
        expanded.collect()
    }

    /// The text for one subject, with every character that a tag cannot hold replaced by `-`
    /// ([distribution-spec, Referrers Tag Schema][schema]).
    ///
    /// [schema]: https://github.com/opencontainers/distribution-spec/blob/967efdc079b91785ad18c77cc4f8991a47feefbf/spec.md#referrers-tag-schema
    pub fn expand_as_tag(&self, subject: &Digest) -> String {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        self.expand(subject).chars().map(|c| if allowed(c) { c } else { '-' }).collect()
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Template {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Template".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": format!("A text with placeholders: {PLACEHOLDERS}."),
        })
    }
}

impl Convention {
    /// Reads a convention file.
    ///
    /// # Errors
    /// The first mistake, at its line: a TOML error, an unknown key or placeholder, or a combination of keys
    /// that no reader could follow.
    pub fn parse(source: &Source) -> Result<Self, SourceError> {
        let convention: Self = source.parse()?;
        check::check(&convention, source)?;
        Ok(convention)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(digest: &str) -> String {
        let template = Template::parse("{subject.algorithm:32}-{subject.encoded:64}").unwrap();
        template.expand_as_tag(&Digest::parse(digest).unwrap())
    }

    #[test]
    fn fallback_tags_are_the_golden_vectors() {
        // FALLBACK-001..003: the vectors of cases/requirements/fallback.toml
        let a64 = "a".repeat(64);
        assert_eq!(tag(&format!("sha256:{a64}")), format!("sha256-{a64}"));
        assert_eq!(tag(&format!("sha512:{a64}{a64}")), format!("sha512-{a64}"));
        assert_eq!(
            tag("multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8"),
            "multihash-base58-QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8"
        );
        assert_eq!(tag("sha256+b64:abcd="), "sha256-b64-abcd-");
        assert_eq!(tag("sha256+b64:a__b"), "sha256-b64-a__b");
        assert_eq!(tag("sha256+b64:_abc"), "sha256-b64-_abc");
        assert_eq!(tag("sha256-b64:abcd"), tag("sha256+b64:abcd"));
    }

    #[test]
    fn mistakes_in_templates_are_named() {
        assert_eq!(Template::parse("a{subject.digest"), Err(TemplateError::Unclosed));
        for word in ["subject", "subject.digest:3", "subject.encoded:x", ""] {
            let error = Template::parse(&format!("a{{{word}}}b")).unwrap_err();
            assert_eq!(error, TemplateError::UnknownPlaceholder(word.to_owned()));
            assert!(error.to_string().starts_with(&format!("unknown placeholder `{{{word}}}`, expected ")));
        }
    }

    #[test]
    fn mistakes_are_shown_at_their_line() {
        let head =
            "schema = 1\nid = \"x\"\ntitle = \"t\"\nsource = \"s\"\nstatus = \"proposed\"\n[[carrier]]\n";
        let cases = [
            ("place = \"index\"\nlists = \"respones\"\n", 8, "unknown variant `respones`"),
            ("place = \"index\"\nlists = \"response\"\nref-name = \"{subject}\"\n", 9, "unknown placeholder"),
            ("place = \"index\"\nlists = \"response\"\n", 8, "needs an annotation"),
            ("place = \"index\"\nlists = \"referrer\"\nanotation = {}\n", 9, "unknown field `anotation`"),
        ];
        for (tail, line, message) in cases {
            let error = Convention::parse(&Source::new("x.toml", format!("{head}{tail}"))).unwrap_err();
            assert_eq!(error.line(), line, "{error}");
            assert!(error.message.contains(message), "{error}");
        }
    }
}
