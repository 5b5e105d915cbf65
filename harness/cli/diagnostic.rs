//! Mistakes in files, shown at their line.
//!
//! Owns: rendering one [`SourceError`]. Leaves to others: finding it.

use std::io::IsTerminal as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use referee::source::SourceError;

/// The mistake with its line, in colour on a terminal.
pub(crate) fn render(error: &SourceError) -> String {
    let colour = std::io::stderr().is_terminal() && !crate::machine::no_color();
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let text = error.source_file.text();
    let start = error.span.start.min(text.len());
    let end = error.span.end.clamp(start, text.len());
    let annotation = AnnotationKind::Primary.span(start..end);
    let snippet = Snippet::source(text).path(error.source_file.name()).annotation(annotation);
    let mut group = Level::ERROR.primary_title(error.message.as_str()).element(snippet);
    if let Some(help) = &error.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    format!("{}\n", renderer.decor_style(DecorStyle::Ascii).render(&[group]))
}
