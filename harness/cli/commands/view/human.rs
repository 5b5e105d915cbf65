//! A view for people.
//!
//! Owns: its text. Leaves to others: what is in it ([`super`]), and trees ([`super::tree`]).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use referee::layout::view::{Complete, Diagnostic, Found, How, Related, View};
use referee::results::golden::Goldens;
use referee::results::report::wrap::Page;
use referee::source::counted;

use super::words::{how, plain, shortened};
use super::{Shown, tree};

/// So many of what could not be read are shown; the rest is counted.
const UNCLEAR: usize = 5;

/// So much of what is odd is shown.
const ODD: usize = 5;

/// What the list of conventions means.
const MEANING: &str = "A convention is a way to store referrers. What it finds is what the built-in reader finds that follows \
                       it to the letter; no tool was asked.";

/// What the list of tools means.
const RECORDED: &str = "A record of other layouts: one referrer, by the built-in writer. What else is different here may \
                        change it.";

/// The view of one subject.
pub(super) fn text(page: Page, shown: &Shown<'_>, goldens: &Goldens) -> String {
    let view = &shown.view;
    let (found, all) = (view.referrers.len(), view.referrers.len() + shown.elsewhere.len());
    let mut text = match found == all {
        true => counted(all, "referrer"),
        false => format!("{found} of {}", counted(all, "referrer")),
    };
    let _ = write!(text, " of\n{}", view.subject);
    let names = shown.names();
    if !names.is_empty() {
        let _ = write!(text, " ({})", names.iter().map(|name| plain(name)).collect::<Vec<_>>().join(", "));
    }
    text.push('\n');
    text.push_str(&beside(page, &shown.related));
    let _ = writeln!(text, "\nComplete: {}{}", view.complete, because(view));
    for found in &view.referrers {
        text.push('\n');
        text.push_str(&one(page, found, shown));
    }
    text.push_str(&related(page, &shown.related));
    text.push_str(&tree::below(page, &shown.below));
    text.push_str(&conventions(page, shown, all));
    text.push_str(&tools(page, shown, goldens));
    if !view.diagnostics.is_empty() {
        text.push_str("\nNotes\n\n");
        for Diagnostic { file, pointer, message, .. } in &view.diagnostics {
            let place = match (file, pointer.as_deref()) {
                (Some(file), None | Some("")) => format!("{file}: "),
                (Some(file), Some(pointer)) => format!("{file}#{pointer}: "),
                (None, _) => String::new(),
            };
            text.push_str(&page.wrapped("  - ", &format!("{}{}", shortened(&place), plain(message)), 4));
        }
    }
    text
}

/// What each convention finds of so many referrers.
fn conventions(page: Page, shown: &Shown<'_>, all: usize) -> String {
    let conventions = &shown.view.conventions;
    let mut text = match conventions.len() {
        count @ 2.. if all == 0 => format!("\nNone of {} finds any\n", counted(count, "convention")),
        _ => "\nEach convention finds\n\n".to_owned(),
    };
    let width = conventions.keys().map(String::len).max().unwrap_or(0);
    for (id, digests) in conventions.iter().filter(|_| all > 0 || conventions.len() == 1) {
        let others = match (shown.elsewhere.len(), digests.len()) {
            (0, _) => "",
            (_, 0) => ", which others find",
            _ => ", and others find the rest",
        };
        let _ = writeln!(text, "  {id:width$}  {} of {all}{others}", digests.len());
    }
    text.push('\n');
    text.push_str(&page.wrapped("  ", MEANING, 2));
    text
}

/// How much there is beside the referrers.
fn beside(page: Page, related: &[Related<'_>]) -> String {
    let of = |is: fn(&How<'_>) -> bool| related.iter().filter(|one| one.hows.iter().any(is)).count();
    let counts = [
        (of(|how| matches!(how, How::Invalid(_))), "by a `subject` that is not valid"),
        (of(|how| matches!(how, How::Annotation(_))), "by an annotation"),
        (of(|how| matches!(how, How::Tag(_))), "by a tag"),
    ];
    let mut parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, how)| format!("{count} {} it {how}", if count == 1 { "names" } else { "name" }))
        .collect();
    match of(|how| matches!(how, How::Unclear(_))) {
        0 => {}
        count => parts.push(format!("{count} may name it or not")),
    }
    match parts.pop() {
        None => String::new(),
        Some(last) if parts.is_empty() => page.wrapped("beside them ", &last, 2),
        Some(last) => page.wrapped("beside them ", &format!("{}, and {last}", parts.join(", ")), 2),
    }
}

