//! Where a text says something: `image-spec v1.1.1 annotations.md, Rules, line 9`.
//!
//! Owns: the form of a citation, the pinned address of each text, and the link to a section. Leaves to others: what the
//! section asks for.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use super::Kind;

/// The texts that can be cited, each at a revision that does not move.
const TEXTS: &[(&str, &str)] = &[
    ("image-spec v1.1.1", "https://github.com/opencontainers/image-spec/blob/v1.1.1"),
    (
        "image-spec 13cff549",
        "https://github.com/opencontainers/image-spec/blob/13cff54902ec9ad6320cbc487a685b66fcd67171",
    ),
    ("distribution-spec v1.1.1", "https://github.com/opencontainers/distribution-spec/blob/v1.1.1"),
    (
        "distribution-spec 967efdc0",
        "https://github.com/opencontainers/distribution-spec/blob/967efdc079b91785ad18c77cc4f8991a47feefbf",
    ),
    (
        "image-spec PR 1171",
        "https://github.com/opencontainers/image-spec/blob/2b6d978f9d1a6813c5acb7bb39ae689e2a50928a",
    ),
];

/// Those of them that are not released yet.
const HEADS: [&str; 2] = ["image-spec 13cff549", "distribution-spec 967efdc0"];

/// What stands in the name of a text that is not adopted.
const PROPOSED: &str = " PR ";

/// One place of one text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Citation {
    written: String,
    /// The text, the file, and the section's heading, as in `image-spec v1.1.1 annotations.md, Rules`.
    section: String,
    link: String,
}

/// Why a text is no citation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CitationError {
    /// It begins with no text that is known.
    #[error("`{0}` cites none of the known texts, expected one of {known}", known = known())]
    Text(String),
    /// It names no file.
    #[error("`{0}` names no file, as in `image-spec v1.1.1 annotations.md, Rules, line 9`")]
    File(String),
}

fn known() -> String {
    TEXTS.iter().map(|(id, _)| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}

impl Citation {
    /// The text, the file and the section, without lines.
    pub fn section(&self) -> &str {
        &self.section
    }

    /// Whether its text is what will be released next.
    pub(super) fn is_of_head(&self) -> bool {
        HEADS.contains(&self.text())
    }

    /// Whether its text is a proposal.
    pub fn is_proposed(&self) -> bool {
        self.text().contains(PROPOSED)
    }

    /// Whether its text is about files of that kind. Most are about any.
    pub(super) fn is_about(&self, kind: Kind) -> bool {
        match self.file() {
            "manifest.md" => kind == Kind::Manifest,
            "image-index.md" => matches!(kind, Kind::IndexJson | Kind::Index | Kind::Response),
            "config.md" => kind == Kind::Config,
            _ => true,
        }
    }

    /// The text, as in `image-spec v1.1.1`.
    pub(super) fn text(&self) -> &str {
        TEXTS.iter().map(|(id, _)| *id).find(|id| self.section.starts_with(id)).unwrap_or_default()
    }

    /// The file of the text, as in `manifest.md`.
    fn file(&self) -> &str {
        let rest = self.section[self.text().len()..].trim_start();
        rest.split_once(", ").map_or(rest, |(file, _)| file)
    }

    /// The address of the section, at a revision that does not move.
    pub fn link(&self) -> &str {
        &self.link
    }

    fn parse(written: String) -> Result<Self, CitationError> {
        let text =
            TEXTS.iter().find_map(|(id, url)| Some((url, written.strip_prefix(id)?.strip_prefix(' ')?)));
        let Some((url, rest)) = text else { return Err(CitationError::Text(written)) };
        let lines = written.find(", line ").or_else(|| written.find(", lines "));
        let section = written[..lines.unwrap_or(written.len())].to_owned();
        let rest = &rest[..rest.len() - (written.len() - section.len())];
        let (file, heading) =
            rest.split_once(", ").map_or((rest, None), |(file, heading)| (file, Some(heading)));
        if !file.contains('.') || file.contains(' ') {
            return Err(CitationError::File(written));
        }
        let anchor = heading.map_or_else(String::new, |heading| format!("#{}", anchor(heading)));
        Ok(Self { link: format!("{url}/{file}{anchor}"), section, written })
    }
}

/// The fragment that GitHub gives to a heading: lower case, dashes for spaces, and no punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

impl TryFrom<String> for Citation {
    type Error = CitationError;

    fn try_from(written: String) -> Result<Self, CitationError> {
        Self::parse(written)
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl Serialize for Citation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Citation, CitationError> {
        Citation::parse(text.to_owned())
    }

    #[test]
    fn a_citation_links_to_its_section() {
        let one = read("image-spec v1.1.1 image-index.md, Image Index Property Descriptions, lines 60, 65")
            .unwrap();
        let head = "https://github.com/opencontainers/image-spec/blob/v1.1.1";
        assert_eq!(one.section(), "image-spec v1.1.1 image-index.md, Image Index Property Descriptions");
        assert_eq!(one.link(), format!("{head}/image-index.md#image-index-property-descriptions"));
        let dotted = read("image-spec v1.1.1 image-layout.md, index.json file").unwrap();
        assert_eq!(dotted.link(), format!("{head}/image-layout.md#indexjson-file"));
        let file = read("image-spec v1.1.1 schema/image-layout-schema.json, lines 7-13").unwrap();
        assert_eq!(file.link(), format!("{head}/schema/image-layout-schema.json"));
        assert_eq!(file.to_string(), "image-spec v1.1.1 schema/image-layout-schema.json, lines 7-13");
    }

    #[test]
    fn a_citation_is_about_the_files_of_its_text() {
        let manifest = read("image-spec v1.1.1 manifest.md, Image Manifest Property Descriptions").unwrap();
        assert!(manifest.is_about(Kind::Manifest) && !manifest.is_about(Kind::Index));
        let index = read("image-spec v1.1.1 image-index.md, Image Index Property Descriptions").unwrap();
        assert!(index.is_about(Kind::IndexJson) && !index.is_about(Kind::Manifest));
        let descriptor = read("image-spec v1.1.1 descriptor.md, Properties").unwrap();
        assert!(descriptor.is_about(Kind::IndexJson) && descriptor.is_about(Kind::Manifest));
        assert!(!descriptor.is_proposed());
        assert!(read("image-spec PR 1171 annotations.md, Rules").unwrap().is_proposed());
    }

    #[test]
    fn what_is_no_citation_is_refused() {
        assert!(matches!(read("image-spec v1.0.0 annotations.md, Rules"), Err(CitationError::Text(_))));
        assert!(matches!(read("image-spec v1.1.1 Rules"), Err(CitationError::File(_))));
        assert!(matches!(read("image-spec PR 1171"), Err(CitationError::Text(_))));
    }
}
