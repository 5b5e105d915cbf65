//! Small content, and the shipped conventions.
#![allow(dead_code, clippy::unwrap_used, reason = "each test uses its part, and fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use referee_convention::Convention;
use referee_source::Source;
use referee_spec::Algorithm;
use referee_writer::{Content, ContentKind, Name, Platform, WrongSubject};

pub(crate) fn conventions() -> Vec<Convention> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/conventions");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: &Path| Source::new(path.to_str().unwrap(), fs::read_to_string(path).unwrap());
    let mut conventions: Vec<_> = paths.map(|path| Convention::parse(&read(&path)).unwrap()).collect();
    conventions.sort_by(|a, b| a.id.cmp(&b.id));
    assert!(conventions.len() > 5);
    conventions
}

pub(crate) fn content(name: &str, kind: ContentKind, tag: Option<&str>, subject: Option<&str>) -> Content {
    Content {
        name: Name::new(name),
        kind,
        tag: tag.map(str::to_owned),
        subject: subject.map(Name::new),
        artifact_type: subject.map(|_| "application/vnd.example.sbom".to_owned()),
        annotations: BTreeMap::from([("example.name".to_owned(), name.to_owned())]),
        algorithm: Algorithm::Sha256,
        absent: name == "gone",
        platform_in_entry: false,
        wrong_subject: WrongSubject::default(),
    }
}

pub(crate) fn artifact(text: &str) -> ContentKind {
    let (text, media_type) = (text.to_owned(), "text/plain".to_owned());
    ContentKind::Artifact { text, media_type, config: None, inline: false }
}

/// An image whose text is its platform.
pub(crate) fn image(platform: &str) -> ContentKind {
    ContentKind::Image { platform: Platform::parse(platform).unwrap(), text: platform.to_owned() }
}

pub(crate) fn index(children: &[&str]) -> ContentKind {
    ContentKind::Index { manifests: children.iter().map(|name| Name::new(name)).collect() }
}
