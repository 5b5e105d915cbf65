//! Whatever is called plain has no finding of any rule in any profile.
#![allow(clippy::unwrap_used)]

use referee_spec::annotation::REF_NAME;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use referee_convention::Convention;
use referee_layout::Verified;
use referee_layout::json::{Kind, Tree};
use referee_source::Source;
use referee_spec::Digest;

use super::*;
use crate::catalogue::RULES;
use crate::doc::{Described, Doc, File};
use crate::finding::{Asked, Findings};
use crate::profile::{Profile, ProfileFile};
use crate::rule::Check;

const PLAIN_CONFIG: &str = media_type::IMAGE_CONFIG;
const A: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let proposal = include_str!("../../../../cases/conventions/pr-1171.toml");
    let proposal = Convention::parse(&Source::new("pr-1171.toml", proposal)).unwrap();
    let shipped = [
        ("image-spec.toml", include_str!("../../../../cases/profiles/image-spec.toml")),
        ("image-spec-head.toml", include_str!("../../../../cases/profiles/image-spec-head.toml")),
        ("strict.toml", include_str!("../../../../cases/profiles/strict.toml")),
        ("pr-1171.toml", include_str!("../../../../cases/profiles/pr-1171.toml")),
    ];
    let profile = |(name, text): (&str, &str)| {
        let file = ProfileFile::parse(&Source::new(name, text)).unwrap();
        let convention = file.convention.is_some().then_some(&proposal);
        file.with(convention).unwrap()
    };
    shipped.map(profile).into()
});

/// What all rules for single documents find in a document, whether it is plain or not; with `all`, in plain descriptors,
/// too.
fn found(profile: &Profile, kind: DocKind, text: &BlobText<'_>, all: bool) -> Vec<String> {
    let file = if kind == DocKind::IndexJson { File::Root("index.json") } else { File::Blob(text.digest) };
    let node = Node::read(text, Verified::Yes).filter(|_| !all);
    let read = node.as_ref().map(Described::of).unwrap_or_default();
    let doc = Doc::new(file, text.root().unwrap(), kind, profile, read).unwrap();
    let mut found = Vec::new();
    for asked in RULES.iter().filter_map(|rule| Asked::of(rule, profile)) {
        let Check::Document(check) = asked.rule.check else { continue };
        let mut findings = Findings::of(asked, profile);
        check(&doc, &mut findings);
        let all = findings.into_found().into_iter();
        found.extend(
            all.map(|finding| format!("{}#{}: {}", finding.rule.id, finding.pointer, finding.message)),
        );
    }
    found
}

