//! Each rule finds exactly what its case says, in a directory and in an archive of it, and nothing in the base that the
//! case starts from; and a golden for each rule says what it finds in all layouts that there are.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::Path;
use std::sync::LazyLock;

use referee::fixtures::coverage::Coverage;
use referee::fixtures::{Base, Conformance, Scene, Variant};
use referee::layout::{Layout, Limits};
use referee::rules::catalogue::rules;
use referee::rules::profile::Proposal;
use referee::rules::requirement::DecidedBy;
use referee::rules::{Checker, Finding, Profile, Report, Severity, requirement};
use referee::runner::catalogue::{self, Catalogue, CatalogueError};
use referee::runner::{Case, Plan};

/// What is shipped.
struct Shipped {
    catalogue: Catalogue,
    cases: Vec<Conformance>,
    bases: Vec<Base>,
}

static SHIPPED: LazyLock<Result<Shipped, CatalogueError>> = LazyLock::new(|| {
    let (cases, bases) = referee::fixtures::shipped()?;
    Ok(Shipped { catalogue: Catalogue::shipped()?, cases, bases })
});

/// What is shipped; a mistake in one of its files is told by its line, in each test that needs it.
fn shipped() -> &'static Shipped {
    SHIPPED.as_ref().unwrap_or_else(|mistake| panic!("{mistake}"))
}

const PROFILES: [&str; 3] = ["image-spec", "image-spec-head", "pr-1171"];

/// The interop cases that goldens of rules look at, as every convention writes them: few, and of every kind of content,
/// so that another interop case changes no golden.
const WRITTEN: [&str; 5] = [
    "listed-referrer-missing",
    "subject-absent",
    "subject-wrong-size",
    "referrer-is-index",
    "referrer-with-tag",
];

fn checker(profile: &str, readings: &BTreeMap<String, String>) -> Checker {
    held(catalogue::shipped_profile(profile).unwrap().unwrap(), readings)
}

/// The same with the proposal that a variant names in place of the profile's.
fn checker_of(variant: &Variant) -> Checker {
    let mut profile = catalogue::shipped_profile(&variant.profile).unwrap().unwrap();
    if let Some(id) = &variant.proposal {
        let convention =
            shipped().catalogue.convention(id).unwrap_or_else(|| panic!("{}: no {id}", variant.id));
        profile.proposal = Some(Proposal { convention: convention.clone(), text: None });
    }
    held(profile, &variant.reading)
}

fn held(mut profile: Profile, readings: &BTreeMap<String, String>) -> Checker {
    profile.readings.clone_from(readings);
    // small, so that the case of a document that is too large stays quick
    let mut limits = Limits::thorough();
    limits.document = 8 << 20;
    Checker::new(profile).with_limits(limits)
}

fn in_directory(scene: &Scene, checker: &Checker) -> Report {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    scene.save(folder.path()).unwrap();
    checker.directory(&Layout::open_damaged(folder.path()).unwrap())
}

fn in_archive(scene: &Scene, checker: &Checker) -> Report {
    checker.archive(Path::new("layout.tar"), Cursor::new(scene.tar().unwrap())).unwrap()
}

/// Rule and place of each finding, with the names of blobs.
fn places(scene: &Scene, report: &Report) -> Vec<(String, String)> {
    let place = |file: &str, pointer: &str| format!("{}#{pointer}", scene.named(file));
    let found = report.findings();
    let mut found: Vec<_> =
        found.map(|found| (found.rule.id.to_owned(), place(&found.file, &found.pointer))).collect();
    found.sort();
    found
}

/// What is in one of two lists only, a line each; something that is in one twice has to be in the other twice, too.
fn difference(want: &[(String, String)], have: &[(String, String)]) -> String {
    let without = |from: &[(String, String)], known: &[(String, String)], said: &str| {
        let mut known = known.to_vec();
        let left = from.iter().filter(|one| match known.iter().position(|known| known == *one) {
            Some(at) => {
                known.swap_remove(at);
                false
            }
            None => true,
        });
        left.map(|(rule, place)| format!("  {said}: {rule}@{place}\n")).collect::<String>()
    };
    without(want, have, "expected, not found") + &without(have, want, "found, not expected")
}

