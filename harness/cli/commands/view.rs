//! `referee view LAYOUT [SUBJECT]`: who refers to a subject, and which conventions find it; or all subjects, as trees.
//!
//! Owns: what is read, and that nothing is left out because of what was asked for. Leaves to others: reading
//! ([`referee::layout::view`]), and the two forms in which it is printed (`human` and `tree`, `json`).

mod human;
mod json;
mod measured;
mod odd;
mod tree;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;
use referee::convention::Convention;
use referee::layout::view::tree::{self as forest, Branch};
use referee::layout::view::{self, Census, Related, View};
use referee::layout::{Facts, Layout, Limits, archive};
use referee::results::golden::Goldens;
use referee::runner::catalogue::{self, Catalogue};
use referee::spec::Digest;

use crate::args::{Format, ViewArgs};
use crate::exit::{Exit, Failed};
use crate::input::{self, Input};
use crate::machine;
use measured::Measured;
use odd::Odd;

/// What is known of one subject.
struct Shown<'a> {
    facts: &'a Facts,
    /// What the conventions find that are asked for.
    view: View,
    /// Referrers that other conventions alone find.
    elsewhere: Vec<Digest>,
    /// By which conventions each referrer is stored.
    stored: BTreeMap<Digest, BTreeSet<String>>,
    /// The recorded cases that are like it.
    cases: Vec<&'static str>,
    /// What is here and was not in them.
    odd: Vec<String>,
    /// What is no referrer, or not known to be one.
    related: Vec<Related<'a>>,
    /// Children of the subject, if it is an index, with what names them.
    below: Vec<Branch<'a>>,
}

/// The schema of the view of one subject as JSON.
pub(super) fn schema() -> schemars::Schema {
    super::schema::of_output::<json::One<'_>>()
}

/// The schema of the view of all subjects as JSON.
pub(super) fn schema_of_all() -> schemars::Schema {
    super::schema::of_output::<json::All<'_>>()
}

pub(super) fn run(args: &ViewArgs) -> Result<Exit, Failed> {
    let (all, asked) = conventions(&args.convention)?;
    let facts = facts(&args.layout)?;
    if let Err(why) = facts.index() {
        return Err(Failed::usage(format!("{}/index.json {why}", args.layout.display())));
    }
    if let Some(why) = facts.index().ok().and_then(|index| index.root().err()) {
        return Err(Failed::usage(format!("{}/index.json is not JSON: {why}", args.layout.display())));
    }
    let census = Census::new(&facts, &all);
    let odd = odd::of_layout(&census);
    let show = |subject: &Digest| Shown::new(&census, subject, &all, &asked, &odd);
    match &args.subject {
        Some(text) => {
            let subject = facts.find(text).map_err(|error| Failed::usage(error.to_string()))?;
            let shown = show(&subject);
            let goldens =
                if shown.stored.is_empty() { Goldens::default() } else { catalogue::goldens_of_tools()? };
            match args.format {
                Format::Json => super::print_json(&json::one(&shown, &goldens))?,
                Format::Human => super::print(&human::text(machine::page(), &shown, &goldens))?,
            }
            std::mem::forget(shown);
        }
        None => {
            let (forest, unclear) = (forest::forest(&census), census.unclear());
            match args.format {
                Format::Json => {
                    let goldens = catalogue::goldens_of_tools()?;
                    let named: Vec<&Digest> = census.subjects_named().collect();
                    let subjects: Vec<Shown<'_>> = named.into_par_iter().map(show).collect();
                    super::print_json(&json::all(&subjects, &goldens, &forest, &unclear))?;
                    std::mem::forget(subjects);
                }
                Format::Human => {
                    super::print(&tree::text(machine::page(), &forest, &unclear, !asked.is_empty()))?;
                }
            }
        }
    }
    // the process ends here: taking a large layout's facts apart again would only cost time
    std::mem::forget(census);
    std::mem::forget(facts);
    Ok(Exit::Success)
}

impl<'a> Shown<'a> {
    /// What released tools were seen to make of referrers that are stored so.
    fn measured<'s>(&'s self, goldens: &'s Goldens) -> Vec<Measured<'s>> {
        measured::measured(&self.cases, &self.stored, goldens)
    }

    /// The names of the subject in index.json.
    fn names(&self) -> Vec<&'a str> {
        let entries = self.facts.entries().iter();
        let own = entries.filter(|entry| entry.digest() == Some(&self.view.subject));
        own.filter_map(|entry| entry.ref_name()).collect()
    }

    fn new(
        census: &Census<'a>,
        subject: &Digest,
        all: &[Convention],
        asked: &[Convention],
        odd: &[Odd],
    ) -> Self {
        let facts = census.facts();
        let every = view::read(facts, subject, all);
        let related = census.related(&every);
        let below = forest::below(census, subject);
        let stored = view::stored(facts, subject, all);
        let cases = measured::cases(facts, &every);
        let odd = odd::of_view(odd, &every);
        if asked.is_empty() {
            return Self { facts, view: every, elsewhere: Vec::new(), stored, cases, odd, related, below };
        }
        let view = view::read(facts, subject, asked);
        let found: BTreeSet<&Digest> = view.referrers.iter().map(|found| &found.referrer.digest).collect();
        let others = every.referrers.iter().map(|found| &found.referrer.digest);
        let elsewhere = others.filter(|digest| !found.contains(digest)).cloned().collect();
        Self { facts, view, elsewhere, stored, cases, odd, related, below }
    }
}

/// What is in a directory or an archive.
fn facts(path: &Path) -> Result<Facts, Failed> {
    let fail = |error: &dyn std::error::Error| Failed::usage(error.to_string());
    match input::open(path, Layout::open)? {
        Input::Directory(layout) => Ok(layout.facts(&Limits::default())),
        Input::Archive(from) => {
            let name = input::name(path);
            let facts =
                archive::facts(Path::new(&name), from, &Limits::default()).map_err(|error| fail(&error))?;
            match facts.truncation() {
                Some(why) => Err(Failed::usage(format!("{name} {why}"))),
                None => Ok(facts),
            }
        }
    }
}

/// All conventions, and those that are asked for; none if all are.
fn conventions(names: &[String]) -> Result<(Vec<Convention>, Vec<Convention>), Failed> {
    let mut catalogue = Catalogue::conventions_alone()?;
    let mut wanted = Vec::new();
    for name in names {
        wanted.push(super::names::convention(&mut catalogue, name)?);
    }
    let all = catalogue.conventions;
    let asked = all.iter().filter(|convention| wanted.contains(&convention.id)).cloned().collect();
    Ok((all, asked))
}
