//! What is told as a surprise, and what is none.

use std::collections::BTreeSet;

use referee_results::observation::{Observation, Summary};
use referee_results::report::summary;
use referee_results::report::wrap::Page;
use referee_results::{CellResult, Outcome, Verdict};
use referee_spec::Digest;

use crate::support::{beside, cell, fits, part, results};

/// A cell of a tool that failed, with the reason.
fn failed(id: &str, outcome: Outcome, reason: &str) -> CellResult {
    CellResult { reason: Some(reason.to_owned()), ..cell(id, outcome) }
}

#[test]
fn each_surprise_is_told_once_with_the_smallest_cell_that_shows_it() {
    let refused =
        |size: usize| format!("discover: exit 1: sha256:{} of {size} bytes is no manifest", "0".repeat(64));
    let hang = "copy: not done after 10 s";
    let was = cell("a[producer=oras,consumer=oras]", Outcome::Seen).recorded();
    let mut cells = vec![
        failed("a[producer=oras,copier=oras+old,consumer=oras]", Outcome::Hang, &format!("oras+old {hang}")),
        failed("b[producer=oras,copier=skopeo,consumer=oras]", Outcome::Hang, &format!("skopeo {hang}")),
        failed("a[producer=oras,consumer=oras]", Outcome::Refused, &format!("oras {}", refused(397))),
        failed(
            "a[producer=builtin,consumer=oras,convention=raw]",
            Outcome::Refused,
            &format!("oras {}", refused(565)),
        ),
        failed("c[producer=oras,consumer=oras]", Outcome::Garbled, "oras discover: no JSON"),
        // what it says of an image without referrers, too
        beside("use-image[producer=oras,bystander=syft]", Outcome::Crash, Outcome::Crash),
        // a referrer that is not there need not be found
        cell("absent[producer=oras,consumer=oras]", Outcome::Partial),
        cell("absent[producer=oras,consumer=skopeo]", Outcome::Partial),
    ];
    cells[4].verdict = Some(Verdict::Changed);
    cells[4].was = Some(was);
    let digest: Digest = format!("sha256:{}", "1".repeat(64)).parse().unwrap();
    for (at, sees) in [(6, "sbom"), (7, "signature")] {
        cells[at].expected = vec![digest.clone(), digest.clone()];
        cells[at].sees = vec![sees.to_owned()];
    }
    let mut results = results(Vec::new(), &[], cells);
    for case in results.cases.iter_mut().filter(|case| case.id == "absent") {
        case.absent = vec!["signature".to_owned()];
    }
    let report = summary::render(Page::FULL, &results);
    fits(&results);
    let expected = "\
Surprises

partial  skopeo: finds some of what is there and leaves out the rest
         absent[producer=oras,consumer=skopeo]
hang     oras+old, skopeo: copy: not done after 10 s
         2 cells, smallest b[producer=oras,copier=skopeo,consumer=oras]
garbled  oras: discover: no JSON; it was seen
         c[producer=oras,consumer=oras]

Refused, in the tools' own words

refused  oras: discover: exit 1: sha256:... of 565 bytes is no manifest
         2 cells, smallest a[producer=builtin,consumer=oras,convention=raw]

Unexpected

changed  oras: was seen, now garbled: oras discover: no JSON
         c[producer=oras,consumer=oras]";
    assert_eq!(part(&report, "Surprises", "8 cells ran"), expected, "{report}");
}

/// A race between two writers is not the fault of whoever reads what it left.
#[test]
fn whoever_differs_from_run_to_run_is_named() {
    let flaky = |id: &str, outcomes: &[Outcome]| {
        let runs = outcomes.iter().map(|outcome| Observation::none(*outcome, "")).collect();
        CellResult::new(id.parse().unwrap(), Summary::of(runs).unwrap(), BTreeSet::new(), Vec::new())
    };
    let (seen, partial) = (Outcome::Seen, Outcome::Partial);
    let cells = vec![
        flaky("race[producer=oras,consumer=regctl]", &[seen, partial]),
        flaky("race[producer=oras,consumer=builtin,reader=raw]", &[seen, seen, partial]),
        flaky("race[producer=skopeo,consumer=builtin,reader=raw]", &[seen, partial, partial]),
        flaky("race[producer=regctl,consumer=umoci]", &[seen, partial]),
        cell("race[producer=regctl,consumer=builtin,reader=raw]", seen),
        // by another convention than the writer's there is no more to see
        flaky("race[producer=oras,consumer=builtin,reader=other]", &[Outcome::Missed, partial]),
        flaky("push-race[producer=crane,registry=registry]", &[seen, partial]),
    ];
    let report = summary::render(Page::FULL, &results(Vec::new(), &[], cells));
    let expected = "\
Surprises

flaky    crane, oras, skopeo, umoci: differs from run to run: seen 2x, partial
         1x
         4 cells, smallest race[producer=oras,consumer=builtin,reader=raw]";
    assert_eq!(part(&report, "Surprises", "7 cells ran"), expected, "{report}");
}