#[test]
fn a_difference_is_all_that_is_printed() {
    let list = |words: &[&str]| words.iter().map(|word| ("rule".to_owned(), (*word).to_owned())).collect();
    let (want, have): (Vec<_>, Vec<_>) = (list(&["a", "b", "b", "c"]), list(&["d", "c", "b", "a"]));
    assert_eq!(difference(&want, &have), "  expected, not found: rule@b\n  found, not expected: rule@d\n");
    assert_eq!(difference(&want, &want), "");
}

fn has_a_root(scene: &Scene) -> bool {
    ["oci-layout", "index.json"].iter().any(|name| scene.bytes(name).is_some())
}

fn variants() -> impl Iterator<Item = &'static Variant> {
    shipped().cases.iter().flat_map(|case| &case.variants)
}

#[test]
fn every_variant_gives_exactly_its_findings() {
    let mut wrong = Vec::new();
    for variant in variants() {
        let scene = match variant.scene(&shipped().bases, &shipped().catalogue.conventions) {
            Ok(scene) => scene,
            Err(error) => {
                wrong.push(format!("{}: {error}", variant.id));
                continue;
            }
        };
        let checker = checker_of(variant);
        let mut forms = Vec::new();
        if !scene.is_archive() {
            forms.push(("directory", in_directory(&scene, &checker)));
        }
        if scene.is_archive() || (scene.is_plain() && has_a_root(&scene)) {
            forms.push(("archive", in_archive(&scene, &checker)));
        }
        for (form, report) in forms {
            let difference = difference(&variant.expect, &places(&scene, &report));
            if !difference.is_empty() {
                wrong.push(format!("{} ({form}): {}\n{difference}", variant.id, variant.why));
            }
        }
    }
    assert!(wrong.is_empty(), "{} variants:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn nothing_is_found_in_a_base() {
    for base in &shipped().bases {
        let scene = base.scene(&shipped().catalogue.conventions).unwrap();
        let report = in_directory(&scene, &checker(&base.profile, &BTreeMap::new()));
        let allowed = |finding: &Finding| {
            finding.severity == Severity::Info && base.infos.iter().any(|rule| rule == finding.rule.id)
        };
        let wrong: Vec<_> = report.findings().filter(|finding| !allowed(finding)).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", base.id);
        for rule in &base.infos {
            let found = report.findings().any(|finding| finding.rule.id == rule);
            assert!(found, "{}: {rule} finds nothing", base.id);
        }
    }
}

/// What a convention writes of each interop case breaks no MUST, in any profile.
#[test]
fn what_a_convention_writes_has_no_error() {
    // of many, the same would be found of each
    for (name, scene) in written(|case| !case.is_of_many()) {
        for profile in PROFILES {
            let report = in_directory(&scene, &checker(profile, &BTreeMap::new()));
            let errors: Vec<_> = places(&scene, &report)
                .into_iter()
                .zip(report.findings())
                .filter(|(_, finding)| finding.severity == Severity::Error)
                .collect();
            assert!(errors.is_empty(), "{name} under {profile}: {errors:?}");
        }
    }
}

fn written(which: impl Fn(&Case) -> bool) -> Vec<(String, Scene)> {
    let mut scenes = Vec::new();
    for case in shipped().catalogue.cases.iter().filter(|case| which(case)) {
        let plan = Plan::compile(case);
        for convention in &shipped().catalogue.conventions {
            scenes.push((
                format!("{}[{}]", case.id, convention.id),
                Scene::new(&plan.contents, Some(convention)),
            ));
        }
    }
    scenes
}

/// For each rule: what it finds in what conventions write of [`WRITTEN`] and in the bases, and what any rule finds in the
/// layouts of its own case. So a new rule with its case adds a golden, and changes no other one but where it has something
/// to say.
#[test]
fn goldens_of_each_rule() {
    let written = written(|case| WRITTEN.contains(&case.id.as_str()));
    assert_eq!(
        written.len(),
        WRITTEN.len() * shipped().catalogue.conventions.len(),
        "a case of WRITTEN is gone"
    );
    let mut scenes: Vec<(String, Option<&str>, Scene)> =
        written.into_iter().map(|(name, scene)| (name, None, scene)).collect();
    for base in &shipped().bases {
        let scene = base.scene(&shipped().catalogue.conventions).unwrap();
        scenes.push((format!("base/{}", base.id), None, scene));
    }
    for case in &shipped().cases {
        for variant in &case.variants {
            let scene = variant.scene(&shipped().bases, &shipped().catalogue.conventions).unwrap();
            scenes.push((variant.id.clone(), Some(&case.rule), scene));
        }
    }
    let mut found: BTreeMap<&str, [BTreeMap<String, [&str; 3]>; 2]> =
        rules().map(|rule| (rule.id, Default::default())).collect();
    for (n, profile) in PROFILES.into_iter().enumerate() {
        let checker = checker(profile, &BTreeMap::new());
        for (name, case, scene) in &scenes {
            let report =
                if scene.is_archive() { in_archive(scene, &checker) } else { in_directory(scene, &checker) };
            for finding in report.findings() {
                let (rule, place) = (finding.rule.id, scene.named(&finding.file));
                let line = match case {
                    None => format!("{name}: {place}#{}", finding.pointer),
                    Some(_) => format!("{name}: {rule} {place}#{}", finding.pointer),
                };
                let lines = &mut found.get_mut(case.unwrap_or(rule)).unwrap()[usize::from(case.is_some())];
                lines.entry(line).or_insert(["-"; 3])[n] = finding.severity.word();
            }
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/rules"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (rule, [elsewhere, own]) in found {
            let text = |lines: BTreeMap<String, [&str; 3]>| -> String {
                lines.iter().map(|(line, [a, b, c])| format!("{a:7} {b:7} {c:7} {line}\n")).collect()
            };
            let (elsewhere, own) = (text(elsewhere), text(own));
            let head = format!("under {}", PROFILES.join(", "));
            let text = format!(
                "{head}\n\nit finds in what conventions write, and in bases:\n{elsewhere}\n\
                 all rules find in the layouts of its case:\n{own}"
            );
            insta::assert_snapshot!(rule, text);
        }
    });
}

