//! Tables for a terminal.
//!
//! Owns: the widths of columns, heads of two lines, and breaking a table that is too wide into several below each other. Leaves to
//! others: what is in the cells.

use std::fmt::Write as _;

use super::wrap::Page;

/// What stands over a column.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// Its head; `None` where no head can say it.
    pub head: Option<(String, String)>,
    /// What it is, in full.
    pub names: Vec<String>,
}

/// A table: a label and a cell per column in each row.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    /// Above the labels, in the last line of the heads.
    pub corner: String,
    /// The heads of the columns; each may have a second line.
    pub heads: Vec<(String, String)>,
    /// The rows.
    pub rows: Vec<(String, Vec<String>)>,
    /// How wide a column is at least.
    pub least: usize,
}

impl Table {
    /// A table with heads over its columns where all fit beside each other, and else with numbers, which are told below it.
    pub(super) fn headed(
        page: Page,
        title: &str,
        corner: &str,
        columns: &[Column],
        rows: Vec<(String, Vec<String>)>,
    ) -> String {
        let corner = corner.to_owned();
        let heads: Option<Vec<_>> = columns.iter().map(|column| column.head.clone()).collect();
        let mut table = Self { corner, heads: heads.unwrap_or_default(), rows, least: 4 };
        if !table.heads.is_empty() && table.parts(page, table.label()).len() == 1 {
            return table.render(page, title);
        }
        let number = |at: usize| format!("[{}]", at + 1);
        table.heads = (0..columns.len()).map(|at| (number(at), String::new())).collect();
        let told = columns.iter().enumerate();
        let told = told.map(|(at, column)| page.listed(&format!("  {:4} ", number(at)), &column.names, 7));
        format!("{}\n{}", table.render(page, title), told.collect::<String>())
    }

    /// The table, or its parts, no wider than the page, each part below `title`, which stands over the columns.
    pub(super) fn render(&self, page: Page, title: &str) -> String {
        let label = self.label();
        let mut text = String::new();
        for part in self.parts(page, label) {
            if !text.is_empty() {
                text.push('\n');
            }
            if !title.is_empty() {
                let title = if part.start > 0 { format!("{title}, continued") } else { title.to_owned() };
                // over the columns, where there is room for it
                let indent = if label + 2 + len(&title) > page.row_width() { 0 } else { label + 2 };
                text.push_str(&page.row(&" ".repeat(indent), &title, 2));
            }
            let two = self.heads[part.clone()].iter().any(|(_, second)| !second.is_empty());
            let heads = self.heads.iter();
            if two {
                text.push_str(&self.line(
                    Page::FULL,
                    label,
                    "",
                    &part,
                    heads.clone().map(|(first, _)| first),
                ));
                text.push_str(&self.line(
                    Page::FULL,
                    label,
                    &self.corner,
                    &part,
                    heads.map(|(_, second)| second),
                ));
            } else {
                text.push_str(&self.line(
                    Page::FULL,
                    label,
                    &self.corner,
                    &part,
                    heads.map(|(first, _)| first),
                ));
            }
            for (name, cells) in &self.rows {
                text.push_str(&self.line(page, label, name, &part, cells.iter()));
            }
        }
        text
    }

    /// How wide the labels are.
    fn label(&self) -> usize {
        let labels = self.rows.iter().map(|(label, _)| len(label)).chain([len(&self.corner)]);
        labels.max().unwrap_or(0)
    }

    /// The columns that fit beside each other.
    fn parts(&self, page: Page, label: usize) -> Vec<std::ops::Range<usize>> {
        let mut parts = Vec::new();
        let (mut begin, mut used) = (0, label + 1);
        for at in 0..self.heads.len() {
            let width = self.width(at) + 1;
            if used + width > page.row_width() && at > begin {
                parts.push(begin..at);
                (begin, used) = (at, label + 1);
            }
            used += width;
        }
        if begin < self.heads.len() {
            parts.push(begin..self.heads.len());
        }
        parts
    }

    fn width(&self, at: usize) -> usize {
        let head = self.heads.get(at).map_or(0, |(first, second)| len(first).max(len(second)));
        let cells = self.rows.iter().filter_map(|(_, cells)| cells.get(at)).map(|cell| len(cell));
        cells.max().unwrap_or(0).max(head).max(self.least)
    }

    fn line<'a>(
        &self,
        page: Page,
        label: usize,
        name: &str,
        part: &std::ops::Range<usize>,
        words: impl Iterator<Item = &'a String>,
    ) -> String {
        let mut line = format!("{name:label$} ");
        for (at, word) in words.enumerate().filter(|(at, _)| part.contains(at)) {
            let room = self.width(at) - len(word);
            let _ = write!(line, " {}{:room$}", page.toned(word), "");
        }
        format!("{}\n", line.trim_end())
    }
}

fn len(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::{Page, Table};

    fn table(columns: usize, second: &str) -> Table {
        Table {
            corner: "row".to_owned(),
            heads: (0..columns).map(|at| (format!("column{at}"), second.to_owned())).collect(),
            rows: vec![("one".to_owned(), (0..columns).map(|at| at.to_string()).collect())],
            least: 4,
        }
    }

    #[test]
    fn a_head_without_a_second_line_has_one() {
        assert_eq!(table(2, "").render(Page::FULL, ""), "row  column0 column1\none  0       1\n");
        assert_eq!(table(1, "+x").render(Page::FULL, "read"), "     read\n     column0\nrow  +x\none  0\n");
    }

    #[test]
    fn words_have_colours_and_stand_where_they_would_without() {
        let mut table = table(2, "");
        table.rows[0].1 = vec!["seen".to_owned(), "7/15".to_owned()];
        let plain = table.render(Page::FULL, "");
        let coloured = table.render(Page::FULL.coloured(), "");
        assert!(coloured.contains("one  \u{1b}[32mseen\u{1b}[0m    7/15\n"), "{coloured}");
        assert_eq!(coloured.replace("\u{1b}[32m", "").replace("\u{1b}[0m", ""), plain);
    }

    #[test]
    fn a_wide_page_is_used_and_a_long_title_has_a_line_of_its_own() {
        assert!(!table(20, "").render(Page::of(200), "read").contains("continued"));
        let title = "read by everybody who could be found in the neighbourhood";
        assert!(table(2, "").render(Page::of(60), title).starts_with("read by everybody"));
    }

    #[test]
    fn what_is_too_wide_goes_on_below() {
        let text = table(12, "").render(Page::FULL, "read");
        assert_eq!(text.matches("read\n").count(), 1, "{text}");
        assert_eq!(text.matches("read, continued\n").count(), 1, "{text}");
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
        assert!(text.contains("column11"), "{text}");
    }
}
