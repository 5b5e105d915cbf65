//! `referee explain ID`: what a word of referee's means.
//!
//! Owns: the search over all kinds of ids. Leaves to others: cases, conventions, drivers and operations, which explain
//! themselves.

mod texts;
mod words;

use std::fmt::Write as _;

use referee::results::report::wrap::wrapped;
use referee::runner::catalogue::Catalogue;
use referee::runner::driver::Driver;

use crate::exit::{Exit, Failed};

pub(super) fn run(id: &str) -> Result<Exit, Failed> {
    let catalogue = Catalogue::shipped()?;
    let mut texts: Vec<String> = Vec::new();
    texts.extend(texts::all(&catalogue, id)?);
    texts.extend(catalogue.cases.iter().filter(|case| case.id == id).map(case));
    let convention = catalogue.convention(id).map_or(id, |convention| &convention.id);
    let text = source(&catalogue, "cases/conventions", convention);
    texts.extend(text.map(|text| format!("convention {convention}\n\n{text}")));
    texts.extend(catalogue.drivers.iter().filter(|driver| driver.id == id).map(driver));
    texts.extend(texts::operations(id));
    texts.extend(words::all(id));
    texts.extend(
        Exit::ALL
            .iter()
            .filter(|exit| exit.code().to_string() == id)
            .map(|exit| format!("exit code {id}: {}\n", exit.meaning())),
    );
    if texts.is_empty() {
        let message = format!(
            "nothing is named `{id}`{} `referee list rules`, `requirements`, `profiles`, `cases`, `conventions` and \
             `tools` show ids, and the operations {}, exit codes and every word of a report can be asked for too",
            texts::near(id),
            texts::operation_names()
        );
        return Err(Failed::usage(message));
    }
    super::print(&texts.join("\n"))?;
    Ok(Exit::Success)
}

fn source(catalogue: &Catalogue, folder: &str, id: &str) -> Option<String> {
    let name = format!("{folder}/{id}.toml");
    catalogue.sources.iter().find(|source| source.name() == name).map(|source| source.text().to_owned())
}

fn case(case: &referee::runner::case::Case) -> String {
    let mut text = format!("case {}\n\n{}\n", case.id, case.title);
    if let Some(why) = &case.why {
        let _ = write!(text, "\n{}", wrapped("", why, 0));
    }
    let _ = writeln!(text, "\nIt rests on {}.", case.req.join(", "));
    let _ = writeln!(text, "\n{}", case.source.text().trim_end());
    text
}

fn driver(driver: &Driver) -> String {
    let file = &driver.file;
    let mut text = format!("driver {}: {}\n\n", driver.id, file.name);
    if let Some(homepage) = &file.homepage {
        let _ = writeln!(text, "{homepage}");
    }
    let can: Vec<_> = file.can.iter().map(|capability| capability.name).collect();
    let _ = writeln!(text, "It can {}.", can.join(", "));
    if let Some(release) = driver.release() {
        let _ = writeln!(text, "Pinned release: {}.", release.version);
    }
    let _ = writeln!(text, "\n{}", driver.source.text().trim_end());
    text
}
