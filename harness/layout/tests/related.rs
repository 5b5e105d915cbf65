//! That a view is never silent: whatever becomes of a referrer, it is found, or it is said what else it is.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::{Files, INDEX, MANIFEST, blob, conventions, descriptor, finish, index, manifest, save};
use referee_layout::view::{self, Census};
use referee_layout::{Facts, Layout, Limits};
use referee_spec::path::blob_path;
use referee_spec::{Algorithm, Digest};

const V1: &str = r#","annotations":{"org.opencontainers.image.ref.name":"v1"}"#;
const TYPED: &str = r#","artifactType":"a/b""#;

fn facts(files: &[(String, Vec<u8>)]) -> Facts {
    Layout::open(save(files).path()).unwrap().facts(&Limits::default())
}

/// What is said of each digest beside `v1`: `found`, or how it has to do with it.
fn said(facts: &Facts, subject: &Digest) -> Vec<(Option<Digest>, String)> {
    let conventions = conventions();
    let census = Census::new(facts, &conventions);
    let view = view::read(facts, subject, &conventions);
    let found = view.referrers.iter().map(|found| (Some(found.referrer.digest.clone()), "found".to_owned()));
    let related = census.related(&view);
    let related = related.iter().flat_map(|one| {
        assert!(!one.places.is_empty() && !one.hows.is_empty(), "{one:?}");
        let known = |word: &str| view::words::HOWS.iter().any(|(known, _)| *known == word);
        assert!(one.hows.iter().all(|how| known(how.word())), "{one:?}");
        one.hows.iter().map(|how| (one.digest.cloned(), how.word().to_owned()))
    });
    found.chain(related).collect()
}

fn words(facts: &Facts, subject: &Digest) -> Vec<String> {
    said(facts, subject).into_iter().map(|(_, word)| word).collect()
}

/// An image `v1`, and something that is listed in index.json with an artifact type.
fn image_and(document: impl FnOnce(&str) -> String) -> (Files, Digest, (Digest, usize)) {
    let mut files = Files::new();
    let image = blob(&mut files, &manifest(""));
    let other = blob(&mut files, &document(&descriptor(MANIFEST, &image, "")));
    let entries = [descriptor(MANIFEST, &image, V1), descriptor(MANIFEST, &other, TYPED)];
    (finish(files, &entries), image.0, other)
}

