//! What every convention's reader finds in what every convention's writer wrote, case by case, in `golden/views`.
//! The rows come from the files of the conventions, the expectation that a convention reads its own from the law in
//! the runner's `roundtrip` test; the rest is recorded and reviewed. And what the command prints of a layout in which
//! everything names an image that can.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{approve, folder, referee, transcript};
use referee::convention::ListedIn;
use referee::layout::{Layout, Limits, view};
use referee::runner::Plan;
use referee::runner::catalogue::Catalogue;
use referee::spec::media_type::{ARTIFACT_MANIFEST, IMAGE_INDEX, IMAGE_MANIFEST as MANIFEST};
use referee::spec::path::blob_path;
use referee::spec::{Algorithm, Digest};

/// One case as text: for each writer, what each reader finds, and what the joined view says.
fn render(catalogue: &Catalogue, case: &referee::runner::case::Case) -> String {
    let plan = Plan::compile(case);
    let mut text = format!("{}\n", case.title);
    let mut subjects: Vec<&str> = Vec::new();
    for step in &case.steps {
        if let Some(question) = step.question()
            && !subjects.contains(&question.subject.as_str())
        {
            subjects.push(question.subject.as_str());
        }
    }
    let name = |digest: &Digest| {
        plan.contents.by_digest(digest).map_or_else(|| "?".to_owned(), |node| node.name.to_string())
    };
    for subject in subjects {
        let _ = writeln!(text, "\nwho refers to `{subject}`?");
        let digest = &plan.contents.node(subject).expect("a case asks for its own content").digest;
        for writer in &catalogue.conventions {
            let folder = tempfile::tempdir().expect("a temporary folder");
            referee::writer::layout(&plan.contents, &plan.contents.names(), Some(writer))
                .save(folder.path())
                .expect("a layout");
            let facts = Layout::open(folder.path()).expect("a layout").facts(&Limits::default());
            let _ = writeln!(text, "\n  written as {}", writer.id);
            for reader in &catalogue.conventions {
                let answer = view::answer(&facts, digest, reader);
                let mut names: Vec<String> = answer.referrers.iter().map(|one| name(&one.digest)).collect();
                names.sort();
                if !names.is_empty() {
                    let _ = writeln!(text, "    as {:18} {}", reader.id, names.join(" "));
                }
            }
            let view = view::read(&facts, digest, &catalogue.conventions);
            let codes: Vec<&str> = view.diagnostics.iter().map(|note| note.code).collect();
            let notes = if codes.is_empty() { String::new() } else { format!("; {}", codes.join(", ")) };
            let _ = writeln!(text, "    complete: {}{notes}", view.complete);
        }
    }
    text
}

#[test]
fn views_are_as_approved() {
    let catalogue = Catalogue::shipped().expect("what is shipped parses");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../golden/views");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        // of many, each reader finds what it finds of one; cells and their goldens tell whether it finds all
        for case in catalogue.cases.iter().filter(|case| !case.is_of_many()) {
            insta::assert_snapshot!(case.id.as_str(), render(&catalogue, case));
        }
    });
}

/// What the writer of a convention writes is stored as that convention, and what another one asks for beside it is not said.
#[test]
fn what_is_written_by_a_convention_is_stored_as_it() {
    let catalogue = Catalogue::shipped().expect("what is shipped parses");
    let mut seen = 0;
    for case in catalogue.cases.iter().filter(|case| !case.is_of_many()) {
        let plan = Plan::compile(case);
        let questions = case.steps.iter().filter_map(|step| step.question());
        let mut subjects: Vec<&str> = questions.map(|question| question.subject.as_str()).collect();
        subjects.dedup();
        for (subject, writer) in
            subjects.iter().flat_map(|one| catalogue.conventions.iter().map(move |w| (one, w)))
        {
            let digest = &plan.contents.node(subject).expect("a case asks for its own content").digest;
            let folder = folder();
            let layout = referee::writer::layout(&plan.contents, &plan.contents.names(), Some(writer));
            layout.save(folder.path()).expect("a layout");
            let facts = Layout::open(folder.path()).expect("a layout").facts(&Limits::default());
            let stored = view::stored(&facts, digest, &catalogue.conventions);
            // of what is not there nobody can tell which entry without a mark is its own
            let answer = view::answer(&facts, digest, writer).referrers.into_iter();
            for referrer in answer.filter(|one| facts.node(&one.digest).is_some()) {
                let named = facts.entries().iter().any(|entry| entry.digest() == Some(&referrer.digest));
                if named && writer.carriers.iter().all(|carrier| carrier.place == ListedIn::Blob) {
                    continue; // a referrer with a tag of its own is more than a blob
                }
                let ids = stored.get(&referrer.digest);
                let at = format!("{}, {}: {ids:?}", case.id, writer.id);
                assert!(ids.is_some_and(|ids| ids.contains(&writer.id)), "{at}");
                if case.id == "attach-discover" {
                    assert_eq!(ids.into_iter().flatten().count(), 1, "{at}");
                    seen += 1;
                }
            }
        }
    }
    assert_eq!(seen, catalogue.conventions.len());
}

