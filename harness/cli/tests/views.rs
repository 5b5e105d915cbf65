//! What every convention's reader finds in what every convention's writer wrote, case by case, in `golden/views`.
//! The rows come from the files of the conventions, the expectation that a convention reads its own from the law in
//! the runner's `roundtrip` test; the rest is recorded and reviewed.

use std::fmt::Write as _;

use referee::layout::{Layout, Limits, view};
use referee::runner::Plan;
use referee::runner::catalogue::Catalogue;

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
    let name = |digest: &referee::spec::Digest| {
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

/// A golden whose case is gone would never fail.
#[test]
fn no_view_is_an_orphan() {
    let catalogue = Catalogue::shipped().expect("what is shipped parses");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/views");
    for entry in std::fs::read_dir(folder).expect("golden/views").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let case =
            name.strip_suffix(".snap").unwrap_or_else(|| panic!("golden/views/{name} is no approved view"));
        assert!(
            catalogue.cases.iter().any(|known| known.id == case && !known.is_of_many()),
            "golden/views/{name} has no case"
        );
    }
}
