//! Every place where a descriptor stands, and every mistake that it can make about what it names: each is found, at its place,
//! under sentences that are about that place.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use referee_convention::Convention;
use referee_layout::Layout;
use referee_rules::profile::ProfileFile;
use referee_rules::{Checker, Finding, Profile, Severity};
use referee_source::Source;
use referee_spec::Algorithm;

use crate::cites::mistaken;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
const OTHER: &str = "application/vnd.example.other";
const DOCKER: &str = "application/vnd.docker.distribution.manifest.v2+json";

/// Where a descriptor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    IndexJson,
    Index,
    DeepIndex,
    Response,
    Config,
    Layer,
    Subject,
    SubjectOfIndex,
}

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mistake {
    Nothing,
    Size,
    /// It calls what it names that.
    Type(&'static str),
    /// It names this in place of what belongs there, and calls it what belongs there.
    Names(What),
    /// It is called a Docker manifest, and is some text.
    DockerText,
    /// A manifest, with the type of any bytes.
    AnyBytes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Manifest,
    Config,
    Layer,
    Text,
}

const PLACES: [Place; 8] = [
    Place::IndexJson,
    Place::Index,
    Place::DeepIndex,
    Place::Response,
    Place::Config,
    Place::Layer,
    Place::Subject,
    Place::SubjectOfIndex,
];

const MISTAKES: [Mistake; 11] = [
    Mistake::Nothing,
    Mistake::Size,
    Mistake::Type(INDEX),
    Mistake::Type(MANIFEST),
    Mistake::Type(OTHER),
    Mistake::Names(What::Manifest),
    Mistake::Names(What::Config),
    Mistake::Names(What::Layer),
    Mistake::Names(What::Text),
    Mistake::DockerText,
    Mistake::AnyBytes,
];

/// The rule that finds it, and where: in the descriptor, or in the blob that it names.
fn wanted(place: Place, mistake: Mistake) -> Option<(&'static str, Option<&'static str>)> {
    use Mistake::{AnyBytes, DockerText, Names, Nothing, Size, Type};
    let found = |rule, member| Some((rule, Some(member)));
    match (place, mistake) {
        (_, Nothing) => None,
        (Place::Subject | Place::SubjectOfIndex, mistake) => match mistake {
            Size => found("subject-mismatch", "/size"),
            Type(MANIFEST) | Names(What::Manifest) => None,
            Type(_) | AnyBytes => found("subject-mismatch", "/mediaType"),
            _ => found("subject-not-manifest", "/mediaType"),
        },
        (_, Size) => found("size-mismatch", "/size"),
        (_, DockerText) => found("media-type-wrong", "/mediaType"),
        (Place::Config, mistake) => match mistake {
            Type(INDEX | MANIFEST) | Names(What::Manifest) => found("media-type-wrong", "/mediaType"),
            Names(What::Layer | What::Text) => Some(("document-invalid", None)),
            // a config may be of any type, which then says what is in it
            _ => None,
        },
        (Place::Layer, mistake) => match mistake {
            Type(INDEX | MANIFEST) | Names(What::Manifest) => found("media-type-wrong", "/mediaType"),
            // nothing in the bytes says that they are no layer
            _ => None,
        },
        (_, Type(MANIFEST) | Names(What::Manifest)) => None,
        (_, Type(_) | AnyBytes) => found("media-type-wrong", "/mediaType"),
        (_, Names(_)) => Some(("document-invalid", None)),
    }
}

struct Made {
    folder: tempfile::TempDir,
    /// The file and the pointer of the descriptor.
    place: (String, String),
    /// The file that it names.
    named: String,
}

struct Blob {
    digest: String,
    size: usize,
}

impl Blob {
    fn descriptor(&self, media_type: &str) -> String {
        format!(r#"{{"mediaType":"{media_type}","digest":"{}","size":{}}}"#, self.digest, self.size)
    }

    fn file(&self) -> String {
        format!("blobs/{}", self.digest.replace(':', "/"))
    }
}

fn manifest(config: &str, layer: &str, more: &str) -> String {
    format!(
        r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}","artifactType":"a/b","config":{config},"layers":[{layer}]{more}}}"#
    )
}

fn index(entries: &str, more: &str) -> String {
    format!(r#"{{"schemaVersion":2,"mediaType":"{INDEX}","manifests":[{entries}]{more}}}"#)
}

fn made(place: Place, mistake: Mistake) -> Made {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let root = folder.path().to_owned();
    fs::create_dir_all(root.join("blobs/sha256")).unwrap();
    fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    let blob = |text: &str| {
        let digest = Algorithm::Sha256.digest(text.as_bytes());
        fs::write(root.join("blobs/sha256").join(digest.encoded()), text).unwrap();
        Blob { digest: digest.to_string(), size: text.len() }
    };
    let config = blob(r#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#);
    let layer = blob("a layer");
    let text = blob("some text");
    let image = blob(&manifest(&config.descriptor(CONFIG), &layer.descriptor(LAYER), ""));
    // a document of its own below the place, so that what is wrong with the place is wrong nowhere else
    let child = blob(&manifest(
        &config.descriptor(CONFIG),
        &layer.descriptor(LAYER),
        &format!(r#","subject":{}"#, image.descriptor(MANIFEST)),
    ));
    let (right, usual) = match place {
        Place::Config => (&config, CONFIG),
        Place::Layer => (&layer, LAYER),
        Place::Subject | Place::SubjectOfIndex => (&image, MANIFEST),
        _ => (&child, MANIFEST),
    };
    let named = match mistake {
        Mistake::Names(What::Manifest) | Mistake::AnyBytes => &image,
        Mistake::Names(What::Config) => &config,
        Mistake::Names(What::Layer) => &layer,
        Mistake::Names(What::Text) | Mistake::DockerText => &text,
        _ => right,
    };
    let descriptor = match mistake {
        Mistake::Size => Blob { size: named.size + 7, digest: named.digest.clone() }.descriptor(usual),
        Mistake::Type(own) => named.descriptor(own),
        Mistake::DockerText => named.descriptor(DOCKER),
        Mistake::AnyBytes => named.descriptor("application/octet-stream"),
        _ => named.descriptor(usual),
    };
    let subject = format!(r#","subject":{descriptor}"#);
    let (holder, media_type, pointer) = match place {
        Place::IndexJson => (None, "", "/manifests/1"),
        Place::Index | Place::DeepIndex | Place::Response => {
            (Some(index(&descriptor, "")), INDEX, "/manifests/0")
        }
        Place::Config => (Some(manifest(&descriptor, &layer.descriptor(LAYER), "")), MANIFEST, "/config"),
        Place::Layer => (Some(manifest(&config.descriptor(CONFIG), &descriptor, "")), MANIFEST, "/layers/0"),
        Place::Subject => {
            let text = manifest(&config.descriptor(CONFIG), &layer.descriptor(LAYER), &subject);
            (Some(text), MANIFEST, "/subject")
        }
        Place::SubjectOfIndex => (Some(index("", &subject)), INDEX, "/subject"),
    };
    let holder = holder.map(|text| blob(&text));
    let entry = match (&holder, place) {
        (Some(holder), Place::DeepIndex) => {
            blob(&index(&holder.descriptor(media_type), "")).descriptor(INDEX)
        }
        (Some(holder), Place::Response) => {
            let tag = image.digest.replace(':', "-");
            let name = format!(r#","annotations":{{"org.opencontainers.image.ref.name":"{tag}"}}}}"#);
            holder.descriptor(media_type).trim_end_matches('}').to_owned() + &name
        }
        (Some(holder), _) => holder.descriptor(media_type),
        (None, _) => descriptor,
    };
    fs::write(root.join("index.json"), index(&format!("{},{entry}", image.descriptor(MANIFEST)), ""))
        .unwrap();
    let file = holder.map_or_else(|| "index.json".to_owned(), |holder| holder.file());
    Made { place: (file, pointer.to_owned()), named: named.file(), folder }
}

/// A shipped profile, with the convention of its proposal.
pub(crate) fn profile(name: &str) -> Profile {
    let read = |folder: &str, name: &str| {
        let path = format!("{}/../../cases/{folder}/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        Source::new(format!("{name}.toml"), fs::read_to_string(path).unwrap())
    };
    let file = ProfileFile::parse(&read("profiles", name)).unwrap();
    let convention =
        file.convention.as_deref().map(|id| Convention::parse(&read("conventions", id)).unwrap());
    file.with(convention)
}

/// What is found that is no info.
fn check(made: &Made) -> Vec<Finding> {
    let profile = profile("image-spec");
    let report = Checker::new(profile.clone()).directory(&Layout::open(made.folder.path()).unwrap());
    for finding in report.findings() {
        let text = fs::read_to_string(made.folder.path().join(&finding.file)).unwrap();
        let index = text.contains("\"manifests\":");
        if index || text.contains("\"layers\":") {
            assert_eq!(mistaken(&finding, &profile, index), None, "{} in {text}", finding.rule.id);
        }
    }
    report.findings().filter(|finding| finding.severity > Severity::Info).collect()
}

/// The rules that say that a descriptor is not true of what it names.
const UNTRUE: [&str; 5] =
    ["size-mismatch", "media-type-wrong", "document-invalid", "subject-mismatch", "subject-not-manifest"];

#[test]
fn every_descriptor_is_held_against_what_it_names() {
    let mut wrong = Vec::new();
    for place in PLACES {
        for mistake in MISTAKES {
            let made = made(place, mistake);
            let found = check(&made).into_iter().filter(|finding| UNTRUE.contains(&finding.rule.id));
            let found: Vec<Finding> = found.collect();
            // what is not what a descriptor says leads to that one, not to another
            for finding in found.iter().filter(|finding| finding.pointer.is_empty()) {
                for other in &finding.related {
                    let place = (other.file.clone(), other.pointer.replace("/mediaType", ""));
                    assert_eq!(place, made.place, "{place:?}, {mistake:?}");
                }
            }
            let found: Vec<_> =
                found.into_iter().map(|finding| (finding.rule.id, finding.file, finding.pointer)).collect();
            let want = wanted(place, mistake).map(|(rule, member)| match member {
                Some(member) => (rule, made.place.0.clone(), format!("{}{member}", made.place.1)),
                None => (rule, made.named.clone(), String::new()),
            });
            if found != want.iter().cloned().collect::<Vec<_>>() {
                wrong.push(format!("{place:?}, {mistake:?}:\n  want {want:?}\n  have {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
