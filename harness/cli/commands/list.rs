//! `referee list`: what there is.
//!
//! Owns: one table per kind. Leaves to others: the things themselves, and their form as JSON (`entry`).

pub(super) mod entry;

use referee::fixtures::coverage::Coverage;
use referee::rules::catalogue::rules;
use referee::rules::profile::ProfileFile;
use referee::rules::{Rule, requirement};
use referee::runner::case::cell::{Cell, Readers};
use referee::runner::catalogue::{self, Catalogue};
use serde_json::Value;

use super::selection;
use crate::args::{Files, Format, What};
use crate::exit::{Exit, Failed};
use crate::machine;

pub(super) fn run(what: What, files: &Files, format: Format) -> Result<Exit, Failed> {
    let (catalogue, selected) = super::catalogue(files)?;
    let (text, values) = match what {
        What::Cases => listed(catalogue.cases.iter().map(|case| {
            let needs = case.steps.iter().map(|step| step.needs().name).collect();
            let value = entry::Case { id: &case.id, title: &case.title, req: &case.req, needs };
            (case.id.as_str(), case.title.clone(), entry::value(&value))
        })),
        What::Cells => {
            let cells = selection::select(&catalogue, &selected, &[], Readers::Few).unwrap_or_default();
            let value = |cell: &Cell| {
                let (id, convention) = (cell.id.to_string(), cell.id.convention());
                entry::value(&entry::Cell { id, case: &cell.case.id, convention })
            };
            let text = cells.iter().map(|cell| format!("{}\n", cell.id)).collect();
            (text, cells.iter().map(value).collect())
        }
        What::Rules | What::Requirements | What::Profiles => texts(what, &catalogue)?,
        What::Conventions => listed(catalogue.conventions.iter().map(|one| {
            let value = entry::Convention { id: &one.id, title: &one.title, source: &one.source };
            (one.id.as_str(), one.title.clone(), entry::value(&value))
        })),
        What::Tools => listed(catalogue.drivers.iter().map(|driver| {
            let can = driver.file.can.iter().map(|capability| capability.name).collect();
            let release = driver.release().map_or("", |release| release.version.as_str());
            let value = entry::Tool { id: &driver.id, name: driver.name(), release, can };
            (driver.id.as_str(), format!("{release:8} {}", driver.name()), entry::value(&value))
        })),
    };
    finish(&text, &values, format)
}

/// A line for each, its text beside the id, and the values.
fn listed<'a>(all: impl Iterator<Item = (&'a str, String, Value)>) -> (String, Vec<Value>) {
    let all: Vec<_> = all.collect();
    let width = all.iter().map(|(id, ..)| id.len()).max().unwrap_or(0);
    let page = machine::page();
    let line = |(id, text, _): &(&str, String, Value)| page.row(&format!("{id:width$}  "), text, width + 2);
    (all.iter().map(line).collect(), all.into_iter().map(|(.., value)| value).collect())
}

/// Rules, requirements and profiles: what layouts are held against.
fn texts(what: What, catalogue: &Catalogue) -> Result<(String, Vec<Value>), Failed> {
    let mut text = String::new();
    match what {
        What::Rules => {
            let values = rules().map(|rule| one_rule(rule, &mut text)).collect();
            Ok((text, values))
        }
        What::Profiles => {
            let profiles = catalogue::profiles()?;
            Ok(listed(profiles.iter().map(|profile| {
                let ProfileFile { id, title, source, convention, .. } = profile;
                let value = entry::Profile { id, title, source, convention: convention.as_deref() };
                (id.as_str(), title.clone(), entry::value(&value))
            })))
        }
        _ => {
            let (_, bases) = referee::fixtures::shipped()?;
            let mut values = Vec::new();
            for one in requirement::all() {
                let coverage = Coverage::of_requirement(one, &catalogue.cases, &bases);
                values.push(one_requirement(&one.id, &one.level, &one.text, &coverage, &mut text));
            }
            for open in requirement::ambiguities() {
                let coverage = Coverage::of(&open.id, &catalogue.cases, &bases);
                values.push(one_requirement(&open.id, "open", &open.question, &coverage, &mut text));
            }
            Ok((text, values))
        }
    }
}

fn one_rule(rule: &Rule, text: &mut String) -> Value {
    let level = rule.levels.first().map_or("", |(_, level)| level.word());
    text.push_str(&machine::page().row(&format!("{:32} {level:10} ", rule.id), rule.summary, 44));
    entry::value(&entry::Rule {
        id: rule.id,
        summary: rule.summary,
        level,
        requirements: rule.requirements,
        source: rule.source(),
        links: rule.citations().into_iter().map(requirement::Citation::link).collect(),
    })
}

fn one_requirement(id: &str, level: &str, what: &str, coverage: &Coverage, text: &mut String) -> Value {
    let decided = match (coverage.rules.as_slice(), coverage.cases.as_slice()) {
        ([], []) => coverage.reason.clone().unwrap_or_else(|| "nothing yet".to_owned()),
        ([], cases) => format!("case {}", cases.join(", ")),
        (rules, []) => format!("rule {}", rules.join(", ")),
        (rules, cases) => format!("rule {}; case {}", rules.join(", "), cases.join(", ")),
    };
    text.push_str(&machine::page().row(&format!("{id:13} {level:8} "), what, 23));
    text.push_str(&machine::page().row(&format!("{:23}", ""), &format!("-> {decided}"), 26));
    entry::value(&entry::Requirement {
        id,
        level,
        text: what,
        rules: &coverage.rules,
        cases: &coverage.cases,
        reason: coverage.reason.as_deref(),
    })
}

fn finish(text: &str, values: &[Value], format: Format) -> Result<Exit, Failed> {
    match format {
        Format::Json => super::print_json(&values)?,
        Format::Human => super::print(text)?,
    }
    Ok(if values.is_empty() { Exit::NothingSelected } else { Exit::Success })
}
