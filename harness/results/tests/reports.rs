//! The parts of a report, each from a run that was made up for it.

use referee_results::report::summary;
use referee_results::report::wrap::Page;
use referee_results::{CellResult, Outcome, Results};
use referee_spec::Digest;

use crate::support::{beside, cell, fits, part, results, tool};

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
    fits(&results);
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
    fits(&results);
    let expected = "\
The image itself: who is disturbed by its referrers, as they were stored

             asked
             oras      syft
stored by    list-tags use-image
as nested    same      error
as fallback  extra     same

Ways to store referrers that disturb nobody: 1 of 3. Questions to bystanders
that are never disturbed: 1 of 3.";
    assert_eq!(part(&report, "The image itself", "  same"), expected, "{report}");
    for cell in &mut results.cells {
        cell.control = cell.control.map(|_| cell.outcome);
    }
    let report = summary::render(Page::FULL, &results);
    let quiet = "Ways to store referrers that disturb nobody: 3 of 3. Questions to bystanders";
    assert!(report.contains(quiet) && !report.contains("as nested"), "{report}");
}

/// Who builds an image and its attestation in one is beside those who attach.
#[test]
fn what_a_build_wrote_is_in_the_first_picture() {
    let cells = vec![
        cell("attach-discover[producer=oras,consumer=oras]", Outcome::Seen),
        cell("build-discover[producer=buildkit,consumer=oras]", Outcome::Missed),
        cell("build-discover[producer=builtin,consumer=oras,convention=raw]", Outcome::Missed),
        // who looks for another kind of referrer
        cell("attach-discover[producer=oras,consumer=notation]", Outcome::Unsupported),
    ];
    let report = summary::render(
        Page::FULL,
        &results(vec![tool("oras", None), tool("buildkit", None), tool("notation", None)], &[], cells),
    );
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
    fits(&results);
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

/// What was deleted from every list is a blob for a while: whoever looks at all blobs finds more than is to be found.
#[test]
fn what_is_there_beside_a_deleted_blob_is_not_lost() {
    let digest = |one: &str| format!("sha256:{}", one.repeat(64)).parse::<Digest>().unwrap();
    let found = (Outcome::Missed, Outcome::Extra);
    let mut cells = readings("after-delete", "as mine", "mutator=oras", "mine", found);
    cells[1].expected = vec![digest("1")];
    for (observed, word) in [(vec![digest("1"), digest("2")], "unlisted"), (vec![digest("2")], "lost")] {
        cells[1].observed = observed;
        let report = summary::render(Page::FULL, &results(Vec::new(), &[], cells.clone()));
        let table = part(&report, "What survives", "  kept");
        assert!(table.contains(&format!(" oras         {word}\n")), "{table}");
    }
}
