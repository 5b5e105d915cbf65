//! A rule that declares that it skips canonical input finds nothing there, in any profile.
#![allow(clippy::unwrap_used)]

use referee_spec::annotation::REF_NAME;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use referee_convention::Convention;
use referee_layout::Verified;
use referee_layout::json::{Kind, Tree};
use referee_source::Source;
use referee_spec::Digest;

use super::*;
use crate::catalogue::DECLARED;
use crate::check::Checker;
use crate::declare::{Canonical, Check, Declared, MUST};
use crate::doc::{File, ReadDescriptors};
use crate::profile::{Profile, ProfileFile};
use crate::rule::Rule;

const CONFIG: &str = media_type::IMAGE_CONFIG;
const A: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let proposal = include_str!("../../../../../cases/conventions/pr-1171.toml");
    let proposal = Convention::parse(&Source::new("pr-1171.toml", proposal)).unwrap();
    let shipped = [
        ("image-spec.toml", include_str!("../../../../../cases/profiles/image-spec.toml")),
        ("image-spec-head.toml", include_str!("../../../../../cases/profiles/image-spec-head.toml")),
        ("strict.toml", include_str!("../../../../../cases/profiles/strict.toml")),
        ("pr-1171.toml", include_str!("../../../../../cases/profiles/pr-1171.toml")),
    ];
    let profile = |(name, text): (&str, &str)| {
        let file = ProfileFile::parse(&Source::new(name, text)).unwrap();
        let convention = file.convention.is_some().then(|| proposal.clone());
        file.with(convention)
    };
    shipped.map(profile).into()
});

static PAIRS: LazyLock<Vec<Pair>> =
    LazyLock::new(|| PROFILES.iter().map(|profile| Pair::of(profile, DECLARED)).collect());

/// Two checkers: with the rules as they are declared, and with the same rules asked about everything.
struct Pair {
    declared: Checker,
    asked: Checker,
}

impl Pair {
    fn of(profile: &Profile, rules: &'static [Declared]) -> Self {
        let ask = |one: &Declared| Declared {
            rule: Rule { canonical: Canonical::Ask, ..one.rule },
            check: one.check,
        };
        let asked: Vec<_> = rules.iter().map(ask).collect();
        let of = |rules| Checker::with_rules(profile.clone(), rules);
        Self { declared: of(rules), asked: of(asked.leak()) }
    }

    /// What the rules find that is missed because of what they declare.
    fn missed(&self, kind: DocKind, text: &BlobText<'_>) -> Vec<String> {
        let declared = found(&self.declared, kind, text);
        found(&self.asked, kind, text).into_iter().filter(|finding| !declared.contains(finding)).collect()
    }
}

/// What a checker's rules for single documents find in a document.
fn found(checker: &Checker, kind: DocKind, text: &BlobText<'_>) -> Vec<String> {
    let file = if kind == DocKind::IndexJson { File::Root("index.json") } else { File::Blob(text.digest) };
    let node = Node::read(text, Verified::Yes);
    let read = node.as_ref().map(ReadDescriptors::of).unwrap_or_default();
    let canonical = is_canonical(text, kind, node.as_ref());
    let shown = checker.shown(file, kind, text.root().unwrap(), read, canonical);
    let all = checker.document(&shown, Some(text.bytes)).into_iter();
    let all = all.map(|found| found.finding(None));
    all.map(|finding| format!("{}#{}: {}", finding.rule.id, finding.pointer, finding.message)).collect()
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
    let types = [media_type::IMAGE_MANIFEST, media_type::IMAGE_INDEX, CONFIG, media_type::EMPTY];
    let mut members = descriptor(&types);
    members.extend([("platform", platform), ("annotations", names)]);
    let usual = object(members.clone());
    let other = one_of(&["artifactType", "data", "urls", "example", "Digest"]);
    let more = other.prop_flat_map(move |other| {
        let value = one_of(&["\"a b\"", "1", "[\"x y\"]"]).prop_map(str::to_owned).boxed();
        object([members.clone(), vec![(other, value)]].concat())
    });
    prop_oneof![4 => usual, 1 => more].boxed()
}