/// A record that is looked up is there: for each shipped convention, of some tool.
#[test]
fn what_tools_were_seen_to_do_is_recorded() {
    let catalogue = Catalogue::shipped().expect("what is shipped parses");
    let goldens = referee::runner::catalogue::goldens().expect("what is shipped parses");
    let cases = [
        "attach-discover",
        "subject-is-index",
        "subject-platform-child",
        "subject-wrong-type",
        "subject-wrong-size",
    ];
    for (case, convention) in
        cases.iter().flat_map(|case| catalogue.conventions.iter().map(move |one| (case, one)))
    {
        let seen = goldens.of_convention(case, &convention.id);
        assert!(seen.iter().any(|(tool, ..)| *tool == "oras"), "{case}, {}: {seen:?}", convention.id);
        assert!(seen.iter().all(|(tool, ..)| *tool != "builtin"), "{case}, {}: {seen:?}", convention.id);
    }
}

/// A golden whose case is gone would never fail.
#[test]
fn no_view_is_an_orphan() {
    let catalogue = Catalogue::shipped().expect("what is shipped parses");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/views");
    for entry in fs::read_dir(folder).expect("golden/views").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let case =
            name.strip_suffix(".snap").unwrap_or_else(|| panic!("golden/views/{name} is no approved view"));
        assert!(
            catalogue.cases.iter().any(|known| known.id == case && !known.is_of_many()),
            "golden/views/{name} has no case"
        );
    }
}

