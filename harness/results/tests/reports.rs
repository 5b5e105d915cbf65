//! The parts of a report, each from a run that was made up for it.

use std::collections::{BTreeMap, BTreeSet};

use referee_results::observation::{Observation, Summary};
use referee_results::report::summary;
use referee_results::report::wrap::Page;
use referee_results::{
    CaseResult, CellId, CellResult, Network, OpName, Outcome, Results, Role, SandboxResult, Schema, Status,
    StepRecord, Timing, ToolResult, Verdict, suite,
};
use referee_spec::Digest;

/// A tool, with the convention by which it stores.
fn tool(id: &str, stores: Option<&str>) -> ToolResult {
    ToolResult {
        id: id.to_owned(),
        tool: id.split('+').next().unwrap().to_owned(),
        version: Some("1.0.0".to_owned()),
        sha256: None,
        beside: BTreeMap::new(),
        status: Status::Ok,
        reason: None,
        installable: true,
        large: false,
        stores: stores.map(str::to_owned),
        sandbox: SandboxResult { network: Network::Loopback },
    }
}

/// A step that ended well.
fn step(role: Role, op: &str) -> StepRecord {
    StepRecord {
        role,
        op: OpName::new(op),
        argv: Vec::new(),
        earlier: Vec::new(),
        exit: Some(0),
        millis: 1,
        end: None,
        stderr: None,
        requests: Vec::new(),
        outside: Vec::new(),
        changed: Vec::new(),
        lost: Vec::new(),
        collected: None,
        skipped: false,
        leaked: false,
    }
}

/// A cell with a step of each of its roles.
fn cell(id: &str, outcome: Outcome) -> CellResult {
    let id: CellId = id.parse().unwrap_or_else(|error| panic!("{id}: {error}"));
    let steps = id.roles().iter().map(|(role, _)| step(*role, role.name())).collect();
    let observation = Observation { reason: None, ..Observation::none(outcome, "") };
    CellResult::new(id, Summary::of(vec![observation]).unwrap(), BTreeSet::new(), steps)
}

fn results(tools: Vec<ToolResult>, proposed: &[&str], cells: Vec<CellResult>) -> Results {
    let cases: BTreeSet<&str> = cells.iter().map(|cell| cell.id.case()).collect();
    let case = |id: &str| CaseResult {
        id: id.to_owned(),
        title: format!("The title of {id}"),
        absent: Vec::new(),
        size: None,
    };
    Results {
        schema: Schema::V1,
        suite: suite(&[]),
        referee: Some("0.1.0".to_owned()),
        date: Some("2026-11-28T01:02:03Z".to_owned()),
        complete: true,
        cases: cases.into_iter().map(case).collect(),
        conventions: Vec::new(),
        proposed: proposed.iter().map(|&id| id.to_owned()).collect(),
        tools,
        cells,
        timing: Timing::default(),
    }
}

/// The part of a report from the line that begins so to the end of its paragraphs, which `until` begins.
fn part(report: &str, from: &str, until: &str) -> String {
    let lines = report.lines().skip_while(|line| !line.starts_with(from));
    let lines: Vec<&str> = lines.take_while(|line| !line.starts_with(until)).collect();
    lines.join("\n").trim_end().to_owned()
}

/// Whatever the terminal: ids of cells alone are longer, which stay whole to be copied.
fn is_narrow(results: &Results) {
    for columns in [60, 80] {
        let report = summary::render(Page::of(columns), results);
        let is_wide = |line: &&str| line.chars().count() > columns && !line.contains('[');
        let wide: Vec<&str> = report.lines().filter(is_wide).collect();
        assert!(wide.is_empty(), "{columns}: {wide:#?}");
    }
}

/// Both readings of one layout: by the writer's own convention, and of blobs.
fn readings(case: &str, writer: &str, way: &str, own: &str, found: (Outcome, Outcome)) -> Vec<CellResult> {
    let (producer, convention) = match writer.strip_prefix("as ") {
        Some(convention) => ("builtin", format!("convention={convention},")),
        None => (writer, String::new()),
    };
    let id = |reader: &str| {
        format!("{case}[producer={producer},{way},consumer=builtin,{convention}reader={reader}]")
    };
    vec![cell(&id(own), found.0), cell(&id("raw"), found.1)]
}

