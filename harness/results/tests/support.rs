//! Runs that never were, for tests of what is shown of them.

use std::collections::{BTreeMap, BTreeSet};

use referee_results::observation::{Observation, Summary};
use referee_results::report::summary;
use referee_results::report::wrap::Page;
use referee_results::{
    CaseResult, CellId, CellResult, Network, OpName, Outcome, Results, Role, SandboxResult, Schema, Status,
    StepRecord, Timing, ToolResult, suite,
};

/// A tool, with the convention by which it stores.
pub(crate) fn tool(id: &str, stores: Option<&str>) -> ToolResult {
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
pub(crate) fn step(role: Role, op: &str) -> StepRecord {
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
        subject: Vec::new(),
        collected: None,
        skipped: false,
        leaked: false,
    }
}

/// A cell with a step of each of its roles.
pub(crate) fn cell(id: &str, outcome: Outcome) -> CellResult {
    let id: CellId = id.parse().unwrap_or_else(|error| panic!("{id}: {error}"));
    let steps = id.roles().iter().map(|(role, _)| step(*role, role.name())).collect();
    let observation = Observation { reason: None, ..Observation::none(outcome, "") };
    CellResult::new(id, Summary::of(vec![observation]).unwrap(), BTreeSet::new(), steps)
}

pub(crate) fn results(tools: Vec<ToolResult>, proposed: &[&str], cells: Vec<CellResult>) -> Results {
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
pub(crate) fn part(report: &str, from: &str, until: &str) -> String {
    let lines = report.lines().skip_while(|line| !line.starts_with(from));
    let lines: Vec<&str> = lines.take_while(|line| !line.starts_with(until)).collect();
    lines.join("\n").trim_end().to_owned()
}

/// Whatever the terminal: ids of cells alone are longer, which stay whole to be copied. A wide one holds whole tables, and
/// no two tables have one title.
pub(crate) fn fits(results: &Results) {
    for columns in [60, 80, 200] {
        let report = summary::render(Page::of(columns), results);
        let is_wide = |line: &&str| line.chars().count() > columns && !line.contains('[');
        let wide: Vec<&str> = report.lines().filter(is_wide).collect();
        assert!(wide.is_empty(), "{columns}: {wide:#?}");
        assert!(columns < 200 || !report.contains(", continued\n"), "{report}");
        let titles = report.lines().map(str::trim).filter(|line| line.starts_with("read by"));
        let titles: Vec<&str> = titles.collect();
        assert_eq!(titles.iter().collect::<BTreeSet<_>>().len(), titles.len(), "{report}");
    }
}

/// A bystander's cell and its control.
pub(crate) fn beside(id: &str, outcome: Outcome, control: Outcome) -> CellResult {
    CellResult { control: Some(control), ..cell(id, outcome) }
}