/// A layout in which everything occurs that names an image, or may do so.
fn zoo(folder: &Path) {
    let zoo = Zoo(folder.to_owned());
    let image = zoo.manifest(r#","layers":[]"#);
    let subject = format!(r#","subject":{}"#, descriptor(MANIFEST, &image, ""));
    let referrer = |rest: &str, artifact_type: &str| {
        zoo.manifest(&format!(r#","layers":[],"artifactType":"{artifact_type}"{rest}"#))
    };
    let sbom = referrer(&subject, "application/vnd.example.sbom");
    let signature = format!(r#","subject":{}"#, descriptor(MANIFEST, &sbom, ""));
    let signature = referrer(&signature, "application/vnd.example.signature");
    let attestation = zoo.manifest(r#","layers":[],"x":"attestation""#);
    let invalid = zoo.blob(&format!(r#"{{"mediaType":"{MANIFEST}","config":{{}}{subject}}}"#));
    let older = zoo.blob(&format!(r#"{{"mediaType":"{ARTIFACT_MANIFEST}","blobs":[]{subject}}}"#));
    let cosign = zoo.manifest(r#","layers":[],"x":"cosign""#);
    let other = zoo.manifest(r#","layers":[],"x":"other""#);
    let gone = (Algorithm::Sha256.digest(b"gone"), 4);
    let named = format!(r#","annotations":{{"vnd.docker.reference.digest":"{}"}}"#, image.0);
    let children = [descriptor(MANIFEST, &image, ""), descriptor(MANIFEST, &attestation, &named)];
    let index = zoo.blob(&index(&children));
    let tag = |name: &str| format!(r#","annotations":{{"org.opencontainers.image.ref.name":"{name}"}}"#);
    let sig = tag(&format!("sha256-{}.sig", image.0.encoded()));
    zoo.finish(&[
        descriptor(IMAGE_INDEX, &index, &tag("v1")),
        descriptor(MANIFEST, &sbom, ""),
        descriptor(MANIFEST, &signature, ""),
        descriptor(MANIFEST, &invalid, ""),
        descriptor(ARTIFACT_MANIFEST, &older, ""),
        descriptor(MANIFEST, &cosign, &sig),
        descriptor(MANIFEST, &gone, r#","artifactType":"application/vnd.example.signature""#),
        descriptor(MANIFEST, &other, &tag("\\u001b[31mred\\u202e\\n")),
    ]);
}

/// Writes documents byte by byte, as tools never would.
struct Zoo(PathBuf);

impl Zoo {
    fn blob(&self, text: &str) -> (Digest, usize) {
        let digest = Algorithm::Sha256.digest(text.as_bytes());
        let path = self.0.join(blob_path(&digest));
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a blob");
        (digest, text.len())
    }

    fn manifest(&self, rest: &str) -> (Digest, usize) {
        let config = self.blob("{}");
        let config = descriptor("application/vnd.oci.empty.v1+json", &config, "");
        self.blob(&format!(r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}","config":{config}{rest}}}"#))
    }

    fn finish(&self, entries: &[String]) {
        fs::write(self.0.join("index.json"), index(entries)).expect("index.json");
        fs::write(self.0.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).expect("oci-layout");
    }
}

fn index(entries: &[String]) -> String {
    let entries = entries.join(",");
    format!(r#"{{"schemaVersion":2,"mediaType":"{IMAGE_INDEX}","manifests":[{entries}]}}"#)
}

fn descriptor(media_type: &str, (digest, size): &(Digest, usize), rest: &str) -> String {
    format!(r#"{{"mediaType":"{media_type}","digest":"{digest}","size":{size}{rest}}}"#)
}

#[test]
fn whatever_names_an_image_is_shown_as_what_it_is() {
    let folder = folder();
    zoo(&folder.path().join("layout"));
    let texts = [
        vec!["view", "layout"],
        vec!["view", "layout", "v1", "--convention", "fallback-tag"],
        vec!["view", "layout", "IMAGE"],
        vec!["view", "layout", "IMAGE", "--convention", "fallback-tag", "--convention", "raw"],
        vec!["view", "layout", "IMAGE", "--convention", "fallback-tag"],
    ];
    let facts = Layout::open(&folder.path().join("layout")).expect("a layout").facts(&Limits::default());
    let image = facts.subjects().into_iter().max_by_key(|subject| {
        let of =
            |node: &&referee::layout::Node| node.subject.as_ref().is_some_and(|one| one.digest == **subject);
        facts.nodes().filter(of).count()
    });
    let short = image.expect("a subject").encoded()[..12].to_owned();
    let texts = texts.map(|words| {
        let words: Vec<&str> =
            words.into_iter().map(|word| if word == "IMAGE" { &short } else { word }).collect();
        transcript(folder.path(), &words)
    });
    approve("view-all", &texts.join("\n"));
    for line in texts.iter().flat_map(|text| text.lines()) {
        // a digest or a tag is a word
        let long = line.chars().count() > 80 && line.trim().contains(' ') && !line.starts_with("$ ");
        assert!(!long && !line.contains(['\u{1b}', '\u{202e}']), "{line:?}");
    }
    let json = ["view", "layout", "--format", "json"];
    approve("view-all-json", &transcript(folder.path(), &json));
}

/// What is odd about a referrer decides which record is like it, also where a chosen convention does not find it.
#[test]
fn the_record_that_is_shown_does_not_depend_on_who_was_asked() {
    let folder = folder();
    let zoo = Zoo(folder.path().join("layout"));
    let image = zoo.manifest(r#","layers":[]"#);
    let wrong = (image.0.clone(), image.1 + 1);
    let signature = zoo.manifest(&format!(r#","layers":[],"subject":{}"#, descriptor(MANIFEST, &wrong, "")));
    let tag = r#","annotations":{"org.opencontainers.image.ref.name":"v1"}"#;
    zoo.finish(&[descriptor(MANIFEST, &image, tag), descriptor(MANIFEST, &signature, "")]);
    for asked in [&[][..], &["--convention", "fallback-tag"], &["--convention", "untagged-entries"]] {
        let text = transcript(folder.path(), &[&["view", "layout", "v1"], asked].concat());
        assert!(text.contains("(case subject-wrong-size)") && !text.contains("attach-discover"), "{text}");
    }
}

#[test]
fn every_word_of_a_view_is_explained() {
    let folder = folder();
    let words = view::words::CODES.iter().chain(&view::words::HOWS).chain(&view::words::COMPLETE);
    for (word, meaning) in words {
        let text = transcript(folder.path(), &["explain", word]).replace("\n  ", " ");
        assert!(text.contains(&format!(" {word}: {meaning}")), "{text}");
    }
}

/// The same words for one subject, whether it was asked for or all were.
#[test]
fn a_subject_among_all_is_as_if_it_had_been_asked_for() {
    let folder = folder();
    zoo(&folder.path().join("layout"));
    let json = |words: &[&str]| -> serde_json::Value {
        let output = referee(folder.path())
            .current_dir(folder.path())
            .args(["view", "layout", "--format", "json"])
            .args(words)
            .output()
            .expect("referee starts");
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    let all = json(&[]);
    let subjects = all["subjects"].as_array().expect("subjects");
    assert_eq!(subjects.len(), 2);
    for subject in subjects {
        assert_eq!(*subject, json(&[subject["subject"].as_str().expect("a digest")]));
    }
}

/// A response's word is enough for a referrer to be stored so, and not where it cannot be true; all forms say the same of it.
#[test]
fn what_a_response_alone_says_is_told_alike_of_one_subject_and_of_all() {
    let ref_name = |name: &str| format!(r#","annotations":{{"org.opencontainers.image.ref.name":"{name}"}}"#);
    for (kind, counted) in [("there", "1 referrer"), ("gone", "1 referrer"), ("config", "0 referrers")] {
        let folder = folder();
        let zoo = Zoo(folder.path().join("layout"));
        let image = zoo.manifest(r#","layers":[]"#);
        let subject = format!(r#","layers":[],"subject":{}"#, descriptor(MANIFEST, &image, ""));
        let listed = match kind {
            "there" => zoo.manifest(&subject),
            "gone" => (Algorithm::Sha256.digest(b"gone"), 4),
            _ => zoo.blob("{}"),
        };
        let response = zoo.blob(&index(&[descriptor(MANIFEST, &listed, "")]));
        let tag = ref_name(&format!("sha256-{}", image.0.encoded()));
        zoo.finish(&[
            descriptor(MANIFEST, &image, &ref_name("v1")),
            descriptor(IMAGE_INDEX, &response, &tag),
        ]);
        let one = transcript(folder.path(), &["view", "layout", "v1"]);
        let all = transcript(folder.path(), &["view", "layout"]);
        assert!(one.contains(&format!("\n{counted} of\n")), "{one}");
        assert!(all.contains(&format!(", {counted}\n")), "{all}");
        assert_eq!(one.contains("stored as   fallback-tag"), kind != "config", "{one}");
        let line = one.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(line.contains("without what is odd here"), kind != "config", "{one}");
    }
}

/// Tools were seen to refuse or to miss because of these, whichever subject is asked for.
#[test]
fn a_record_says_what_is_odd_in_the_layout() {
    let folder = folder();
    let zoo = Zoo(folder.path().join("layout"));
    let image = zoo.manifest(r#","layers":[]"#);
    let other = zoo.manifest(r#","layers":[],"x":"other""#);
    let wrong = (other.0.clone(), other.1 + 1);
    let own = format!(r#","layers":[],"subject":{}"#, descriptor(MANIFEST, &image, ""));
    let referrer = zoo.manifest(&own);
    let sized = zoo.manifest(&format!(r#","layers":[],"subject":{}"#, descriptor(MANIFEST, &wrong, "")));
    let both = zoo.manifest(&format!(r#"{own},"Subject":{}"#, descriptor(MANIFEST, &image, "")));
    let v1 = r#","annotations":{"org.opencontainers.image.ref.name":"v1"}"#;
    let octet = "application/octet-stream";
    let layouts = [
        (
            vec![descriptor(octet, &image, v1), descriptor(MANIFEST, &referrer, "")],
            "`application/octet-stream`",
        ),
        (vec![descriptor(MANIFEST, &image, v1), descriptor(MANIFEST, &sized, "")], "with another size"),
        (vec![descriptor(MANIFEST, &image, v1), descriptor(MANIFEST, &both, "")], "a member `Subject`"),
    ];
    for (entries, what) in layouts {
        zoo.finish(&entries);
        let text = transcript(folder.path(), &["view", "layout", "v1"]);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("without what is odd here") && text.contains(what), "{what}: {text}");
    }
}

#[test]
fn an_index_that_is_too_deep_says_so_and_a_bad_annotation_is_shown() {
    let folder = folder();
    let zoo = Zoo(folder.path().join("layout"));
    let image = zoo.manifest(r#","layers":[]"#);
    let referrer = zoo.manifest(&format!(r#","layers":[],"subject":{}"#, descriptor(MANIFEST, &image, "")));
    let bad = zoo.manifest(r#","layers":[],"x":"attestation""#);
    let mut outer = zoo.blob(&index(&[descriptor(MANIFEST, &image, "")]));
    for _ in 0..100 {
        outer = zoo.blob(&index(&[descriptor(IMAGE_INDEX, &outer, "")]));
    }
    let v1 = r#","annotations":{"org.opencontainers.image.ref.name":"v1"}"#;
    let named = r#","annotations":{"vnd.docker.reference.digest":"sha256:bad"}"#;
    zoo.finish(&[
        descriptor(IMAGE_INDEX, &outer, v1),
        descriptor(MANIFEST, &referrer, ""),
        descriptor(MANIFEST, &bad, named),
    ]);
    for words in [&["view", "layout"][..], &["view", "layout", "v1"]] {
        let text = transcript(folder.path(), words).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("deeper than 64 levels"), "{text}");
        assert!(text.contains("vnd.docker.reference.digest is no digest: sha256:bad"), "{text}");
    }
}
