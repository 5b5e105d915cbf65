//! Texts with placeholders: what an entry carries, for one subject or one referrer.
//!
//! Owns: reading a template, and filling it. Leaves to others: telling what a text is made of ([`form`]), and which templates fit where ([`super::check`]).

use std::collections::BTreeMap;
use std::fmt;

use referee_spec::Digest;
use referee_spec::annotation::REF_NAME;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

mod form;

/// A text with placeholders from a closed list: `{subject.digest}`, `{subject.algorithm}`, `{subject.encoded}`,
/// `{subject.ref-name}`; `{referrer.digest}`, `{referrer.algorithm}`, `{referrer.encoded}`, `{referrer.artifact-type}`.
/// Algorithms and encoded parts may be shortened, as in `{subject.encoded:64}`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Template {
    text: String,
    pub(crate) pieces: Vec<Piece>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Whose {
    Subject,
    Referrer,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Piece {
    Literal(String),
    Digest(Whose),
    Algorithm(Whose, usize),
    Encoded(Whose, usize),
    /// A name of the subject in index.json.
    RefName,
    /// The referrer's type.
    ArtifactType,
}

/// Why a text is no [`Template`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// A placeholder has no end.
    #[error("`{{` without `}}` in template")]
    Unclosed,
    /// What is cut off is all, or nothing, whatever the digest.
    #[error("`{{{0}}}` leaves all or nothing, expected a number from 1 to {MOST}")]
    Cut(String),
    /// There is no such placeholder.
    #[error("unknown placeholder `{{{0}}}`, expected {PLACEHOLDERS}")]
    UnknownPlaceholder(String),
}

/// How many characters the longest part of a registered digest has: that of sha512.
const MOST: usize = 128;

const PLACEHOLDERS: &str = "{subject.digest}, {subject.algorithm}, {subject.encoded}, {subject.ref-name}, \
                            {referrer.digest}, {referrer.algorithm}, {referrer.encoded} or {referrer.artifact-type}; \
                            algorithms and encoded parts also cut as in {subject.encoded:64}";

/// What placeholders stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Values<'a> {
    /// The subject.
    pub subject: &'a Digest,
    /// A name of the subject in index.json.
    pub ref_name: Option<&'a str>,
    /// The referrer.
    pub referrer: Option<&'a Digest>,
    /// The referrer's `artifactType`, by the rules of distribution-spec, Listing Referrers.
    pub artifact_type: Option<&'a str>,
}

impl<'a> Values<'a> {
    /// A subject of which nothing but the digest is known.
    pub fn of(subject: &'a Digest) -> Self {
        Self { subject, ref_name: None, referrer: None, artifact_type: None }
    }
}

/// An annotation that an entry must have for a reader to use it.
#[derive(Debug, Clone, Copy)]
pub struct Mark<'a> {
    /// The annotation's key.
    pub key: &'a str,
    /// Its value.
    pub template: &'a Template,
    is_tag: bool,
}

impl<'a> Mark<'a> {
    /// Whether it is the entry's name, and no annotation of the convention's own.
    pub fn is_name(&self) -> bool {
        self.is_tag
    }

    pub(crate) fn all(
        annotation: &'a BTreeMap<String, Template>,
        ref_name: Option<&'a Template>,
    ) -> impl Iterator<Item = Self> {
        let annotations = annotation.iter().map(|(key, template)| Self { key, template, is_tag: false });
        annotations.chain(ref_name.map(|template| Self { key: REF_NAME, template, is_tag: true }))
    }

