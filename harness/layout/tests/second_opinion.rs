//! oci-spec as a second opinion: what it reads of a valid document is what we read. It is no parser of ours, since it
//! accepts what the specification forbids and stops at the first mistake.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::{save, valid};
use oci_spec::image::{ImageIndex, ImageManifest, MediaType};
use referee_layout::{DocumentKind, Layout, Limits};

#[test]
fn oci_spec_reads_the_same() {
    let folder = save(&valid());
    let layout = Layout::open(folder.path()).unwrap();
    let facts = layout.facts(&Limits::thorough());
    assert_eq!(facts.nodes().count(), 3);
    for node in facts.nodes() {
        let bytes = layout.dir().read(node.path(), 1 << 20).unwrap();
        let bytes = bytes.as_slice();
        let entries: Vec<String> = match node.kind {
            DocumentKind::Manifest => {
                let theirs = ImageManifest::from_reader(bytes).unwrap();
                let subject = theirs.subject().as_ref().map(|subject| subject.digest().to_string());
                assert_eq!(node.subject.as_ref().map(|subject| subject.digest.to_string()), subject);
                let kind = theirs.artifact_type().as_ref().map(MediaType::to_string);
                assert_eq!(node.artifact_type.as_deref(), kind.as_deref());
                assert_eq!(node.config_media_type(), Some(theirs.config().media_type().as_ref()));
                let annotations = theirs.annotations().clone().unwrap_or_default();
                assert_eq!(node.annotations.to_map(), annotations.into_iter().collect());
                theirs.layers().iter().map(|layer| layer.digest().to_string()).collect()
            }
            DocumentKind::Index => {
                let theirs = ImageIndex::from_reader(bytes).unwrap();
                theirs.manifests().iter().map(|entry| entry.digest().to_string()).collect()
            }
        };
        let ours: Vec<String> =
            node.entries.iter().filter_map(|entry| Some(entry.digest()?.to_string())).collect();
        assert_eq!(ours, entries);
    }
}