fn sbom(subject: &str) -> String {
    manifest(&format!(r#"{TYPED},"subject":{subject}"#))
}

#[test]
fn a_referrer_whose_blob_is_damaged_missing_or_cut_off_may_refer_to_anything() {
    let (files, image, (digest, _)) = image_and(sbom);
    assert_eq!(words(&facts(&files), &image), ["found"]);
    let path = blob_path(&digest);
    let with = |bytes: Option<Vec<u8>>| {
        let mut files: Files = files.iter().filter(|(name, _)| *name != path).cloned().collect();
        files.extend(bytes.map(|bytes| (path.clone(), bytes)));
        said(&facts(&files), &image)
    };
    let whole = &files.iter().find(|(name, _)| *name == path).unwrap().1;
    // its bytes may still name the subject; else nobody knows
    let doubtful = |said: Vec<(Option<Digest>, String)>| {
        let [(Some(one), word)] = said.as_slice() else { panic!("{said:?}") };
        assert!(*one == digest && ["invalid", "unclear"].contains(&word.as_str()), "{word}");
    };
    doubtful(with(None));
    for length in (0..whole.len()).step_by(7) {
        doubtful(with(Some(whole[..length].to_vec())));
    }
    for at in (0..whole.len()).step_by(5) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        doubtful(with(Some(bytes)));
    }
    doubtful(with(Some(b"text".to_vec())));
    doubtful(with(Some(b"{}".to_vec())));
}

#[test]
fn what_is_no_file_may_refer_to_anything() {
    let (files, image, (digest, _)) = image_and(sbom);
    let folder = save(&files);
    let path = folder.path().join(blob_path(&digest));
    let read = || {
        let facts = Layout::open(folder.path()).unwrap().facts(&Limits::default());
        words(&facts, &image)
    };
    std::fs::remove_file(&path).unwrap();
    for target in ["/etc/hostname", "../../../elsewhere", path.to_str().unwrap()] {
        std::os::unix::fs::symlink(target, &path).unwrap();
        assert_eq!(read(), ["unclear"], "{target}");
        std::fs::remove_file(&path).unwrap();
    }
    std::fs::create_dir(&path).unwrap();
    assert_eq!(read(), ["unclear"]);
    // too large to be read
    std::fs::remove_dir(&path).unwrap();
    let file = std::fs::File::create(&path).unwrap();
    std::os::unix::fs::FileExt::write_at(&file, b"{", 0).unwrap();
    file.set_len(Limits::default().document + 1).unwrap();
    assert_eq!(read(), ["unclear"]);
}

#[test]
fn a_subject_in_another_case_is_said() {
    for name in ["Subject", "SUBJECT", "\u{17f}ubject"] {
        for more in ["", r#","subject":null"#] {
            let (files, image, _) =
                image_and(|subject| manifest(&format!(r#"{TYPED},"{name}":{subject}{more}"#)));
            assert_eq!(words(&facts(&files), &image), ["invalid"], "{name}{more}");
        }
    }
    // it is found by its `subject`, and nothing is said twice
    let (files, image, _) =
        image_and(|subject| manifest(&format!(r#"{TYPED},"Subject":{subject},"subject":{subject}"#)));
    assert_eq!(words(&facts(&files), &image), ["found"]);
    let (files, image, _) = image_and(|subject| manifest(&format!(r#"{TYPED},"subjects":{subject}"#)));
    assert_eq!(words(&facts(&files), &image), [""; 0]);
}

#[test]
fn an_index_json_without_a_list_is_said() {
    let (files, image, _) = image_and(sbom);
    let with = |manifests: &str| {
        let index = format!(r#"{{"schemaVersion":2{manifests}}}"#).into_bytes();
        let with = |(name, bytes): &(String, Vec<u8>)| {
            (name.clone(), if name == "index.json" { index.clone() } else { bytes.clone() })
        };
        words(&facts(&files.iter().map(with).collect::<Vec<_>>()), &image)
    };
    for manifests in ["", r#","Manifests":[]"#, r#","manifests":{}"#, r#","manifests":"x""#] {
        assert_eq!(with(manifests), ["found", "unclear"], "{manifests}");
    }
    for empty in [r#","manifests":[]"#, r#","manifests":null"#] {
        assert_eq!(with(empty), ["found"], "{empty}");
    }
}

/// What is in a folder that could not be listed is not called missing.
#[test]
fn a_folder_that_could_not_be_read_may_have_anything() {
    let (files, image, _) = image_and(sbom);
    let folder = save(&files);
    let (blobs, other) = (folder.path().join("blobs/sha256"), tempfile::tempdir().unwrap());
    std::fs::rename(&blobs, other.path().join("x")).unwrap();
    std::os::unix::fs::symlink(other.path().join("x"), &blobs).unwrap();
    let facts = Layout::open(folder.path()).unwrap().facts(&Limits::default());
    // its entry, and the folder
    assert_eq!(words(&facts, &image), ["unclear", "unclear"]);
    let conventions = conventions();
    let view = view::read(&facts, &image, &conventions);
    assert!(view.diagnostics.iter().all(|note| !note.message.contains("is not in the layout")));
}

/// An in-toto statement has a list of subjects, and other content may have anything.
#[test]
fn content_with_a_subject_of_its_own_is_no_referrer() {
    for content in [r#"{"_type":"a","subject":[{"name":"n"}]}"#, r#"{"subject":"s"}"#, r#"{"subject":{}}"#] {
        let (files, image, _) = image_and(|_| content.to_owned());
        assert_eq!(words(&facts(&files), &image), ["unclear"], "an entry calls {content} a manifest");
        let mut files = Files::new();
        let image = blob(&mut files, &manifest(""));
        let layer = blob(&mut files, content);
        let layers = format!(r#""layers":[{}]"#, descriptor("application/vnd.in-toto+json", &layer, ""));
        let holder = blob(&mut files, &manifest("").replace(r#""layers":[]"#, &layers));
        let entries = [descriptor(MANIFEST, &image, V1), descriptor(MANIFEST, &holder, TYPED)];
        let files = finish(files, &entries);
        assert_eq!(words(&facts(&files), &image.0), [""; 0], "{content} is a layer");
    }
}

/// Whatever a member is or is not: what names the subject is found, or it is said why not.
#[test]
fn a_malformed_referrer_is_said() {
    let members = ["schemaVersion", "mediaType", "config", "layers", "artifactType", "annotations"];
    let values = ["", "null", "\"x\"", "\"application/x\"", "[]", "{}", "1", "-1", "true"];
    let mut seen = std::collections::BTreeSet::new();
    for member in members {
        for value in values {
            let (files, image, (digest, _)) = image_and(|subject| {
                let document: serde_json::Value = serde_json::from_str(&sbom(subject)).unwrap();
                let mut document = document.as_object().unwrap().clone();
                match value {
                    "" => drop(document.remove(member)),
                    value => _ = document.insert(member.to_owned(), serde_json::from_str(value).unwrap()),
                }
                serde_json::to_string(&document).unwrap()
            });
            let said = said(&facts(&files), &image);
            let [(Some(one), word)] = said.as_slice() else { panic!("{member} {value}: {said:?}") };
            assert!(
                *one == digest && ["found", "invalid"].contains(&word.as_str()),
                "{member} {value} {word}"
            );
            seen.insert(word.clone());
        }
    }
    assert_eq!(seen.len(), 2);
}

#[test]
fn a_malformed_subject_is_said() {
    let odd = |value: &str| {
        let (files, image, _) = image_and(|_| manifest(&format!(r#"{TYPED},"subject":{value}"#)));
        words(&facts(&files), &image)
    };
    for value in ["null", "\"x\"", "[]", "{}", r#"{"digest":1}"#, r#"{"digest":"sha256:abc"}"#] {
        assert_eq!(odd(value), ["unclear"], "{value}");
    }
    // the digest alone says what a subject is
    for rest in ["", r#","size":"7""#, r#","size":-1,"mediaType":[]"#, r#","mediaType":"a/b","x":{}"#] {
        let document = |subject: &str| {
            let digest = subject.split('"').nth(7).unwrap();
            manifest(&format!(r#","subject":{{"digest":"{digest}"{rest}}}"#))
        };
        let (files, image, _) = image_and(document);
        let facts = facts(&files);
        assert_eq!(words(&facts, &image), ["found"], "{rest}");
        let view = view::read(&facts, &image, &conventions());
        let codes: Vec<&str> = view.diagnostics.iter().map(|note| note.code).collect();
        assert!(codes.contains(&"subject-size-differs"), "{rest} {codes:?}");
        assert!(codes.contains(&"subject-type-differs"), "{rest} {codes:?}");
    }
}

#[test]
fn the_older_artifact_manifest_is_said() {
    let (files, image, _) = image_and(|subject| {
        format!(
            r#"{{"mediaType":"application/vnd.oci.artifact.manifest.v1+json","artifactType":"a/b","blobs":[],"subject":{subject}}}"#
        )
    });
    assert_eq!(words(&facts(&files), &image), ["invalid"]);
}

#[test]
fn an_entry_that_is_no_descriptor_is_said() {
    let mut files = Files::new();
    let image = blob(&mut files, &manifest(""));
    let tagged = descriptor(MANIFEST, &image, V1);
    let gone = Algorithm::Sha256.digest(b"gone");
    for entry in ["1".to_owned(), "{}".to_owned(), format!(r#"{{"digest":"{gone}","size":1}}"#)] {
        let files = finish(files.clone(), &[tagged.clone(), entry.clone()]);
        assert_eq!(words(&facts(&files), &image.0), ["unclear"], "{entry}");
    }
    // of what is there it is known whose referrer it is, and a platform may be left behind
    let sbom = blob(&mut files, &sbom(&tagged));
    let list = index(&[descriptor(MANIFEST, &(gone, 1), "")], "");
    let list = blob(&mut files, &list);
    let entries = [tagged, format!(r#"{{"digest":"{}"}}"#, sbom.0), descriptor(INDEX, &list, "")];
    assert_eq!(words(&facts(&finish(files, &entries)), &image.0), ["found"]);
}

#[test]
fn what_names_a_subject_otherwise_is_said_to_do_that() {
    let mut files = Files::new();
    let image = blob(&mut files, &manifest(""));
    let annotated = |key: &str| format!(r#","annotations":{{"{key}":"{}"}}"#, image.0);
    let cosign = image.0.to_string().replace(':', "-") + ".sig";
    let other = blob(&mut files, &manifest(r#","x":1"#));
    let keys = ["vnd.docker.reference.digest", "org.opencontainers.reference.digest"];
    let says = |files: &Files, entries: &[String]| {
        let mut files = files.clone();
        let list = blob(&mut files, &index(entries, ""));
        let nested = finish(files.clone(), &[descriptor(INDEX, &list, V1)]);
        let plain = finish(files, entries);
        [words(&facts(&nested), &image.0), words(&facts(&plain), &image.0)]
    };
    let tagged = descriptor(MANIFEST, &image, "");
    for key in keys {
        let entries = [tagged.clone(), descriptor(MANIFEST, &other, &annotated(key))];
        assert_eq!(says(&files, &entries), [["annotation"], ["annotation"]], "{key}");
        // what also refers by `subject` is a referrer and nothing else
        let mut files = files.clone();
        let sbom = blob(&mut files, &sbom(&tagged));
        let entries = [tagged.clone(), descriptor(MANIFEST, &sbom, &annotated(key))];
        assert_eq!(says(&files, &entries), [["found"], ["found"]], "{key}");
    }
    // a key that no convention has, and one of a response, say nothing
    let entries = [tagged.clone(), descriptor(MANIFEST, &other, &annotated("x"))];
    assert_eq!(says(&files, &entries), [[""; 0], [""; 0]]);
    let entries = [
        tagged.clone(),
        descriptor(
            MANIFEST,
            &other,
            &format!(r#","annotations":{{"org.opencontainers.image.ref.name":"{cosign}"}}"#),
        ),
    ];
    assert_eq!(says(&files, &entries)[1], ["tag"]);
}
