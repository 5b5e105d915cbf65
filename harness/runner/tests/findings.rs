//! Laws of the rules over generated content: what a convention writes has no error under any profile, and each change
//! of a rule's kind, wherever it is made, gives that rule's finding.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/generate.rs"]
mod generate;

use std::sync::LazyLock;

use generate::conventions;
use proptest::prelude::*;
use proptest::sample::Index;
use referee_layout::{Document, Layout};
use referee_rules::{Checker, Finding, Severity};
use referee_runner::Plan;
use referee_runner::catalogue;
use referee_runner::conformance::Scene;
use referee_source::Source;
use referee_spec::Digest;

const PROFILES: [&str; 3] = ["image-spec", "image-spec-head", "pr-1171"];

/// A change to the descriptor at `{at}`, or to the document `{doc}` that has it; the rule that finds it.
const CHANGES: &[(&str, &str)] = &[
    ("digest-invalid", "{ remove = '{at}/digest' }"),
    ("digest-invalid", "{ set = '{at}/digest', to = '\"sha256\"' }"),
    ("digest-encoding-invalid", "{ set = '{at}/digest', to = '\"sha256:abc\"' }"),
    ("digest-algorithm-unregistered", "{ set = '{at}/digest', to = '\"md5:abc\"' }"),
    ("media-type-invalid", "{ remove = '{at}/mediaType' }"),
    ("media-type-invalid", "{ set = '{at}/mediaType', to = '\"a b\"' }"),
    ("size-invalid", "{ set = '{at}/size', to = '1.5' }"),
    ("size-invalid", "{ remove = '{at}/size' }"),
    ("size-negative", "{ set = '{at}/size', to = '-1' }"),
    ("size-mismatch", "{ set = '{at}/size', to = '123456789' }"),
    ("url-invalid", "{ set = '{at}/urls', to = '[\"not a uri\"]' }"),
    ("url-scheme", "{ set = '{at}/urls', to = '[\"ftp://example.com/x\"]' }"),
    ("data-invalid", "{ set = '{at}/data', to = '\"e30\"' }"),
    ("data-mismatch", "{ set = '{at}/data', to = '\"eA==\"' }"),
    ("artifact-type-invalid", "{ set = '{at}/artifactType', to = '\"x\"' }"),
    ("annotations-invalid", "{ set = '{at}/annotations', to = '[]' }"),
    ("annotations-invalid", "{ set = '{at}/annotations', to = '{\"com.example.k\":1}' }"),
    ("annotation-duplicate", "{ set = '{at}/annotations', to = '{\"a.b\":\"\",\"a.b\":\"\"}' }"),
    ("annotation-key-reserved", "{ set = '{at}/annotations', to = '{\"org.opencontainers.x\":\"\"}' }"),
    ("annotation-key-plain", "{ set = '{at}/annotations', to = '{\"plain\":\"\"}' }"),
    (
        "created-invalid",
        "{ set = '{at}/annotations', to = '{\"org.opencontainers.image.created\":\"now\"}' }",
    ),
    (
        "base-digest-invalid",
        "{ set = '{at}/annotations', to = '{\"org.opencontainers.image.base.digest\":\"x\"}' }",
    ),
    ("platform-invalid", "{ set = '{at}/platform', to = '{}' }"),
    ("platform-value-unknown", "{ set = '{at}/platform', to = '{\"architecture\":\"x\",\"os\":\"linux\"}' }"),
    (
        "platform-features-reserved",
        "{ set = '{at}/platform', to = '{\"architecture\":\"arm\",\"os\":\"linux\",\"features\":[]}' }",
    ),
    ("descriptor-field-unknown", "{ set = '{at}/subject', to = '{}' }"),
    ("descriptor-not-object", "{ set = '{at}', to = '1' }"),
    ("json-duplicate-name", "{ raw = '{at}/size', before = '\"size\":1,' }"),
    ("schema-version-invalid", "{ set = '{doc}#/schemaVersion', to = '1' }"),
    ("schema-version-invalid", "{ remove = '{doc}#/schemaVersion' }"),
    ("media-type-absent", "{ remove = '{doc}#/mediaType' }"),
    (
        "media-type-wrong",
        "{ set = '{doc}#/mediaType', to = '\"application/vnd.docker.distribution.manifest.list.v2+json\"' }",
    ),
    ("json-not-utf8", "{ overwrite = '{doc}', bom = true }"),
    ("blob-digest-mismatch", "{ flip = '{blob}' }"),
    ("blob-missing", "{ delete = '{blob}' }"),
];

