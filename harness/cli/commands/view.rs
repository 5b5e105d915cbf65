//! `referee view LAYOUT SUBJECT`: who refers to a subject, and which conventions find it.
//!
//! Owns: the two forms in which a view is printed. Leaves to others: reading ([`referee::layout::view`]).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use referee::convention::Convention;
use referee::layout::view::{self, Complete, Diagnostic, Found, View};
use referee::layout::{Annotations, Facts, Layout, Limits, archive};
use referee::results::report::wrap::wrapped;
use referee::runner::catalogue::Catalogue;
use referee::spec::Digest;
use serde::Serialize;

use crate::args::{Format, ViewArgs};
use crate::exit::{Exit, Failed};
use crate::input::{self, Input};

/// The contract `referee/view/v1`.
#[derive(Debug, Serialize)]
struct Document<'a> {
    schema: &'static str,
    subject: &'a Digest,
    complete: Complete,
    referrers: Vec<Referrer<'a>>,
    conventions: &'a BTreeMap<String, Vec<Digest>>,
    diagnostics: &'a [Diagnostic],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Referrer<'a> {
    digest: &'a Digest,
    media_type: &'a str,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_type: Option<&'a str>,
    annotations: &'a Annotations,
    carriers: Vec<String>,
    found_by: Vec<&'a str>,
    verified: bool,
}

impl<'a> From<&'a Found> for Referrer<'a> {
    fn from(Found { referrer, places, found_by, verified }: &'a Found) -> Self {
        Self {
            digest: &referrer.digest,
            media_type: &referrer.media_type,
            size: referrer.size,
            artifact_type: referrer.artifact_type.as_deref(),
            annotations: &referrer.annotations,
            carriers: places.iter().map(ToString::to_string).collect(),
            found_by: found_by.iter().map(AsRef::as_ref).collect(),
            verified: *verified,
        }
    }
}

pub(super) fn run(args: &ViewArgs) -> Result<Exit, Failed> {
    let conventions = conventions(&args.convention)?;
    let facts = facts(&args.layout)?;
    if let Err(why) = facts.index() {
        return Err(Failed::usage(format!("{}/index.json {why}", args.layout.display())));
    }
    if let Some(why) = facts.index().ok().and_then(|index| index.root().err()) {
        return Err(Failed::usage(format!("{}/index.json is not JSON: {why}", args.layout.display())));
    }
    let subject = facts.find(&args.subject).map_err(|error| Failed::usage(error.to_string()))?;
    let view = view::read(&facts, &subject, &conventions);
    match args.format {
        Format::Json => super::print_json(&document(&view))?,
        Format::Human => super::print(&human(&facts, &view))?,
    }
    // the process ends here: taking a large layout's facts apart again would only cost time
    std::mem::forget((facts, view));
    Ok(Exit::Success)
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

/// The conventions that are asked for; all shipped ones by default.
fn conventions(names: &[String]) -> Result<Vec<Convention>, Failed> {
    let mut catalogue = Catalogue::conventions_alone()?;
    let mut wanted = Vec::new();
    for name in names {
        wanted.push(super::names::convention(&mut catalogue, name)?);
    }
    let mut conventions = catalogue.conventions;
    conventions.retain(|convention| wanted.is_empty() || wanted.contains(&convention.id));
    Ok(conventions)
}

fn document(view: &View) -> Document<'_> {
    Document {
        schema: "referee/view/v1",
        subject: &view.subject,
        complete: view.complete,
        referrers: view.referrers.iter().map(Referrer::from).collect(),
        conventions: &view.conventions,
        diagnostics: &view.diagnostics,
    }
}

fn human(facts: &Facts, view: &View) -> String {
    let mut text = format!("{} referrers of\n{}", view.referrers.len(), view.subject);
    if view.referrers.len() == 1 {
        text = text.replacen("referrers", "referrer", 1);
    }
    let names = facts.entries().iter().filter(|entry| entry.digest() == Some(&view.subject));
    let names: Vec<&str> = names.filter_map(|entry| entry.ref_name()).collect();
    if !names.is_empty() {
        let _ = write!(text, " ({})", names.join(", "));
    }
    let _ = writeln!(text, "\n\nComplete: {}{}", view.complete, because(view));
    for found in &view.referrers {
        text.push('\n');
        text.push_str(&one(found, view));
    }
    text.push_str("\nEach convention finds\n\n");
    let width = view.conventions.keys().map(String::len).max().unwrap_or(0);
    for (id, digests) in &view.conventions {
        let _ = writeln!(text, "  {id:width$}  {} of {}", digests.len(), view.referrers.len());
    }
    if !view.diagnostics.is_empty() {
        text.push_str("\nNotes\n\n");
        for Diagnostic { file, pointer, message, .. } in &view.diagnostics {
            let place = match (file, pointer.as_deref()) {
                (Some(file), None | Some("")) => format!("{file}: "),
                (Some(file), Some(pointer)) => format!("{file}#{pointer}: "),
                (None, _) => String::new(),
            };
            text.push_str(&wrapped("  - ", &format!("{}{message}", shortened(&place)), 4));
        }
    }
    text
}

/// Why the set is known to be complete or not.
fn because(view: &View) -> String {
    let codes: &[&str] = match view.complete {
        Complete::Yes => return ", as a response or a marker in the layout says".to_owned(),
        Complete::No => &["unlisted", "response-broken", "response-absent"],
        Complete::Unknown => &["no-response"],
    };
    let known = view.diagnostics.iter().any(|diagnostic| codes.contains(&diagnostic.code));
    if known { ", see the notes".to_owned() } else { String::new() }
}

fn one(found: &Found, view: &View) -> String {
    let referrer = &found.referrer;
    let mut text = format!("{}\n", referrer.digest);
    let mut line = |name: &str, value: &str| text.push_str(&wrapped(&format!("  {name:12}"), value, 14));
    line("type", referrer.artifact_type.as_deref().unwrap_or("none"));
    line("manifest", &format!("{} bytes, {}", referrer.size, referrer.media_type));
    for (key, value) in referrer.annotations.iter() {
        line("annotation", &format!("{key}={}", value.escape_debug()));
    }
    line("verified", if found.verified { "yes" } else { "NO, see the notes" });
    for place in &found.places {
        let name = if place.pointer.is_empty() { "is" } else { "listed in" };
        line(name, &shortened(&place.to_string()));
    }
    let all = |ids: Vec<&str>| if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
    line("found by", &all(found.found_by.iter().map(AsRef::as_ref).collect()));
    let others = view.conventions.keys().filter(|id| !found.found_by.contains(id.as_str()));
    line("not by", &all(others.map(String::as_str).collect()));
    text
}

/// A place with the digest in its path cut short, to fit a line; JSON has it whole.
fn shortened(place: &str) -> String {
    let Some((before, (algorithm, rest))) =
        place.split_once("blobs/").and_then(|(before, rest)| Some((before, rest.split_once('/')?)))
    else {
        return place.to_owned();
    };
    let end = rest.find(['#', ':']).unwrap_or(rest.len());
    let (digest, rest) = rest.split_at(end);
    let digest: String = digest.chars().take(12).collect();
    format!("{before}blobs/{algorithm}/{digest}...{rest}")
}