/// Whether a file of a layout is an image index, by its name or by what is in it.
fn is_index(path: &str, bytes: Option<&[u8]>) -> bool {
    path == "index.json" || has_member(bytes, "manifests")
}

fn has_member(bytes: Option<&[u8]>, name: &str) -> bool {
    let value: Option<serde_json::Value> = bytes.and_then(|bytes| serde_json::from_slice(bytes).ok());
    value.is_some_and(|value| value.get(name).is_some())
}

/// What is found in an image manifest is not said to break a sentence about image indexes, and nothing is said to break one
/// of a proposal that nobody asked for.
#[test]
fn a_finding_cites_sentences_about_its_own_document() {
    let mut wrong = BTreeSet::new();
    for variant in variants() {
        let scene = variant.scene(&shipped().bases, &shipped().catalogue.conventions).unwrap();
        for name in PROFILES {
            let profile = catalogue::shipped_profile(name).unwrap().unwrap();
            let checker = checker(name, &variant.reading);
            let archive = scene.is_archive();
            let report = if archive { in_archive(&scene, &checker) } else { in_directory(&scene, &checker) };
            for finding in report.findings() {
                let (file, bytes) = (finding.file.as_str(), scene.bytes(&finding.file));
                let cited = finding.citations(&profile);
                let about = |text: &str| cited.iter().any(|one| one.section().contains(text));
                let manifest = ["config", "layers"].iter().any(|name| has_member(bytes, name));
                let reason = if cited.is_empty() || finding.requirements(&profile).is_empty() {
                    "cites nothing"
                } else if about(" image-index.md") && !is_index(file, bytes) && manifest {
                    "cites image-index.md in an image manifest"
                } else if about(" manifest.md") && is_index(file, bytes) && !manifest {
                    "cites manifest.md in an image index"
                } else if about(" 13cff549 ") && name == "image-spec" {
                    "cites what is not released"
                } else if about(" PR ") && profile.proposal.is_none() {
                    "cites a proposal"
                } else {
                    continue;
                };
                wrong.insert(format!(
                    "{} {reason}, at {}#{}",
                    finding.rule.id,
                    scene.named(file),
                    finding.pointer
                ));
            }
        }
    }
    let wrong: Vec<_> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_hit_a_near_miss_and_an_explanation() {
    let ids: BTreeSet<_> = rules().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), rules().len(), "two rules with one id, in two folders");
    for rule in rules() {
        let case = shipped().cases.iter().find(|case| case.rule == rule.id);
        let case = case.unwrap_or_else(|| panic!("{}: no case in cases/conformance", rule.id));
        assert!(case.variants.iter().any(|variant| variant.hit), "{}: no hit", rule.id);
        assert!(case.variants.iter().any(|variant| !variant.hit), "{}: no near-miss", rule.id);
        for heading in ["## What it does", "## Why it matters", "## Example", "## What to do"] {
            assert!(rule.explanation.contains(heading), "{}: no heading {heading}", rule.id);
        }
        assert!(!rule.requirements.is_empty(), "{}: no requirement", rule.id);
        assert!(!rule.citations().is_empty(), "{}: its requirements cite no text", rule.id);
        for id in rule.requirements {
            assert!(requirement::exists(id), "{}: {id} does not exist", rule.id);
        }
        if let Some(reading) = rule.reading {
            let question = requirement::ambiguity(reading.question).unwrap();
            for picked in reading.error.iter().chain(reading.fine) {
                assert!(question.readings.iter().any(|known| known.id == *picked), "{}: {picked}", rule.id);
            }
            assert!(rule.requirements.contains(&reading.question), "{}: {}", rule.id, reading.question);
        }
    }
    for case in &shipped().cases {
        assert!(ids.contains(case.rule.as_str()), "a case for a rule that does not exist: {}", case.rule);
    }
}

