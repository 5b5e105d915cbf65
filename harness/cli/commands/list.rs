//! `referee list`: what there is.
//!
//! Owns: one table per kind. Leaves to others: the things themselves.

use std::fmt::Write as _;

use referee::fixtures::coverage::Coverage;
use referee::results::report::wrap::wrapped;
use referee::rules::catalogue::rules;
use referee::rules::profile::ProfileFile;
use referee::rules::{Rule, requirement};
use referee::runner::case::cell::Readers;
use referee::runner::catalogue::{self, Catalogue};
use serde_json::{Value, json};

use super::selection;
use crate::args::{Files, Format, What};
use crate::exit::{Exit, Failed};

pub(super) fn run(what: What, files: &Files, format: Format) -> Result<Exit, Failed> {
    let (catalogue, selected) = super::catalogue(files)?;
    let mut text = String::new();
    let mut values = Vec::new();
    match what {
        What::Cases => {
            for case in &catalogue.cases {
                let _ = writeln!(text, "{:24} {}", case.id, case.title);
                let needs: Vec<_> = case.steps.iter().map(|step| step.needs().name).collect();
                values.push(json!({"id": case.id, "title": case.title, "req": case.req, "needs": needs}));
            }
        }
        What::Cells => {
            let cells = selection::select(&catalogue, &selected, &[], Readers::Few);
            for cell in cells.unwrap_or_default() {
                let _ = writeln!(text, "{}", cell.id);
                values.push(json!({"id": cell.id, "case": cell.case.id, "convention": cell.id.convention()}));
            }
        }
        What::Rules | What::Requirements | What::Profiles => values = texts(what, &catalogue, &mut text)?,
        What::Conventions => {
            for convention in &catalogue.conventions {
                let _ = writeln!(text, "{:21} {}", convention.id, convention.title);
                values.push(
                    json!({"id": convention.id, "title": convention.title, "source": convention.source}),
                );
            }
        }
        What::Tools => {
            for driver in &catalogue.drivers {
                let can: Vec<_> = driver.file.can.iter().map(|capability| capability.name).collect();
                let release = driver.release().map_or("", |release| release.version.as_str());
                let _ = writeln!(text, "{:13} {release:8} {}", driver.id, driver.file.name);
                values
                    .push(json!({"id": driver.id, "name": driver.file.name, "release": release, "can": can}));
            }
        }
    }
    finish(&text, &values, format)
}

/// Rules, requirements and profiles: what layouts are held against.
fn texts(what: What, catalogue: &Catalogue, text: &mut String) -> Result<Vec<Value>, Failed> {
    match what {
        What::Rules => Ok(rules().map(|rule| one_rule(rule, text)).collect()),
        What::Profiles => {
            let profiles = catalogue::profiles()?;
            let one = |profile: &ProfileFile| {
                let _ = writeln!(text, "{:16} {}", profile.id, profile.title);
                json!({"id": profile.id, "title": profile.title, "source": profile.source, "convention": profile.convention})
            };
            Ok(profiles.iter().map(one).collect())
        }
        _ => {
            let (_, bases) = referee::fixtures::shipped()?;
            let mut values = Vec::new();
            for requirement in requirement::all() {
                let coverage = Coverage::of_requirement(requirement, &catalogue.cases, &bases);
                values.push(one_requirement(
                    &requirement.id,
                    &requirement.level,
                    &requirement.text,
                    &coverage,
                    text,
                ));
            }
            for open in requirement::ambiguities() {
                let coverage = Coverage::of(&open.id, &catalogue.cases, &bases);
                values.push(one_requirement(&open.id, "open", &open.question, &coverage, text));
            }
            Ok(values)
        }
    }
}

fn one_rule(rule: &Rule, text: &mut String) -> Value {
    let level = rule.levels.first().map_or("", |(_, level)| level.word());
    text.push_str(&wrapped(&format!("{:32} {level:10} ", rule.id), rule.summary, 44));
    let links: Vec<_> = rule.citations().into_iter().map(requirement::Citation::link).collect();
    json!({
        "id": rule.id,
        "summary": rule.summary,
        "level": level,
        "requirements": rule.requirements,
        "source": rule.source(),
        "links": links,
    })
}

fn one_requirement(id: &str, level: &str, what: &str, coverage: &Coverage, text: &mut String) -> Value {
    let decided = match (coverage.rules.as_slice(), coverage.cases.as_slice()) {
        ([], []) => coverage.reason.clone().unwrap_or_else(|| "nothing yet".to_owned()),
        ([], cases) => format!("case {}", cases.join(", ")),
        (rules, []) => format!("rule {}", rules.join(", ")),
        (rules, cases) => format!("rule {}; case {}", rules.join(", "), cases.join(", ")),
    };
    text.push_str(&wrapped(&format!("{id:13} {level:8} "), what, 23));
    text.push_str(&wrapped(&format!("{:23}", ""), &format!("-> {decided}"), 26));
    json!({
        "id": id,
        "level": level,
        "text": what,
        "rules": coverage.rules,
        "cases": coverage.cases,
        "reason": coverage.reason,
    })
}

fn finish(text: &str, values: &[Value], format: Format) -> Result<Exit, Failed> {
    match format {
        Format::Json => super::print_json(&values)?,
        Format::Human => super::print(text)?,
    }
    Ok(if values.is_empty() { Exit::NothingSelected } else { Exit::Success })
}
