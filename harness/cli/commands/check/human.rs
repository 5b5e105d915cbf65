//! Findings for people: as rustc shows its own, each with its line, the sentence it rests on, and where to read more.
//!
//! Owns: the terminal's form, for 80 columns. Leaves to others: what is found.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use referee::rules::{Excerpt, Finding, Profile, Severity};
use referee::runner::report::wrap::wrapped;

use super::Checked;

pub(super) fn text(checked: &Checked, profile: &Profile) -> String {
    let colour = std::io::stdout().is_terminal() && !crate::machine::no_color();
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for finding in &checked.report.findings {
        let group = group(finding, &checked.name);
        let _ = writeln!(text, "{}\n", renderer.render(&[group]));
    }
    text + &summary(checked, profile)
}

fn group<'a>(finding: &'a Finding, layout: &str) -> Group<'a> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let head = finding.severity.word().len() + finding.rule.id.len() + 4;
    let title = level.clone().primary_title(filled(&finding.message, head)).id(finding.rule.id);
    let path = if finding.file.is_empty() { layout.to_owned() } else { format!("{layout}/{}", finding.file) };
    let mut group = match &finding.excerpt {
        Some(excerpt) => title
            .element(Origin::path(path).line(excerpt.line).char_column(excerpt.column))
            .element(snippet(excerpt)),
        None => title.element(Origin::path(path)),
    };
    let mut note = |text: String| {
        let note = Level::NOTE.message(filled(&text, 12));
        group = std::mem::replace(&mut group, Group::with_level(Level::NOTE)).element(note);
    };
    if !finding.pointer.is_empty() {
        note(format!("at {}", finding.pointer));
    }
    for other in &finding.related {
        let pointer = if other.pointer.is_empty() { String::new() } else { format!("#{}", other.pointer) };
        note(format!("{}: {}{pointer}", other.message, other.file));
    }
    note(format!("{} ({})", finding.rule.source, super::requirements(finding)));
    group
}

fn snippet(excerpt: &Excerpt) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
    let (before, after) =
        (if excerpt.cut_before { "..." } else { "" }, if excerpt.cut_after { "..." } else { "" });
    let place = excerpt.place.start + before.len()..excerpt.place.end + before.len();
    Snippet::source(format!("{before}{}{after}", excerpt.text))
        .line_start(excerpt.line)
        .annotation(AnnotationKind::Primary.span(place))
}

/// Broken between words, to be put after a head of that many characters; the renderer indents further lines.
fn filled(text: &str, head: usize) -> String {
    let filled = wrapped(&" ".repeat(head), text, head);
    filled.lines().map(str::trim_start).collect::<Vec<_>>().join("\n")
}

fn summary(checked: &Checked, profile: &Profile) -> String {
    let report = &checked.report;
    let counted = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let found = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")]
        .into_iter()
        .map(|(severity, word)| (report.count(severity), word))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| counted(n, word));
    let found = found.collect::<Vec<_>>().join(", ");
    let found = if found.is_empty() { "nothing is wrong".to_owned() } else { found };
    let hashed = if report.verified == report.blobs {
        "all as their digests say".to_owned()
    } else {
        format!("{} as their digests say", report.verified)
    };
    let blobs = if report.blobs == 0 {
        "no blobs".to_owned()
    } else {
        format!("{} ({}), {hashed}", counted(report.blobs, "blob"), size(report.bytes))
    };
    let mut text = wrapped(
        &format!("{}: ", checked.name),
        &format!("{found}, held against {}; {blobs}.", profile.id),
        2,
    );
    if let Some(finding) = report.findings.first() {
        let _ = writeln!(text, "To read more: referee explain {}", finding.rule.id);
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