fn image() -> BoxedStrategy<String> {
    let config = [CONFIG, CONFIG, CONFIG, media_type::EMPTY, "a/b", "text/plain; x"];
    let layer = [
        media_type::LAYERS[0],
        media_type::LAYERS[1],
        media_type::LAYERS[2],
        CONFIG,
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

fn is_canonical_text(text: &BlobText<'_>, kind: DocKind) -> bool {
    is_canonical(text, kind, Node::read(text, Verified::Yes).as_ref())
}

fn with<T>(text: &str, one: impl FnOnce(&BlobText<'_>) -> T) -> T {
    let digest = Digest::parse(A).unwrap();
    let (tree, text) = Tree::parse(text.as_bytes()).unwrap();
    one(&BlobText::new(&digest, text, &tree))
}

#[test]
fn what_programs_write_is_canonical() {
    let descriptor = |own: &str| format!(r#"{{"mediaType":"{own}","digest":"{A}","size":2"#);
    let (config, layer) = (descriptor(CONFIG), descriptor(media_type::LAYERS[1]));
    let image = format!(
        r#"{{"schemaVersion":2,"mediaType":"{}","config":{config}}},"layers":[{layer}}}]}}"#,
        media_type::IMAGE_MANIFEST
    );
    assert!(with(&image, |text| is_canonical_text(text, DocKind::Manifest)));
    let index = format!(
        r#"{{"schemaVersion":2,"mediaType":"{}","manifests":[{},"platform":{{"os":"linux","architecture":"amd64"}},"annotations":{{"{}":"v1.2-rc.3"}}}}]}}"#,
        media_type::IMAGE_INDEX,
        descriptor(media_type::IMAGE_MANIFEST),
        REF_NAME
    );
    with(&index, |text| {
        let node = Node::read(text, Verified::Yes).unwrap();
        let entry = node.entries[0].descriptor.as_ref().unwrap();
        assert!(is_canonical_descriptor(entry, Slot::Entry(0), true));
        assert!(!is_canonical_descriptor(entry, Slot::Entry(0), false));
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
    let number = one_of(&["1", "9007199254740993", "1e300"]);
    let names = (one_of(&["architecture", "Architecture"]), one_of(&["diff_ids", "Diff_IDs"]));
    let config = (number, names).prop_map(|(n, (own, inner))| {
        format!(r#"{{"{own}":"amd64","os":"linux","rootfs":{{"{inner}":["{A}"]}},"n":{n}}}"#)
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

/// One that claims to find nothing in canonical input, and finds every config of an image and every entry of an index.
static WRONG: [Declared; 1] = [Declared {
    rule: Rule { id: "wrongly-declared", levels: MUST, canonical: Canonical::Skip, ..Rule::BASE },
    check: Check::Document(|doc, findings| {
        for place in doc.descriptors() {
            findings.at(doc, place.value, "a descriptor");
        }
    }),
}];

/// One that claims the same, and finds every JSON object that is no manifest or index.
static WRONG_OF_OTHERS: [Declared; 1] = [Declared {
    rule: Rule { id: "wrongly-declared-of-others", ..WRONG[0].rule },
    check: Check::Document(|doc, findings| {
        if doc.kind == DocKind::Other {
            findings.at(doc, doc.root, "another document");
        }
    }),
}];

/// How many of the generated documents show that a rule is declared wrongly.
fn caught(rules: &'static [Declared]) -> usize {
    let pair = Pair::of(&PROFILES[0], rules);
    let mut runner = TestRunner::deterministic();
    let mut text = || documents().new_tree(&mut runner).unwrap().current();
    let texts = (0..400).map(|_| text());
    let missed = |(kind, text): (DocKind, String)| {
        let (tree, text) = Tree::parse(text.as_bytes()).ok()?;
        let digest = Digest::parse(A).unwrap();
        let is_object = tree.root(text).kind() == Kind::Object;
        is_object.then(|| !pair.missed(kind, &BlobText::new(&digest, text, &tree)).is_empty())
    };
    texts.filter_map(missed).filter(|missed| *missed).count()
}

#[test]
fn a_rule_that_is_wrongly_declared_is_caught() {
    assert!(caught(&WRONG) > 20);
    assert!(caught(&WRONG_OF_OTHERS) > 20);
}

#[test]
fn a_rule_that_declares_nothing_is_asked_about_everything() {
    static SILENT: [Declared; 1] =
        [Declared { rule: Rule { canonical: Rule::BASE.canonical, ..WRONG[0].rule }, check: WRONG[0].check }];
    assert_eq!(caught(&SILENT), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rules_that_skip_canonical_input_find_nothing_in_it((kind, text) in documents()) {
        let Ok((tree, text)) = Tree::parse(text.as_bytes()) else { return Ok(()) };
        if tree.root(text).kind() != Kind::Object {
            return Ok(());
        }
        let digest = Digest::parse(A).unwrap();
        let seen = BlobText::new(&digest, text, &tree);
        for pair in PAIRS.iter() {
            let missed = pair.missed(kind, &seen);
            prop_assert!(missed.is_empty(), "{text}: {missed:?}");
        }
    }
}
