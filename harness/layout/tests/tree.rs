//! What is below what in the trees of a layout, and that they end.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use crate::support::{Files, INDEX, MANIFEST, blob, conventions, descriptor, finish, index, manifest, save};
use referee_layout::view::Census;
use referee_layout::view::tree::{Branch, Relation, forest};
use referee_layout::{Layout, Limits};

/// The trees as text: a line for each branch, with a letter for what it is and one for each level; then what is bare.
fn trees(files: &[(String, Vec<u8>)], names: &[(&str, String)]) -> String {
    let facts = Layout::open(save(files).path()).unwrap().facts(&Limits::default());
    let conventions = conventions();
    let census = Census::new(&facts, &conventions);
    let forest = forest(&census);
    let mut text = String::new();
    forest.trees.iter().for_each(|tree| line(&mut text, tree, names, 0));
    text + &forest.bare.join(" ")
}

fn line(text: &mut String, branch: &Branch<'_>, names: &[(&str, String)], depth: usize) {
    let digest = branch.digest.to_string();
    let name = names.iter().find(|(_, known)| *known == digest).map_or("?", |(name, _)| name);
    let relation = match &branch.relation {
        Relation::Root => "root",
        Relation::Child => "child",
        Relation::Content(_) => "content",
        Relation::Names(how) => how.word(),
    };
    let cut = if branch.cut { " cut" } else { "" };
    let _ = writeln!(text, "{}{name} {relation}{cut}", ">".repeat(depth));
    branch.branches.iter().for_each(|one| line(text, one, names, depth + 1));
}

/// The digest of the config of every manifest here.
const EMPTY: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