/// Why the set is known to be complete or not.
fn because(view: &View) -> String {
    let codes: &[&str] = match view.complete {
        Complete::Yes => return ", as a response or a marker in the layout says".to_owned(),
        Complete::No => {
            &["unlisted", "response-broken", "response-absent", "listed-invalid", "listed-corrupt"]
        }
        Complete::Unknown => &["no-response"],
    };
    let known = view.diagnostics.iter().any(|diagnostic| codes.contains(&diagnostic.code));
    if known { ", see the notes".to_owned() } else { String::new() }
}

/// What released tools were seen to do.
fn tools(page: Page, shown: &Shown<'_>, goldens: &Goldens) -> String {
    let measured = shown.measured(goldens);
    let mut text = String::new();
    // conventions of which the same was seen stand together
    let mut seen: BTreeMap<(&str, &str), BTreeMap<&str, Vec<String>>> = BTreeMap::new();
    for one in &measured {
        let outcomes = seen.entry((one.case, one.convention)).or_default();
        outcomes.entry(one.outcome.word()).or_default().push(format!("{}@{}", one.tool, one.version));
    }
    let mut last = "";
    for ((case, convention), outcomes) in &seen {
        if *case != last {
            let without = if shown.odd.is_empty() { "" } else { ", without what is odd here" };
            let title = format!("Of one stored so, released tools found (case {case}){without}");
            let _ = writeln!(text, "\n{}", page.wrapped("", &title, 2));
            last = case;
        }
        let _ = writeln!(text, "  {convention}");
        for (outcome, tools) in outcomes {
            text.push_str(&page.wrapped(&format!("    {outcome:8}  "), &tools.join(", "), 14));
        }
    }
    if !measured.is_empty() {
        text.push('\n');
        text.push_str(&page.wrapped("  ", RECORDED, 2));
        for what in shown.odd.iter().take(ODD) {
            text.push_str(&page.wrapped("  - odd: ", &shortened(what), 4));
        }
        match shown.odd.len().saturating_sub(ODD) {
            0 => {}
            more => _ = writeln!(text, "  - and {more} more; --format json has all"),
        }
    }
    text
}

fn one(page: Page, found: &Found, shown: &Shown<'_>) -> String {
    let (referrer, view) = (&found.referrer, &shown.view);
    let mut text = format!("{}\n", referrer.digest);
    let mut line = |name: &str, value: &str| text.push_str(&page.wrapped(&format!("  {name:12}"), value, 14));
    line("type", &plain(referrer.artifact_type.as_deref().unwrap_or("none")));
    line("manifest", &format!("{}, {}", counted(referrer.size, "byte"), plain(&referrer.media_type)));
    for (key, value) in referrer.annotations.iter() {
        line("annotation", &format!("{}={}", plain(key), plain(value)));
    }
    line("verified", if found.verified { "yes" } else { "NO, see the notes" });
    for place in &found.places {
        let name = if place.pointer.is_empty() { "is" } else { "listed in" };
        line(name, &shortened(&place.to_string()));
    }
    let all = |ids: Vec<&str>| if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
    let stored = shown.stored.get(&referrer.digest).into_iter().flatten();
    line("stored as", &all(stored.map(String::as_str).collect()));
    line("found by", &all(found.found_by.iter().map(AsRef::as_ref).collect()));
    let others = view.conventions.keys().filter(|id| !found.found_by.contains(id.as_str()));
    line("not by", &all(others.map(String::as_str).collect()));
    text
}

/// What is no referrer, or not known to be one.
pub(super) fn related(page: Page, related: &[Related<'_>]) -> String {
    if related.is_empty() {
        return String::new();
    }
    let mut text = "\nRelated, but not by a valid `subject`\n".to_owned();
    let is_unclear = |one: &&Related<'_>| one.hows.iter().all(|how| matches!(how, How::Unclear(_)));
    let (unclear, named): (Vec<_>, Vec<_>) = related.iter().partition(is_unclear);
    for one in named.iter().chain(unclear.iter().take(UNCLEAR)) {
        text.push('\n');
        text.push_str(&related_one(page, one));
    }
    match unclear.len().saturating_sub(UNCLEAR) {
        0 => {}
        more => _ = writeln!(text, "\nand {more} more that may refer to anything; --format json has all"),
    }
    text
}

fn related_one(page: Page, one: &Related<'_>) -> String {
    let mut text = match one.digest {
        Some(digest) => format!("{digest}\n"),
        None => "no digest is known\n".to_owned(),
    };
    let mut line = |name: &str, value: &str| text.push_str(&page.wrapped(&format!("  {name:12}"), value, 14));
    if let Some(artifact_type) = one.artifact_type {
        line("type", &plain(artifact_type));
    }
    if let Some(media_type) = one.media_type {
        line("manifest", &plain(media_type));
    }
    for one in &one.hows {
        let (label, sentence) = how(one);
        line(label, &sentence);
    }
    for place in &one.places {
        let name = if place.pointer.is_empty() { "is" } else { "listed in" };
        line(name, &shortened(&place.to_string()));
    }
    text
}
