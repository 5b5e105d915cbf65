//! `referee explain ID`: what a word of referee's means.
//!
//! Owns: the search over all kinds of ids. Leaves to others: cases, conventions, drivers and operations, which explain
//! themselves.

mod texts;
mod words;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use referee::runner::catalogue::Catalogue;
use referee::runner::driver::Driver;
use referee::source::{meant, nearest};

use crate::exit::{Exit, Failed};
use crate::machine::wrapped;

pub(super) fn run(name: &str) -> Result<Exit, Failed> {
    let catalogue = Catalogue::shipped()?;
    let names = names(&catalogue);
    if let Some(text) = words::numbered(name) {
        super::print(&text)?;
        return Ok(Exit::Success);
    }
    let Some(id) = meant(name, names.iter().map(String::as_str)) else {
        let message = match nearest(name, names.iter().map(String::as_str)) {
            Some(near) => format!("nothing is named `{name}`, did you mean `{near}`?"),
            None => format!(
                "nothing is named `{name}`; `referee list rules`, `requirements`, `profiles`, `cases`, `conventions` \
                 and `tools` show ids, and the operations {}, exit codes and every word of a report can be asked for too",
                texts::operation_names()
            ),
        };
        return Err(Failed::usage(message));
    };
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
            .map(|exit| wrapped("", &format!("exit code {id}: {}", exit.meaning()), 2)),
    );
    super::print(&texts.join("\n"))?;
    Ok(Exit::Success)
}

/// Whatever can be explained.
pub(super) fn names(catalogue: &Catalogue) -> BTreeSet<String> {
    let conventions = catalogue.conventions.iter();
    let conventions = conventions.flat_map(|one| one.former.iter().chain([&one.id])).cloned();
    let cases = catalogue.cases.iter().map(|case| case.id.clone());
    let drivers = catalogue.drivers.iter().map(|driver| driver.id.clone());
    let exits = Exit::ALL.iter().map(|exit| exit.code().to_string());
    let ids = cases.chain(conventions).chain(drivers).chain(exits);
    ids.chain(texts::names()).chain(words::names().map(str::to_owned)).collect()
}

fn source(catalogue: &Catalogue, folder: &str, id: &str) -> Option<String> {
    let name = format!("{folder}/{id}.toml");
    catalogue.sources.iter().find(|source| source.name() == name).map(|source| source.text().to_owned())
}

fn case(case: &referee::runner::case::Case) -> String {
    let mut text = format!("case {}\n\n{}", case.id, wrapped("", &case.title, 0));
    if let Some(why) = &case.why {
        let _ = write!(text, "\n{}", wrapped("", why, 0));
    }
    let _ = write!(text, "\n{}", wrapped("", &format!("It rests on {}.", case.req.join(", ")), 0));
    let _ = writeln!(text, "\n{}", case.source.text().trim_end());
    text
}

fn driver(driver: &Driver) -> String {
    let file = &driver.file;
    let mut text = texts::headline(&format!("driver {}: {}", driver.id, driver.name()));
    if let Some(homepage) = &file.homepage {
        let _ = writeln!(text, "{homepage}");
    }
    let can: Vec<_> = file.can.iter().map(|capability| capability.name).collect();
    text.push_str(&wrapped("", &format!("It can {}.", can.join(", ")), 0));
    if let Some(release) = driver.release() {
        let _ = writeln!(text, "Pinned release: {}.", release.version);
    }
    let _ = writeln!(text, "\n{}", driver.source.text().trim_end());
    text
}