/// The first most of the time.
fn one_of(texts: &[&'static str]) -> BoxedStrategy<&'static str> {
    prop_oneof![9 => Just(texts[0]), 2 => prop::sample::select(texts.to_vec())].boxed()
}

/// An object of these members, at times without one of them or with one twice.
fn object(members: Vec<(&'static str, BoxedStrategy<String>)>) -> BoxedStrategy<String> {
    let (names, values): (Vec<_>, Vec<_>) = members.into_iter().unzip();
    let change = prop::option::weighted(0.2, (any::<Index>(), any::<bool>()));
    let write = move |(values, change): (Vec<String>, Option<(Index, bool)>)| {
        let member = |(name, value): (&&str, &String)| format!("\"{name}\":{value}");
        let mut all: Vec<_> = names.iter().zip(&values).map(member).collect();
        match change {
            Some((at, true)) => drop(all.remove(at.index(all.len()))),
            Some((at, false)) => all.push(all[at.index(all.len())].clone()),
            None => {}
        }
        format!("{{{}}}", all.join(","))
    };
    (values, change).prop_map(write).boxed()
}

fn string(text: impl Strategy<Value = impl std::fmt::Display> + 'static) -> BoxedStrategy<String> {
    text.prop_map(|text| format!("\"{text}\"")).boxed()
}

fn descriptor(types: &[&'static str]) -> Vec<(&'static str, BoxedStrategy<String>)> {
    let long: &str = concat!(
        "sha512:",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    );
    let blake: &str = "blake3:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let sizes = ["2", "2", "512", "0", "-1", "1.5", "99999999999999999999", "9223372036854775808", "\"2\""];
    vec![
        ("mediaType", string(one_of(types))),
        ("digest", string(one_of(&[A, A, A, A, long, blake, "md5:abc", "sha256:abc", ""]))),
        ("size", one_of(&sizes).prop_map(str::to_owned).boxed()),
    ]
}

fn entry() -> BoxedStrategy<String> {
    let platform = object(vec![
        ("architecture", string(one_of(&["amd64", "arm64", "x", "unknown"]))),
        ("os", string(one_of(&["linux", "windows", "Linux", "unknown"]))),
    ]);
    let key = [REF_NAME, REF_NAME, "org.opencontainers.image.created", "io.containerd.manifest.subject"];
    let name = "v[0-9]|v[0-9][.-]{1,2}[0-9]|[a-z0-9.:@/+_ -]{0,12}|sha256-[a-f0-9]{64}";
    let one = one_of(&key).prop_flat_map(move |key| object(vec![(key, string(name))]));
    let two = object(vec![(key[0], string(name)), ("com.example.k", string("x")), (key[2], string("x"))]);
    let names = prop_oneof![4 => one, 1 => two].boxed();
    let types = [media_type::IMAGE_MANIFEST, media_type::IMAGE_INDEX, PLAIN_CONFIG, media_type::EMPTY];
    let mut members = descriptor(&types);
    members.extend([("platform", platform), ("annotations", names)]);
    let usual = object(members.clone());
    let other = one_of(&["artifactType", "data", "urls", "example"]);
    let more = other.prop_flat_map(move |other| {
        let value = one_of(&["\"a b\"", "1", "[\"x y\"]"]).prop_map(str::to_owned).boxed();
        object([members.clone(), vec![(other, value)]].concat())
    });
    prop_oneof![4 => usual, 1 => more].boxed()
}

fn image() -> BoxedStrategy<String> {
    let config = [PLAIN_CONFIG, PLAIN_CONFIG, PLAIN_CONFIG, media_type::EMPTY, "a/b", "text/plain; x"];
    let layer = [
        media_type::LAYERS[0],
        media_type::LAYERS[1],
        media_type::LAYERS[2],
        PLAIN_CONFIG,
        media_type::EMPTY,
        "a/b",
    ];
    let layers = prop::collection::vec(object(descriptor(&layer)), 0..3);
    let own = string(one_of(&[media_type::IMAGE_MANIFEST, media_type::IMAGE_INDEX, "a b"]));
    let own = prop_oneof![9 => own, 1 => Just("5".to_owned())].boxed();
    object(vec![
        ("schemaVersion", one_of(&["2", "2", "1", "2.0"]).prop_map(str::to_owned).boxed()),
        ("mediaType", own),
        ("config", object(descriptor(&config))),
        ("layers", layers.prop_map(|layers| format!("[{}]", layers.join(","))).boxed()),
    ])
}

fn called_plain(text: &BlobText<'_>, kind: DocKind) -> bool {
    is_plain(text, kind, Node::read(text, Verified::Yes).as_ref())
}

fn with<T>(text: &str, one: impl FnOnce(&BlobText<'_>) -> T) -> T {
    let digest = Digest::parse(A).unwrap();
    let (tree, text) = Tree::parse(text.as_bytes()).unwrap();
    one(&BlobText::new(&digest, text, &tree))
}

#[test]
fn the_usual_is_plain() {
    let descriptor = |own: &str| format!(r#"{{"mediaType":"{own}","digest":"{A}","size":2"#);
    let (config, layer) = (descriptor(PLAIN_CONFIG), descriptor(media_type::LAYERS[1]));
    let image = format!(
        r#"{{"schemaVersion":2,"mediaType":"{}","config":{config}}},"layers":[{layer}}}]}}"#,
        media_type::IMAGE_MANIFEST
    );
    assert!(with(&image, |text| called_plain(text, DocKind::Manifest)));
    let index = format!(
        r#"{{"schemaVersion":2,"mediaType":"{}","manifests":[{},"platform":{{"os":"linux","architecture":"amd64"}},"annotations":{{"{}":"v1.2-rc.3"}}}}]}}"#,
        media_type::IMAGE_INDEX,
        descriptor(media_type::IMAGE_MANIFEST),
        REF_NAME
    );
    with(&index, |text| {
        let node = Node::read(text, Verified::Yes).unwrap();
        let entry = node.entries[0].descriptor.as_ref().unwrap();
        assert!(is_plain_descriptor(entry, Slot::Entry(0), true));
        assert!(!is_plain_descriptor(entry, Slot::Entry(0), false));
    });
}

/// The text with a part left out, doubled, replaced, or with something put in.
fn spoilt(text: String) -> impl Strategy<Value = String> {
    let pieces = [
        "0",
        "-1",
        "1e3",
        "null",
        "\"\"",
        "{}",
        "[]",
        "\\u0061",
        "\\ud800",
        "\u{fdd0}",
        "é",
        ",",
        "9007199254740993",
    ];
    let len = text.chars().count();
    (0..=len, 0..40_usize, one_of(&pieces), 0..4_u8).prop_map(move |(at, cut, piece, how)| {
        let (before, rest): (String, String) =
            (text.chars().take(at).collect(), text.chars().skip(at).collect());
        let (part, after): (String, String) =
            (rest.chars().take(cut).collect(), rest.chars().skip(cut).collect());
        match how {
            0 => format!("{before}{after}"),
            1 => format!("{before}{part}{part}{after}"),
            2 => format!("{before}{piece}{after}"),
            _ => format!("{before}{piece}{part}{after}"),
        }
    })
}

fn documents() -> impl Strategy<Value = (DocKind, String)> {
    let head = format!(r#"{{"schemaVersion":2,"mediaType":"{}","manifests":["#, media_type::IMAGE_INDEX);
    let index = entry().prop_map(move |entry| (DocKind::IndexJson, format!("{head}{entry}]}}"))).boxed();
    let config = one_of(&["1", "9007199254740993", "1e300"]).prop_map(|n| {
        format!(r#"{{"architecture":"amd64","os":"linux","rootfs":{{"diff_ids":["{A}"]}},"n":{n}}}"#)
    });
    prop_oneof![
        index.clone(),
        index.prop_flat_map(|(kind, text)| spoilt(text).prop_map(move |text| (kind, text))),
        image().prop_map(|text| (DocKind::Manifest, text)),
        image().prop_flat_map(spoilt).prop_map(|text| (DocKind::Manifest, text)),
        config.clone().prop_map(|text| (DocKind::Other, text)),
        config.prop_flat_map(spoilt).prop_map(|text| (DocKind::Other, text)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_plain_has_no_finding((kind, text) in documents()) {
        let Ok((tree, text)) = Tree::parse(text.as_bytes()) else { return Ok(()) };
        if tree.root(text).kind() != Kind::Object {
            return Ok(());
        }
        let digest = Digest::parse(A).unwrap();
        let seen = BlobText::new(&digest, text, &tree);
        for profile in PROFILES.iter() {
            let all = found(profile, kind, &seen, true);
            prop_assert_eq!(&found(profile, kind, &seen, false), &all, "plain descriptors have findings");
            if called_plain(&seen, kind) {
                prop_assert!(all.is_empty(), "{text} is called plain: {all:?}");
            }
        }
    }
}
