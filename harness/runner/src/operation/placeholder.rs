//! What may stand between braces in a driver's words, and the values of one call.
//!
//! Owns: the list, and what each means. Leaves to others: words with placeholders ([`crate::driver::Text`]), and which
//! operation has which ([`super::Operation`]).

use std::collections::BTreeMap;

/// What may stand between braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Placeholder {
    /// The layout's folder.
    Layout,
    /// The folder that a copy goes to.
    Out,
    /// The layout as a tar file, which is made for the call.
    Archive,
    /// The tar file that a copy goes to.
    OutArchive,
    /// A tag: of the copied image, or the referrer's own.
    Tag,
    /// What a pushed manifest is stored as: `:tag` or `@digest`.
    Target,
    /// The subject as the case addresses it: `:tag` or `@digest`.
    Subject,
    /// The subject's digest.
    SubjectDigest,
    /// The referrer's artifact type.
    ArtifactType,
    /// The referrer's file, relative to the working directory.
    File,
    /// The media type of that file, or of the pushed manifest.
    MediaType,
    /// A file with the manifest to push, relative to the working directory.
    Manifest,
    /// `os/architecture` of the wanted child.
    Platform,
    /// An annotation's key, inside `each`.
    Key,
    /// An annotation's value, inside `each`.
    Value,
    /// The private home directory.
    Home,
    /// The registry of the cell, as host and port.
    Registry,
    /// The repository in it.
    Repository,
    /// The folder above the served repository.
    Root,
    /// The port to listen on.
    Port,
    /// The Unix socket to listen on.
    Socket,
}

impl Placeholder {
    /// All of them: as drivers spell them, and what each stands for.
    pub const ALL: [(&'static str, Self, &'static str); 21] = [
        ("layout", Self::Layout, "the layout's folder"),
        ("out", Self::Out, "the folder that a copy goes to"),
        ("archive", Self::Archive, "the layout as a tar file"),
        ("out-archive", Self::OutArchive, "the tar file that a copy goes to"),
        ("tag", Self::Tag, "a tag: of the copied image, or the referrer's own"),
        ("target", Self::Target, "what a pushed manifest is stored as, `:tag` or `@digest`"),
        ("subject", Self::Subject, "the subject as the case addresses it, `:tag` or `@digest`"),
        ("subject.digest", Self::SubjectDigest, "the subject's digest"),
        ("artifact-type", Self::ArtifactType, "the referrer's artifact type"),
        ("file", Self::File, "the referrer's file, relative to the working directory"),
        ("media-type", Self::MediaType, "the media type of that file, or of the pushed manifest"),
        ("manifest", Self::Manifest, "a file with the manifest to push, relative to the working directory"),
        ("platform", Self::Platform, "`os/architecture` of the wanted child"),
        ("key", Self::Key, "an annotation's key, inside `each`"),
        ("value", Self::Value, "an annotation's value, inside `each`"),
        ("home", Self::Home, "the private home directory"),
        ("registry", Self::Registry, "the registry of the cell, as host and port; it speaks plain HTTP"),
        ("repository", Self::Repository, "the repository in that registry"),
        ("root", Self::Root, "the folder above the served repository"),
        ("port", Self::Port, "the port to listen on"),
        ("socket", Self::Socket, "the Unix socket to listen on"),
    ];

    /// Those that have a value in every command line of an operation.
    pub const EVERYWHERE: [Self; 3] = [Self::Layout, Self::Archive, Self::Home];

    /// The placeholder that drivers spell so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, ..)| *known == name).map(|(_, placeholder, _)| *placeholder)
    }

    /// As drivers spell it.
    pub fn name(self) -> &'static str {
        self.line().0
    }

    /// What it stands for.
    pub fn means(self) -> &'static str {
        self.line().1
    }

    fn line(self) -> (&'static str, &'static str) {
        let line = Self::ALL.iter().find(|(_, placeholder, _)| *placeholder == self);
        line.map_or(("", ""), |(name, _, means)| (name, means))
    }
}

/// The values of one call.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// Values by placeholder.
    pub single: BTreeMap<Placeholder, String>,
    /// What `each = "annotations"` runs over.
    pub annotations: BTreeMap<String, String>,
}

impl Values {
    /// Sets one value.
    #[must_use]
    pub fn with(mut self, placeholder: Placeholder, value: impl Into<String>) -> Self {
        self.single.insert(placeholder, value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_placeholder_has_its_line() {
        for (name, placeholder, means) in Placeholder::ALL {
            assert_eq!(Placeholder::named(name), Some(placeholder));
            assert_eq!((placeholder.name(), placeholder.means()), (name, means));
        }
        assert_eq!(
            Placeholder::ALL.last().map(|(_, last, _)| *last as usize + 1),
            Some(Placeholder::ALL.len())
        );
    }
}
