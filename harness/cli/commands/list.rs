//! `referee list`: what there is.
//!
//! Owns: one table per kind. Leaves to others: the things themselves.

use std::fmt::Write as _;

use referee::runner::cell::needs;
use serde_json::json;

use super::run;
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
                let needs: Vec<_> = case.steps.iter().map(|step| needs(step).name()).collect();
                values.push(json!({"id": case.id, "title": case.title, "req": case.req, "needs": needs}));
            }
        }
        What::Cells => {
            for cell in run::select(&catalogue, &selected, &[]) {
                let _ = writeln!(text, "{cell}");
                values.push(json!({"id": cell.id, "case": cell.case.id, "convention": cell.convention()}));
            }
        }
        What::Conventions => {
            for convention in &catalogue.conventions {
                let _ = writeln!(text, "{:19} {}", convention.id, convention.title);
                values.push(
                    json!({"id": convention.id, "title": convention.title, "source": convention.source}),
                );
            }
        }
        What::Tools => {
            for driver in &catalogue.drivers {
                let can: Vec<_> = driver.manifest.can.iter().map(|capability| capability.name()).collect();
                let release = driver.release().map_or("", |release| release.version.as_str());
                let _ = writeln!(text, "{:13} {release:8} {}", driver.id, driver.manifest.name);
                values.push(
                    json!({"id": driver.id, "name": driver.manifest.name, "release": release, "can": can}),
                );
            }
        }
    }
    match format {
        Format::Json => super::print_json(&values)?,
        Format::Human => super::print(&text)?,
    }
    Ok(if values.is_empty() { Exit::NothingSelected } else { Exit::Success })
}
