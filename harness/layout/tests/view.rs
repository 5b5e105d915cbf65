//! What a view says of layouts written by hand: who refers, by which way, whether that is all, what disagrees.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::{
    Files, INDEX, MANIFEST, blob, conventions, descriptor, finish, index, manifest, save, valid,
};
use referee_layout::view::{self, Complete, View};
use referee_layout::{Layout, Limits};
use referee_spec::Digest;

fn read(files: &[(String, Vec<u8>)], subject: &str) -> View {
    let folder = save(files);
    let facts = Layout::open(folder.path()).unwrap().facts(&Limits::default());
    let subject = facts.resolve(subject).unwrap();
    let view = view::read(&facts, &subject, &conventions());
    for note in &view.diagnostics {
        assert!(
            view::words::CODES.iter().any(|(code, _)| *code == note.code),
            "{} is not explained",
            note.code
        );
    }
    view
}

fn codes(view: &View) -> Vec<&str> {
    view.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

/// An image, tagged `v1`, and a manifest that refers to it.
fn image_with(files: &mut Files, rest: &str) -> (String, (Digest, usize), (Digest, usize)) {
    let image = blob(files, &manifest(""));
    let subject = descriptor(MANIFEST, &image, "");
    let sbom = blob(files, &manifest(&format!(r#","subject":{subject}{rest}"#)));
    let tagged = r#","annotations":{"org.opencontainers.image.ref.name":"v1"}"#;
    (descriptor(MANIFEST, &image, tagged), image, sbom)
}

fn response(files: &mut Files, subject: &Digest, listed: &[String]) -> String {
    let list = blob(files, &index(listed, ""));
    let tag = subject.to_string().replace(':', "-");
    descriptor(INDEX, &list, &format!(r#","annotations":{{"org.opencontainers.image.ref.name":"{tag}"}}"#))
}

#[test]
fn a_response_makes_the_set_complete() {
    let view = read(&valid(), "v1");
    assert_eq!(view.complete, Complete::Yes);
    assert_eq!(codes(&view), Vec::<&str>::new());
    let found = &view.referrers[0];
    assert!(found.verified);
    // the fallback tag and the annotation of PR 1171 lead to it; it has no entry of its own, as containerd wants one
    assert!(found.found_by.contains("fallback-tag") && found.found_by.contains("pr-1171"));
    assert!(!found.found_by.contains("containerd-entries"));
}

#[test]
fn without_a_response_nobody_knows() {
    let mut files = Files::new();
    let (image, _, sbom) = image_with(&mut files, "");
    let files = finish(files, &[image, descriptor(MANIFEST, &sbom, "")]);
    let view = read(&files, "v1");
    assert_eq!((view.complete, view.referrers.len()), (Complete::Unknown, 1));
    assert_eq!(codes(&view), ["no-response"]);
}

#[test]
fn a_referrer_that_the_response_lacks_makes_it_incomplete() {
    let mut files = Files::new();
    let (image, subject, sbom) = image_with(&mut files, "");
    let list = response(&mut files, &subject.0, &[]);
    let files = finish(files, &[image, descriptor(MANIFEST, &sbom, ""), list]);
    let view = read(&files, "v1");
    assert_eq!((view.complete, view.referrers.len()), (Complete::No, 1));
    assert!(codes(&view).contains(&"unlisted"));
}

#[test]
fn a_response_that_is_missing_makes_it_incomplete() {
    let mut files = Files::new();
    let (image, subject, _) = image_with(&mut files, "");
    let list = response(&mut files, &subject.0, &[]);
    files.pop();
    let view = read(&finish(files, &[image, list]), "v1");
    assert_eq!(view.complete, Complete::No);
    assert!(codes(&view).contains(&"response-broken"));
}

#[test]
fn what_is_missing_or_corrupt_is_not_verified() {
    let mut files = Files::new();
    let (image, subject, sbom) = image_with(&mut files, "");
    let listed = descriptor(MANIFEST, &sbom, "");
    let list = response(&mut files, &subject.0, &[listed]);
    let sbom_path = format!("blobs/sha256/{}", sbom.0.encoded());
    let missing: Files = files.iter().filter(|(path, _)| *path != sbom_path).cloned().collect();
    let view = read(&finish(missing, &[image.clone(), list.clone()]), "v1");
    assert_eq!((view.referrers.len(), view.referrers[0].verified), (1, false));
    assert!(codes(&view).contains(&"referrer-missing"));

    let mut corrupt = files;
    for (_, bytes) in corrupt.iter_mut().filter(|(path, _)| *path == sbom_path) {
        bytes.push(b' ');
    }
    let view = read(&finish(corrupt, &[image, list]), "v1");
    // what does not match its digest is not what the response lists
    assert!(view.referrers.iter().all(|found| !found.verified));
    assert!(codes(&view).iter().any(|code| code.contains("corrupt")), "{:?}", view.diagnostics);
}

#[test]
fn carriers_that_disagree_are_said() {
    let mut files = Files::new();
    let (image, subject, sbom) = image_with(&mut files, r#","artifactType":"a/b""#);
    let listed = descriptor(MANIFEST, &sbom, r#","artifactType":"c/d""#);
    let list = response(&mut files, &subject.0, &[listed]);
    let view = read(&finish(files, &[image, list]), "v1");
    assert!(codes(&view).contains(&"fields-differ"), "{:?}", view.diagnostics);
    // the manifest has the last word (API-008)
    assert_eq!(view.referrers[0].referrer.artifact_type.as_deref(), Some("a/b"));
}

#[test]
fn a_manifest_that_refers_to_another_is_never_an_answer() {
    let mut files = Files::new();
    let (image, subject, _) = image_with(&mut files, "");
    let other = format!(
        r#","subject":{}"#,
        descriptor(MANIFEST, &(Digest::parse(&format!("sha256:{}", "7".repeat(64))).unwrap(), 9), "")
    );
    let other = blob(&mut files, &manifest(&other));
    let list = response(&mut files, &subject.0, &[descriptor(MANIFEST, &other, "")]);
    let view = read(&finish(files, &[image, list]), "v1");
    assert!(view.referrers.iter().all(|found| found.referrer.digest != other.0));
    assert!(codes(&view).contains(&"listed-other"));
}

/// API-008 to API-010: the manifest's own type; else its config's media type; an index has only its own.
#[test]
fn types_are_those_of_the_specification() {
    let kind = |document: String| {
        let mut files = Files::new();
        let image = blob(&mut files, &manifest(""));
        let subject = format!(r#","subject":{}"#, descriptor(MANIFEST, &image, ""));
        let media_type = if document.contains("\"manifests\"") { INDEX } else { MANIFEST };
        let referrer = blob(&mut files, &document.replace(",\"subject\":0", &subject));
        let tagged = r#","annotations":{"org.opencontainers.image.ref.name":"v1"}"#;
        let entries = [descriptor(MANIFEST, &image, tagged), descriptor(media_type, &referrer, "")];
        let view = read(&finish(files, &entries), "v1");
        assert_eq!(view.referrers.len(), 1, "{document}");
        view.referrers[0].referrer.artifact_type.clone()
    };
    assert_eq!(kind(manifest(r#","artifactType":"a/b","subject":0"#)).as_deref(), Some("a/b"));
    assert_eq!(kind(manifest(r#","subject":0"#)).as_deref(), Some("application/vnd.example.config"));
    assert_eq!(
        kind(manifest(r#","artifactType":"","subject":0"#)).as_deref(),
        Some("application/vnd.example.config")
    );
    assert_eq!(kind(index(&[], r#","artifactType":"a/b","subject":0"#)).as_deref(), Some("a/b"));
    assert_eq!(kind(index(&[], r#","subject":0"#)), None);
}