const KEPT: (Outcome, Outcome) = (Outcome::Seen, Outcome::Seen);
const UNLISTED: (Outcome, Outcome) = (Outcome::Missed, Outcome::Seen);
const LOST: (Outcome, Outcome) = (Outcome::Missed, Outcome::Missed);
const REFUSED: (Outcome, Outcome) = (Outcome::Refused, Outcome::Refused);

/// What was stored in three forms, after copies, a collection and a registry.
fn survival() -> Results {
    let mut cells = Vec::new();
    let ways = [
        ("attach-copy-discover", "copier=oras", [KEPT, UNLISTED, UNLISTED]),
        ("attach-copy-discover", "copier=oras+old", [KEPT, UNLISTED, UNLISTED]),
        ("attach-copy-discover", "copier=skopeo", [LOST, LOST, REFUSED]),
        ("attach-gc-discover", "mutator=umoci", [KEPT, LOST, LOST]),
        ("upload-download-discover", "copier=crane,registry=registry", [LOST, LOST, LOST]),
        ("upload-download-discover", "copier=crane,registry=olareg", [LOST, LOST, LOST]),
        ("upload-download-discover", "copier=skopeo,registry=olareg", [LOST, LOST, LOST]),
    ];
    for (case, way, found) in ways {
        let writers = [("oras", "entries"), ("as pr-1171", "pr-1171"), ("as mine", "mine")];
        for ((writer, own), found) in writers.into_iter().zip(found) {
            cells.extend(readings(case, writer, way, own, found));
        }
    }
    // what tools read after a way is no part of it
    cells.push(cell("attach-copy-discover[producer=oras,copier=skopeo,consumer=oras]", Outcome::Seen));
    // a tool that does not say how it stores cannot be told
    cells.extend(readings("attach-copy-discover", "umoci", "copier=oras", "entries", KEPT));
    let tools = vec![tool("oras", Some("entries")), tool("oras+old", Some("entries")), tool("umoci", None)];
    results(tools, &["pr-1171"], cells)
}

#[test]
fn what_survives_is_told_apart_and_counted() {
    let mut results = survival();
    let report = summary::render(Page::FULL, &results);
    is_narrow(&results);
    let expected = "\
What survives: rows did something to a layout, columns are how its referrers
  were stored before

                            stored by, or as
                            oras as       as
                                 pr-1171  mine
attach-copy-discover
 oras, oras+old             kept unlisted unlisted
 skopeo                     lost lost     refused
attach-gc-discover
 umoci                      kept lost     lost
upload-download-discover
 crane > registry, olareg,  lost lost     lost
   skopeo > olareg";
    assert_eq!(part(&report, "What survives", "  kept"), expected, "{report}");
    let headline = "\
Of 6 ways between two layouts, 0 keep what was stored as pr-1171 (2 list it no
  more, 4 lose it).
Ways between layouts that keep what was stored by, or as:
  oras 2/6, as mine 0/6
13 cells lost a referrer with exit code 0 and without a word.";
    assert_eq!(part(&report, "Of 6 ways", "45 cells"), headline, "{report}");
    // a warning is a word
    for cell in results.cells.iter_mut().filter(|cell| cell.id.case() == "attach-gc-discover") {
        cell.steps[1].stderr = Some("warning: 1 blob removed".to_owned());
    }
    assert!(summary::render(Page::FULL, &results).contains("11 cells lost a referrer with exit code 0"));
}

/// A bystander's cell and its control.
fn beside(id: &str, outcome: Outcome, control: Outcome) -> CellResult {
    CellResult { control: Some(control), ..cell(id, outcome) }
}

#[test]
fn whom_referrers_disturb_is_told_and_nobody_else() {
    let mut cells = Vec::new();
    for convention in ["nested", "fallback", "pr-1171"] {
        let id = |case: &str, bystander: &str| {
            format!("{case}[producer=builtin,bystander={bystander},convention={convention}]")
        };
        let scan = if convention == "nested" { Outcome::Error } else { Outcome::Seen };
        cells.push(beside(&id("use-image", "syft"), scan, Outcome::Seen));
        let tags = if convention == "fallback" { Outcome::Extra } else { Outcome::Seen };
        cells.push(beside(&id("list-tags", "oras"), tags, Outcome::Seen));
        // what it cannot do without referrers either is not their fault
        cells.push(beside(&id("use-image", "oras"), Outcome::Refused, Outcome::Refused));
    }
    let mut results = results(vec![tool("oras", None), tool("syft", None)], &[], cells);
    results.cells.push(cell("attach-discover[producer=oras,consumer=oras]", Outcome::Seen));
    let report = summary::render(Page::FULL, &results);
    is_narrow(&results);
    let expected = "\
The image itself: who is disturbed by its referrers, as they were stored

             asked
             oras      syft
stored by    list-tags use-image
as nested    same      error
as fallback  extra     same

Of 3 ways to store referrers, 1 disturb nobody. Of 3 questions to bystanders, 1
are never disturbed.";
    assert_eq!(part(&report, "The image itself", "  same"), expected, "{report}");
    for cell in &mut results.cells {
        cell.control = cell.control.map(|_| cell.outcome);
    }
    let report = summary::render(Page::FULL, &results);
    let quiet = "Of 3 ways to store referrers, 3 disturb nobody. Of 3 questions to bystanders, 3";
    assert!(report.contains(quiet) && !report.contains("as nested"), "{report}");
}