fn tagged(name: &str) -> String {
    format!(r#","annotations":{{"org.opencontainers.image.ref.name":"{name}"}}"#)
}

#[test]
fn children_of_indexes_and_referrers_of_referrers_are_below() {
    let mut files = Files::new();
    let [one, two, bare] = ["1", "2", "3"].map(|n| blob(&mut files, &manifest(&format!(r#","x":{n}"#))));
    let refer = |files: &mut Files, to: &(_, _), x: &str| {
        let subject = descriptor(MANIFEST, to, "");
        blob(files, &manifest(&format!(r#","x":"{x}","subject":{subject}"#)))
    };
    let sbom = refer(&mut files, &one, "sbom");
    let signature = refer(&mut files, &sbom, "signature");
    let of_index = |files: &mut Files, listed: &[String]| blob(files, &index(listed, ""));
    let listed = [descriptor(MANIFEST, &one, ""), descriptor(MANIFEST, &two, "")];
    let image = of_index(&mut files, &listed);
    let outer = of_index(&mut files, &[descriptor(INDEX, &image, "")]);
    let list = of_index(&mut files, &[descriptor(MANIFEST, &signature, "")]);
    let fallback = tagged(&sbom.0.to_string().replace(':', "-"));
    let cosign = tagged(&format!("{}.sig", two.0.to_string().replace(':', "-")));
    let tag = blob(&mut files, &manifest(r#","x":"tag""#));
    let gone = (referee_spec::Algorithm::Sha256.digest(b"gone"), 4);
    let lost = refer(&mut files, &gone, "lost");
    let files = finish(
        files,
        &[
            descriptor(MANIFEST, &bare, &tagged("bare")),
            descriptor(INDEX, &outer, &tagged("v1")),
            descriptor(INDEX, &list, &fallback),
            descriptor(MANIFEST, &tag, &cosign),
            descriptor(INDEX, &image, &tagged("again")),
        ],
    );
    let names = [
        ("one", &one),
        ("two", &two),
        ("sbom", &sbom),
        ("signature", &signature),
        ("image", &image),
        ("outer", &outer),
        ("tag", &tag),
        ("gone", &gone),
        ("lost", &lost),
    ];
    let names = names.map(|(name, (digest, _))| (name, digest.to_string()));
    let text = trees(&files, &names);
    let expected = "outer root\n\
                    >image child\n\
                    >>one child\n\
                    >>>sbom subject\n\
                    >>>>signature subject\n\
                    >>two child\n\
                    >>>tag tag\n\
                    gone root\n\
                    >lost subject\n\
                    bare again";
    assert_eq!(text, expected);
}

/// The slip of signing the image's id, or a layer, in place of the manifest.
#[test]
fn what_names_the_content_of_an_image_is_below_the_image() {
    let mut files = Files::new();
    let config = (referee_spec::Digest::parse(EMPTY).unwrap(), 2);
    let layer = blob(&mut files, "layer");
    let layers = format!(r#""layers":[{}]"#, descriptor("a/b", &layer, ""));
    let image = blob(&mut files, &manifest("").replace(r#""layers":[]"#, &layers));
    let refer = |files: &mut Files, to: &(_, _), x: &str| {
        blob(files, &manifest(&format!(r#","x":"{x}","subject":{}"#, descriptor(MANIFEST, to, ""))))
    };
    let (one, two) = (refer(&mut files, &config, "1"), refer(&mut files, &layer, "2"));
    let files = finish(files, &[descriptor(MANIFEST, &image, &tagged("v1"))]);
    let names = [("image", &image), ("config", &config), ("layer", &layer), ("one", &one), ("two", &two)];
    let text = trees(&files, &names.map(|(name, (digest, _))| (name, digest.to_string())));
    for line in ["image root", ">config content", ">>one subject", ">layer content", ">>two subject"] {
        assert!(text.lines().any(|one| one == line), "{line}: {text}");
    }
}

/// No hash function is known for such digests, so they can be made to name each other.
#[test]
fn rings_and_chains_end() {
    let digest = |n: usize| format!("x:{n}");
    let refers = |n: usize, to: usize| {
        let subject = format!(r#"{{"mediaType":"{MANIFEST}","digest":"{}","size":1}}"#, digest(to));
        (format!("blobs/x/{n}"), manifest(&format!(r#","subject":{subject}"#)).into_bytes())
    };
    let names = |count: usize| (0..count).map(|n| ("m", digest(n))).collect::<Vec<_>>();
    let ring: Files = [(0, 1), (1, 2), (2, 0), (3, 3)].map(|(n, to)| refers(n, to)).to_vec();
    let text = trees(&finish(ring, &[]), &names(4));
    assert_eq!(text, "m root\n>m subject\n>>m subject\n>>>m subject cut\n");
    // each names the one before, and an entry of index.json names the last
    let chain: Files = (1..1000).map(|n| refers(n, n - 1)).collect();
    let entry = format!(r#"{{"mediaType":"{MANIFEST}","digest":"{}","size":1}}"#, digest(999));
    let text = trees(&finish(chain, &[entry]), &names(1000));
    let deepest = text.lines().map(|line| line.chars().filter(|c| *c == '>').count()).max();
    assert_eq!(deepest, Some(64));
    assert!(text.contains(&format!("{}m subject cut\n", ">".repeat(64))), "{text}");
}

/// Indexes that hold each other, each many times, are shown once each.
#[test]
fn indexes_that_hold_each_other_end() {
    let holds = |n: usize| {
        let entries: Vec<String> =
            (0..20).map(|n| format!(r#"{{"mediaType":"{INDEX}","digest":"x:{n}","size":1}}"#)).collect();
        (format!("blobs/x/{n}"), index(&entries, "").into_bytes())
    };
    let subject = format!(r#"{{"mediaType":"{MANIFEST}","digest":"x:0","size":1}}"#);
    let mut files: Files = (0..20).map(holds).collect();
    blob(&mut files, &manifest(&format!(r#","subject":{subject}"#)));
    let entry = format!(r#"{{"mediaType":"{INDEX}","digest":"x:7","size":1}}"#);
    let text = trees(&finish(files, &[entry]), &[]);
    assert!(text.contains("? subject\n") && text.lines().count() < 100, "{text}");
}
