//! Findings for people: as rustc shows its own, each with its line, the sentence it rests on, and where to read more.
//!
//! Owns: the terminal's form. Of each rule the first findings are shown, and how many there are; what is only
//! worth knowing is said once, without its line, so that it does not bury the rest. Leaves to others: what is found.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use referee::rules::{Excerpt, Finding, Profile, Report, Rule, Severity};
use referee::source::counted;

use super::Checked;
use crate::machine::wrapped;

/// How many findings of one rule are shown.
const MOST: usize = 10;

/// What stands for what is cut off a line.
const DOTS: &str = "...";

pub(super) fn text(checked: &Checked, profile: &Profile) -> String {
    let colour = std::io::stdout().is_terminal() && !crate::machine::no_color();
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let (shown, counts) = (first_of_each(&checked.report), checked.report.counts());
    let mut left = counts.clone();
    let mut text = String::new();
    let mut infos: BTreeMap<&str, String> = BTreeMap::new();
    for finding in &shown {
        let same = (finding.rule.id, finding.severity);
        let left = left.entry(same).or_default();
        *left -= 1;
        if finding.severity == Severity::Info {
            infos.insert(same.0, info(finding, *left, &checked.name, profile, &renderer));
            continue;
        }
        let is_last = counts[&same] - *left == MOST;
        let more = if is_last { *left } else { 0 };
        let _ = writeln!(text, "{}\n", one(finding, more, &checked.name, profile, &renderer));
    }
    for one in infos.values() {
        let _ = writeln!(text, "{one}\n");
    }
    text + &summary(checked, profile, &shown)
}

/// The findings that are shown, in order: the first ones of each rule, and one that is only worth knowing.
fn first_of_each(report: &Report) -> Vec<Finding> {
    let mut seen: BTreeMap<_, usize> = BTreeMap::new();
    let is_shown = |rule: &Rule, severity| {
        let seen = seen.entry((rule.id, severity)).or_default();
        *seen += 1;
        *seen <= if severity == Severity::Info { 1 } else { MOST }
    };
    report.findings_of(is_shown).collect()
}

/// What is said of findings that are not shown.
fn and_more(more: usize) -> Option<String> {
    let (places, are) = if more == 1 { ("place", "is") } else { ("places", "are") };
    (more > 0).then(|| format!("{more} more {places} {are} like this; --format json has all"))
}

/// One finding with its line; so many more are like it.
fn one(finding: &Finding, more: usize, layout: &str, profile: &Profile, renderer: &Renderer) -> String {
    let path = path(finding, layout);
    let mut group = title(finding).elements(finding.excerpt.as_ref().map(|excerpt| snippet(excerpt, &path)));
    if finding.excerpt.is_none() {
        group = group.element(Origin::path(path.as_str()));
    }
    let mut notes = Vec::new();
    if !finding.pointer.is_empty() {
        notes.push(format!("at {}", finding.pointer));
    }
    for other in &finding.related {
        let pointer = if other.pointer.is_empty() { String::new() } else { format!("#{}", other.pointer) };
        notes.push(format!("{}: {}{pointer}", other.message, other.file));
    }
    notes.push(source(finding, profile));
    notes.extend(and_more(more));
    let text = renderer.render(&[group.elements(notes.iter().map(|note| noted(note)))]);
    match &finding.excerpt {
        // the renderer counts columns in what it is given, which is cut
        Some(excerpt) => {
            let place = |column| format!("{path}:{}:{column}", excerpt.line);
            text.replacen(&place(shown(excerpt).0.chars().count() + 1), &place(excerpt.column), 1)
        }
        None => text,
    }
}

/// What is worth knowing, once for all places of one rule; so many more are like the first one.
fn info(first: &Finding, more: usize, layout: &str, profile: &Profile, renderer: &Renderer) -> String {
    let mut origin = Origin::path(path(first, layout));
    if let Some(excerpt) = &first.excerpt {
        origin = origin.line(excerpt.line).char_column(excerpt.column);
    }
    let mut notes = Vec::new();
    if !first.pointer.is_empty() {
        notes.push(format!("at {}", first.pointer));
    }
    notes.extend(and_more(more));
    notes.push(source(first, profile));
    renderer.render(&[title(first).element(origin).elements(notes.iter().map(|note| noted(note)))])
}

fn title(finding: &Finding) -> annotate_snippets::Title<'_> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let head = finding.severity.word().len() + finding.rule.id.len() + 4;
    level.primary_title(filled(&finding.message, head)).id(finding.rule.id)
}

fn path(finding: &Finding, layout: &str) -> String {
    if finding.file.is_empty() { layout.to_owned() } else { format!("{layout}/{}", finding.file) }
}

fn source(finding: &Finding, profile: &Profile) -> String {
    let citations = finding.citations(profile);
    if citations.is_empty() {
        return format!("{} (profile {})", finding.source(profile), profile.id);
    }
    let first = citations.first().map_or("", |one| one.section());
    format!("{first} ({})", finding.requirements(profile).join(", "))
}

fn noted(text: &str) -> Element<'static> {
    Level::NOTE.message(filled(text, 12)).into()
}

fn snippet(excerpt: &Excerpt, path: &str) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
    let (before, after) = shown(excerpt);
    let place = &excerpt.text[excerpt.place.clone()];
    let span = before.len()..before.len() + place.len();
    Snippet::source(format!("{before}{place}{after}"))
        .path(path.to_owned())
        .line_start(excerpt.line)
        .annotation(AnnotationKind::Primary.span(span))
}

/// What is shown of the line before the place, and after it.
fn shown(excerpt: &Excerpt) -> (String, String) {
    let dots = |cut: bool| if cut { DOTS } else { "" };
    let (before, after) = (&excerpt.text[..excerpt.place.start], &excerpt.text[excerpt.place.end..]);
    (format!("{}{before}", dots(excerpt.cut_before)), format!("{after}{}", dots(excerpt.cut_after)))
}

/// Broken between words, to be put after a head of that many characters; the renderer indents further lines.
fn filled(text: &str, head: usize) -> String {
    let filled = wrapped(&" ".repeat(head), text, head);
    filled.lines().map(str::trim_start).collect::<Vec<_>>().join("\n")
}

fn summary(checked: &Checked, profile: &Profile, shown: &[Finding]) -> String {
    let report = &checked.report;
    let found = [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .map(|severity| (report.count(severity), severity))
        .filter(|(n, _)| *n > 0)
        .map(|(n, severity)| counted(n, severity.word()));
    let found = found.collect::<Vec<_>>().join(", ");
    let found = if found.is_empty() { "nothing is wrong".to_owned() } else { found };
    let blobs = match report.blobs {
        0 => "no blobs".to_owned(),
        n if n == report.verified => format!("{} ({}), verified", counted(n, "blob"), size(report.bytes)),
        n => format!("{} ({}), {} of them verified", counted(n, "blob"), size(report.bytes), report.verified),
    };
    let mut text = wrapped(
        &format!("{}: ", checked.name),
        &format!("{found}, held against {}; {blobs}.", profile.id),
        2,
    );
    if let Some(worst) = shown.iter().rev().max_by_key(|finding| finding.severity) {
        let _ = writeln!(text, "To read more: referee explain {}", worst.rule.id);
    }
    text
}

fn size(bytes: u64) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let mut scaled = bytes;
    let mut unit = 0;
    while scaled >= 10_240 && unit + 1 < units.len() {
        scaled /= 1024;
        unit += 1;
    }
    format!("{scaled} {}", units[unit])
}