    /// The annotation's value; nothing where a placeholder stands for nothing.
    pub fn value(&self, values: &Values<'_>) -> Option<String> {
        if self.is_tag { self.template.expand_as_tag(values) } else { self.template.expand(values) }
    }
}

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
        let (whose, what) = match name.split_once('.') {
            Some(("subject", what)) => (Whose::Subject, what),
            Some(("referrer", what)) => (Whose::Referrer, what),
            _ => return Err(unknown()),
        };
        if cut.is_some_and(|cut| cut == 0 || cut > MOST) && matches!(what, "algorithm" | "encoded") {
            return Err(TemplateError::Cut(word.to_owned()));
        }
        match (what, cut) {
            ("digest", None) => Ok(Piece::Digest(whose)),
            ("algorithm", cut) => Ok(Piece::Algorithm(whose, cut.unwrap_or(usize::MAX))),
            ("encoded", cut) => Ok(Piece::Encoded(whose, cut.unwrap_or(usize::MAX))),
            ("ref-name", None) if whose == Whose::Subject => Ok(Piece::RefName),
            ("artifact-type", None) if whose == Whose::Referrer => Ok(Piece::ArtifactType),
            _ => Err(unknown()),
        }
    }

    /// The text for one subject or referrer; nothing where a placeholder stands for nothing.
    pub fn expand(&self, values: &Values<'_>) -> Option<String> {
        self.pieces.iter().map(|piece| piece.expand(values)).collect()
    }

    /// The same with every character of a digest that a tag cannot hold replaced by `-`
    /// ([distribution-spec, Referrers Tag Schema][schema]). What is written out, and a name that is there already, stay.
    ///
    /// [schema]: https://github.com/opencontainers/distribution-spec/blob/967efdc079b91785ad18c77cc4f8991a47feefbf/spec.md#referrers-tag-schema
    pub fn expand_as_tag(&self, values: &Values<'_>) -> Option<String> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let one = |piece: &Piece| {
            let text = piece.expand(values)?;
            Some(match piece {
                Piece::Literal(_) | Piece::RefName => text,
                _ => text.chars().map(|c| if allowed(c) { c } else { '-' }).collect(),
            })
        };
        self.pieces.iter().map(one).collect()
    }

    /// Whether it has no placeholder.
    pub fn is_constant(&self) -> bool {
        self.pieces.iter().all(|piece| matches!(piece, Piece::Literal(_)))
    }

    /// Whether it differs between subjects.
    pub fn has_subject(&self) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Digest(whose) | Piece::Algorithm(whose, _) | Piece::Encoded(whose, _) => {
                *whose == Whose::Subject
            }
            Piece::RefName => true,
            Piece::Literal(_) | Piece::ArtifactType => false,
        })
    }

    /// Whether it has `{subject.ref-name}`.
    pub fn has_ref_name(&self) -> bool {
        self.pieces.contains(&Piece::RefName)
    }

    /// Whether it is `{subject.digest}` and nothing else.
    pub fn is_subject_digest(&self) -> bool {
        self.pieces == [Piece::Digest(Whose::Subject)]
    }

    /// Whether it differs between the referrers of one subject.
    pub fn has_referrer(&self) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Digest(whose) | Piece::Algorithm(whose, _) | Piece::Encoded(whose, _) => {
                *whose == Whose::Referrer
            }
            Piece::ArtifactType => true,
            Piece::Literal(_) | Piece::RefName => false,
        })
    }

    /// Whether it has `{referrer.artifact-type}`.
    pub(crate) fn has_artifact_type(&self) -> bool {
        self.pieces.contains(&Piece::ArtifactType)
    }

    /// The text as it was written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl Piece {
    fn expand(&self, values: &Values<'_>) -> Option<String> {
        let digest = |whose: &Whose| match whose {
            Whose::Subject => Some(values.subject),
            Whose::Referrer => values.referrer,
        };
        let cut = |text: &str, at: usize| text.get(..at).unwrap_or(text).to_owned();
        match self {
            Self::Literal(text) => Some(text.clone()),
            Self::Digest(whose) => digest(whose).map(ToString::to_string),
            Self::Algorithm(whose, at) => Some(cut(digest(whose)?.algorithm(), *at)),
            Self::Encoded(whose, at) => Some(cut(&digest(whose)?.encoded(), *at)),
            Self::RefName => values.ref_name.map(str::to_owned),
            Self::ArtifactType => values.artifact_type.map(str::to_owned),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_stand_for_a_subject_and_a_referrer() {
        let digest = |c: &str| Digest::parse(&format!("sha256:{}", c.repeat(64))).unwrap();
        let (subject, referrer) = (digest("a"), digest("b"));
        let values = Values {
            subject: &subject,
            ref_name: Some("library/x:1"),
            referrer: Some(&referrer),
            artifact_type: Some("text/spdx"),
        };
        let text = "{subject.encoded:2} {referrer.algorithm}/{referrer.encoded:3} {referrer.artifact-type}";
        let template = Template::parse(text).unwrap();
        assert_eq!(template.expand(&values).as_deref(), Some("aa sha256/bbb text/spdx"));
        assert!(template.has_referrer() && !template.has_ref_name());
        // what is not known stands for nothing, and neither does the whole
        assert_eq!(template.expand(&Values::of(&subject)), None);
        // a name is there already, so it is no tag's business what characters it has
        let template = Template::parse("{subject.ref-name}.x").unwrap();
        assert_eq!(template.expand_as_tag(&values).as_deref(), Some("library/x:1.x"));
        assert_eq!(template.expand_as_tag(&Values { ref_name: None, ..values }), None);
    }

    fn tag(digest: &str) -> String {
        let template = Template::parse("{subject.algorithm:32}-{subject.encoded:64}").unwrap();
        template.expand_as_tag(&Values::of(&Digest::parse(digest).unwrap())).unwrap()
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
        for word in ["subject.encoded:999", "subject.encoded:0", "referrer.algorithm:129"] {
            assert_eq!(Template::parse(&format!("{{{word}}}")), Err(TemplateError::Cut(word.to_owned())));
        }
        for word in [
            "subject",
            "subject.digest:3",
            "subject.encoded:x",
            "subject.artifact-type",
            "referrer.ref-name",
            "image.digest",
            "",
        ] {
            let error = Template::parse(&format!("a{{{word}}}b")).unwrap_err();
            assert_eq!(error, TemplateError::UnknownPlaceholder(word.to_owned()));
            assert!(error.to_string().starts_with(&format!("unknown placeholder `{{{word}}}`, expected ")));
        }
    }
}
