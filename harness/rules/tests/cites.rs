//! Which sentences a finding cites: those about its own place, in the texts of its profile.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use referee_layout::Layout;
use referee_rules::{Checker, Finding, Profile};

use crate::places::profile;

/// What is wrong with the sentences that a finding in an index, or else in a manifest, cites.
pub(crate) fn mistaken(finding: &Finding, profile: &Profile, index: bool) -> Option<String> {
    let cited = finding.citations(profile);
    if cited.is_empty() || finding.requirements(profile).is_empty() {
        return Some("it cites nothing".to_owned());
    }
    // what an empty descriptor is is said there for all documents
    let foreign = if index { " manifest.md, Image Manifest Property" } else { " image-index.md" };
    let section = cited.iter().map(|one| one.section()).find(|one| one.contains(foreign));
    let family = if index { "MANIFEST-" } else { "INDEX-" };
    // descriptors of manifests have platforms anywhere, as descriptor.md says
    let shared = ["MANIFEST-019", "INDEX-012", "INDEX-013", "INDEX-014"];
    let mut ids = finding.requirements(profile).into_iter();
    let id = ids.find(|id| id.starts_with(family) && !shared.contains(id));
    section.or(id).map(|wrong| format!("it cites {wrong}"))
}

/// What the findings of a rule in an index.json with one entry cite, under a profile.
fn cited(profile_id: &str, rule: &str, entry: &str) -> Vec<&'static str> {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("blobs/sha256")).unwrap();
    fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    fs::write(root.join("index.json"), format!(r#"{{"schemaVersion":2,"manifests":[{entry}]}}"#)).unwrap();
    let profile = profile(profile_id);
    let report = Checker::new(profile.clone()).directory(&Layout::open(root).unwrap());
    let found = report.findings().find(|finding| finding.rule.id == rule);
    found.unwrap_or_else(|| panic!("{rule} finds nothing in {entry}")).requirements(&profile)
}

#[test]
fn a_finding_cites_what_is_said_about_its_own_key_and_value() {
    let key = |key: &str| format!(r#"{{"annotations":{{"{key}":"x"}}}}"#);
    let candidate = key("org.opencontainers.artifact.created");
    let revision = key("org.opencontainers.image.referrer.convert");
    for name in ["image-spec", "pr-1171"] {
        assert_eq!(cited(name, "annotation-key-proposed", &candidate), ["ANNOT-005"], "{name}");
    }
    assert_eq!(cited("image-spec", "annotation-key-proposed", &revision), ["ANNOT-005", "ANNOT-006"]);
    assert_eq!(cited("pr-1171", "annotation-key-proposed", &revision), ["ANNOT-005", "ANNOT-006", "REF-19"]);
    for (digest, wanted) in [("sha256:abc", "DIGEST-003"), ("sha512:abc", "DIGEST-005")] {
        let entry = format!(r#"{{"digest":"{digest}"}}"#);
        assert_eq!(cited("image-spec", "digest-encoding-invalid", &entry), [wanted]);
    }
    assert_eq!(
        cited("image-spec-head", "digest-encoding-invalid", r#"{"digest":"blake3:abc"}"#),
        ["DIGEST-006"]
    );
}