static CHECKERS: LazyLock<Vec<Checker>> = LazyLock::new(|| {
    let profiles = PROFILES.iter().map(|id| catalogue::shipped_profile(id).unwrap().unwrap());
    profiles.map(Checker::new).collect()
});

fn check(scene: &Scene, profile: &str) -> Vec<Finding> {
    let at = PROFILES.iter().position(|id| *id == profile).unwrap();
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    scene.save(folder.path()).unwrap();
    CHECKERS[at].directory(&Layout::open_damaged(folder.path()).unwrap()).findings
}

/// The descriptors that index.json leads to in one step, and in two: the document, the pointer, and the blob.
fn places(scene: &Scene) -> Vec<(String, String, String)> {
    let mut places = Vec::new();
    let mut open = vec![("index.json".to_owned(), 0)];
    while let Some((file, depth)) = open.pop() {
        let document = Document::parse("", scene.bytes(&file).unwrap_or_default());
        let Ok(root) = document.root() else { continue };
        let lists = ["manifests", "layers"].into_iter().filter_map(|name| Some((name, root.get(name)?)));
        let items = lists.flat_map(|(name, list)| {
            list.items().enumerate().map(move |(n, value)| (format!("/{name}/{n}"), value))
        });
        let config = root.get("config").map(|value| ("/config".to_owned(), value));
        for (pointer, value) in items.chain(config) {
            let Some(digest) = value.get("digest").and_then(|digest| Digest::parse(&digest.as_str()?).ok())
            else {
                continue;
            };
            let blob = format!("blobs/{}/{}", digest.algorithm(), digest.encoded());
            if scene.bytes(&blob).is_some() {
                places.push((file.clone(), pointer, blob.clone()));
                open.extend((depth == 0).then_some((blob, 1)));
            }
        }
    }
    places
}

/// Whether the change says something of that place at all.
fn applies(rule: &str, (file, pointer, _): &(String, String, String), scene: &Scene) -> bool {
    let document = Document::parse("", scene.bytes(file).unwrap_or_default());
    let value = document.root().ok().and_then(|root| root.at_pointer(pointer));
    let has = |name| value.is_some_and(|value| value.get(name).is_some());
    match rule {
        // only blobs have a digest, and only what hashes to it counts
        "schema-version-invalid" | "media-type-absent" | "media-type-wrong" => true,
        // data of its own shows the size, or replaces the blob
        "size-mismatch" | "blob-missing" => !has("data") && !has("urls") && !is_child(file, pointer),
        _ => true,
    }
}

/// An image index may be sparse.
fn is_child(file: &str, pointer: &str) -> bool {
    file != "index.json" && pointer.starts_with("/manifests/")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_has_no_error(case in generate::case()) {
        let plan = Plan::compile(&case);
        for convention in conventions() {
            let scene = Scene::new(&plan, Some(&convention));
            for profile in PROFILES {
                let errors: Vec<_> = check(&scene, profile)
                    .into_iter()
                    .filter(|finding| finding.severity == Severity::Error)
                    .map(|finding| format!("{} {}#{} {}", finding.rule.id, finding.file, finding.pointer, finding.message))
                    .collect();
                prop_assert!(errors.is_empty(), "{} under {profile}: {errors:?}", convention.id);
            }
        }
    }

    #[test]
    fn each_change_is_found(case in generate::case(), which in any::<Index>(), whose in any::<Index>()) {
        let all = conventions();
        let convention = &all[whose.index(all.len())];
        let scene = Scene::new(&Plan::compile(&case), Some(convention));
        let places = places(&scene);
        prop_assume!(!places.is_empty());
        let place = &places[which.index(places.len())];
        let (file, pointer, blob) = place;
        for (rule, change) in CHANGES.iter().filter(|(rule, _)| applies(rule, place, &scene)) {
            let change = change.replace("{at}", &format!("{file}#{pointer}")).replace("{doc}", file).replace("{blob}", blob);
            let source = Source::new("generated.toml", format!("mutate = [ {change} ]"));
            let mutated = scene.clone().mutated(&source);
            // not every document has every field
            let Ok(mutated) = mutated else { continue };
            let found = check(&mutated, "image-spec-head");
            let hit = found.iter().any(|finding| finding.rule.id == *rule);
            let found: Vec<_> = found.iter().map(|finding| format!("{} {}#{}", finding.rule.id, finding.file, finding.pointer)).collect();
            prop_assert!(hit, "{}: {rule} does not find {change}, but {found:?}", convention.id);
        }
    }
}
