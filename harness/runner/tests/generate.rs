//! Random cases, as the text of case files: what is tested goes the whole way from the file to the bytes.
//!
//! Owns: the shapes that content can take (nested indexes, several subjects, chains, all algorithms, absent
//! content, tags). Leaves to others: the laws.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use referee_convention::Convention;
use referee_runner::Case;
use referee_source::Source;

/// All shipped conventions.
pub(crate) fn conventions() -> Vec<Convention> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/conventions");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &Path| Source::new(path.to_str().unwrap(), fs::read_to_string(path).unwrap());
    paths.iter().map(|path| Convention::parse(&read(path)).unwrap()).collect()
}

/// One content before its references are cut to those that come before it.
#[derive(Debug, Clone)]
struct Draft {
    kind: u8,
    subject: Option<prop::sample::Index>,
    children: Vec<prop::sample::Index>,
    algorithm: &'static str,
    tag: bool,
    absent: bool,
    config: bool,
    inline: bool,
    platform: &'static str,
    annotations: Vec<(&'static str, String)>,
    wrong_size: Option<u8>,
}

fn draft() -> impl Strategy<Value = Draft> {
    let references = (
        prop::option::weighted(0.6, any::<prop::sample::Index>()),
        prop::collection::vec(any::<prop::sample::Index>(), 0..3),
    );
    let algorithm = prop_oneof![4 => Just("sha256"), 1 => Just("sha512"), 1 => Just("blake3")];
    let flags = (prop::bool::weighted(0.3), prop::bool::weighted(0.1), any::<bool>(), any::<bool>());
    let platform = prop::sample::select(vec!["linux/amd64", "linux/arm64", "linux/arm/v7"]);
    let key = prop::sample::select(vec![
        "com.example.k",
        "",
        "org.opencontainers.image.ref.name",
        "org.opencontainers.image.referrer.subject",
    ]);
    let annotations = prop::collection::vec((key, "[ -~]{0,8}|é\n"), 0..3);
    let rest = (platform, annotations, prop::option::weighted(0.1, any::<u8>()));
    (0_u8..3, references, algorithm, flags, rest).prop_map(
        |(kind, (subject, children), algorithm, (tag, absent, config, inline), rest)| {
            let (platform, annotations, wrong_size) = rest;
            Draft {
                kind,
                subject,
                children,
                algorithm,
                tag,
                absent,
                config,
                inline,
                platform,
                annotations,
                wrong_size,
            }
        },
    )
}

/// A case with up to eight contents; the base holds those that are no referrers, steps push the others.
pub(crate) fn case() -> impl Strategy<Value = Case> {
    prop::collection::vec(draft(), 0..8).prop_map(|drafts| {
        let text = text(&drafts);
        let source = Source::new("generated.toml", text.as_str());
        Case::parse(&source).unwrap_or_else(|error| panic!("{error}\n{text}"))
    })
}

fn text(drafts: &[Draft]) -> String {
    let mut content = String::new();
    let mut steps = String::new();
    for (at, draft) in drafts.iter().enumerate() {
        let earlier = |index: &prop::sample::Index| (at > 0).then(|| format!("\"c{}\"", index.index(at)));
        let mut key = |key: &str, value: &str| {
            writeln!(content, "{key} = {value}").unwrap();
        };
        key("[[content]]\nname", &format!("\"c{at}\""));
        key("kind", ["\"image\"", "\"artifact\"", "\"index\""][usize::from(draft.kind)]);
        key("algorithm", &format!("\"{}\"", draft.algorithm));
        key("absent", &draft.absent.to_string());
        if draft.tag {
            key("tag", &format!("\"t{at}\""));
        }
        match draft.kind {
            0 => key("platform", &format!("\"{}\"", draft.platform)),
            1 if draft.config => key("config", "\"application/vnd.example.config\""),
            1 => {
                key("artifact-type", "\"application/vnd.example.a\"");
                key("inline", &draft.inline.to_string());
            }
            _ => {
                let mut children: Vec<String> = draft.children.iter().filter_map(earlier).collect();
                children.dedup();
                key("manifests", &format!("[{}]", children.join(", ")));
                // without it two empty indexes would have the same bytes
                key("artifact-type", &format!("\"application/vnd.example.c{at}\""));
            }
        }
        if let Some(subject) = draft.subject.as_ref().and_then(earlier) {
            key("subject", &subject);
            if let Some(size) = draft.wrong_size {
                key("wrong-subject", &format!("{{ size = {size} }}"));
            }
            writeln!(steps, "[[step]]\nrole = \"producer\"\nop = \"push\"\ncontent = \"c{at}\"").unwrap();
        }
        for (name, value) in &draft.annotations {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let line = format!("annotations.\"{name}\"");
            if !content.rsplit("[[content]]").next().unwrap().contains(&line) {
                writeln!(content, "{line} = \"{value}\"").unwrap();
            }
        }
    }
    let content = if content.is_empty() { "content = []\n".to_owned() } else { content };
    let axes = if steps.is_empty() {
        steps.push_str("step = []\n");
        ""
    } else {
        "[axes]\nproducer = [\"builtin\"]\n"
    };
    let head = "schema = 1\nid = \"generated\"\ntitle = \"t\"\nstatus = \"draft\"\nlevel = \"info\"\nreq = [\"REF-01\"]\n";
    let (arrays, tables): (Vec<String>, Vec<String>) =
        [content, axes.to_owned(), steps].into_iter().partition(|part| part.ends_with("[]\n"));
    format!("{head}{}{}", arrays.concat(), tables.concat())
}