/// Who builds an image and its attestation in one is beside those who attach.
#[test]
fn what_a_build_wrote_is_in_the_first_picture() {
    let cells = vec![
        cell("attach-discover[producer=oras,consumer=oras]", Outcome::Seen),
        cell("build-discover[producer=buildkit,consumer=oras]", Outcome::Missed),
        cell("build-discover[producer=builtin,consumer=oras,convention=raw]", Outcome::Missed),
    ];
    let report =
        summary::render(Page::FULL, &results(vec![tool("oras", None), tool("buildkit", None)], &[], cells));
    let expected = "\
            read by
written by  oras
oras        seen
buildkit    missed

";
    assert!(report.contains(expected) && !report.contains("build-discover"), "{report}");
    assert!(report.contains("Of 1 pair of different tools, 0 discover"), "{report}");
}

#[test]
fn many_columns_have_numbers() {
    let mut cells = Vec::new();
    for (at, found) in [KEPT, LOST, UNLISTED, REFUSED, KEPT].into_iter().enumerate() {
        for (way, found) in [("copier=oras", found), ("copier=skopeo", KEPT)] {
            let convention = format!("a-long-convention-{at}");
            cells.extend(readings("copy", &format!("as {convention}"), way, &convention, found));
        }
    }
    let report = summary::render(Page::FULL, &results(Vec::new(), &[], cells));
    let expected = "\
         stored by, or as
         [1]  [2]  [3]      [4]
copy
 oras    kept lost unlisted refused
 skopeo  kept kept kept     kept

  [1]  as a-long-convention-0, as a-long-convention-4
  [2]  as a-long-convention-1
  [3]  as a-long-convention-2
  [4]  as a-long-convention-3
";
    assert!(report.contains(expected), "{report}");
}

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
    is_narrow(&results);
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

#[test]
fn how_the_time_grows_is_told_by_ratio() {
    let mut cells = Vec::new();
    let readers = [
        ("flat", [12, 14, 22]),
        ("linear", [10, 60, 510]),
        ("quadratic", [10, 60, 5100]),
        ("slow", [10, 60, 0]),
    ];
    for (reader, times) in readers {
        for (size, millis) in [1_u64, 100, 1000].into_iter().zip(times) {
            for writer in ["raw", "other"] {
                let id = format!("scale-{size}[producer=builtin,consumer={reader},convention={writer}]");
                // whoever finds nothing is quick
                let (outcome, millis) = match writer {
                    "raw" => (Outcome::Missed, 1),
                    _ if millis == 0 => (Outcome::Hang, 60_000),
                    _ => (Outcome::Seen, millis),
                };
                let mut cell = cell(&id, outcome);
                cell.steps[1].millis = millis;
                cells.push(cell);
            }
        }
    }
    cells.push(cell("attach-discover[producer=flat,consumer=flat]", Outcome::Seen));
    let tools = readers.map(|(reader, _)| tool(reader, None)).into();
    let mut results = results(tools, &[], cells);
    for case in &mut results.cases {
        case.size = case.id.strip_prefix("scale-").map(|size| size.parse().unwrap());
    }
    let report = summary::render(Page::FULL, &results);
    is_narrow(&results);
    let expected = "\
How the time grows: milliseconds by the number of referrers, where a tool found
  all of them

            1    100  1000 grows
scale
 flat       12   14   22   flat
 linear     10   60   510  linear
 quadratic  10   60   5100 quadratic
 slow       10   60   hang";
    assert_eq!(part(&report, "How the time grows", "  hang"), expected, "{report}");
}