#[test]
fn every_requirement_is_decided_or_says_why_not() {
    assert!(!requirement::all().is_empty() && !requirement::ambiguities().is_empty());
    for one in requirement::all() {
        let coverage = Coverage::of_requirement(one, &shipped().catalogue.cases, &shipped().bases);
        let decided = !coverage.is_empty();
        assert!(decided || coverage.reason.is_some(), "{}: no rule, no case, no reason", one.id);
        assert!(!decided || one.why_not.is_none(), "{}: decided, and says why it is not", one.id);
        let files = matches!(one.decided_by, DecidedBy::Files | DecidedBy::Partly);
        assert!(
            files || coverage.rules.is_empty(),
            "{}: files do not decide it, {:?}",
            one.id,
            coverage.rules
        );
    }
}

/// What a requirement rests on exists, and leads to a text.
#[test]
fn every_requirement_leads_to_a_text() {
    for one in requirement::all() {
        for id in &one.rests_on {
            assert!(requirement::exists(id), "{}: {id} does not exist", one.id);
        }
        assert!(!requirement::citations([one.id.as_str()]).is_empty(), "{}: no citation", one.id);
    }
    for open in requirement::ambiguities() {
        assert!(!open.source.is_empty(), "{}: no citation", open.id);
    }
}

#[test]
fn no_golden_is_left_over() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/rules");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension != "new"));
    let stems: BTreeSet<String> =
        files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let ids = rules().map(|rule| rule.id.to_owned()).collect();
    let left: Vec<_> = stems.difference(&ids).collect();
    assert!(left.is_empty(), "goldens of rules that do not exist: {left:?}");
}
