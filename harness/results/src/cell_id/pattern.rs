//! Patterns over cell ids: what a FILTER of the command line and `known.cells` of a driver are.
//!
//! Owns: which ids a glob matches. Leaves to others: where patterns come from.

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::CellId;

/// Globs over ids. Brackets stand for themselves, since ids are full of them; a text that is no glob matches itself
/// only.
#[derive(Debug, Clone)]
pub struct Patterns(GlobSet);

impl Patterns {
    /// The patterns of a list.
    pub fn new<T: AsRef<str>>(patterns: impl IntoIterator<Item = T>) -> Self {
        let mut builder = GlobSetBuilder::new();
        for pattern in patterns {
            let pattern = pattern.as_ref();
            let glob = Glob::new(&pattern.replace('[', "\\["));
            if let Ok(glob) = glob.or_else(|_| Glob::new(&globset::escape(pattern))) {
                builder.add(glob);
            }
        }
        Self(builder.build().unwrap_or_else(|_| GlobSet::empty()))
    }

    /// Whether one of them matches the id, or its case alone.
    pub fn select(&self, id: &CellId) -> bool {
        self.0.is_match(id.to_string()) || self.0.is_match(id.case())
    }

    /// Whether one of them matches a driver's id.
    pub fn matches(&self, name: &str) -> bool {
        self.0.is_match(name)
    }
}

/// A pattern with its conventions replaced, where `current` knows another name.
pub fn map_conventions<'a>(pattern: &str, current: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(at) = ["convention=", "reader="].iter().filter_map(|key| rest.find(key)).min() {
        let start = at + rest[at..].find('=').map_or(0, |equals| equals + 1);
        let id = |c: char| c.is_ascii_alphanumeric() || "-+._".contains(c);
        let end = rest[start..].find(|c| !id(c)).map_or(rest.len(), |length| start + length);
        let typed = &rest[start..end];
        text.push_str(&rest[..start]);
        text.push_str(current(typed).unwrap_or(typed));
        rest = &rest[end..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_stand_for_themselves() {
        let id: CellId = "one-two[producer=oras,consumer=regctl]".parse().unwrap();
        let select = |pattern: &str| Patterns::new([pattern]).select(&id);
        assert!(select("one-two[producer=oras,consumer=regctl]"));
        assert!(select("*[producer=oras,*]"));
        assert!(select("one-two"));
        assert!(select("one-*"));
        assert!(!select("one"));
        assert!(!select("*[producer=regctl,*]"));
        // no glob
        assert!(!select("one-two{"));
        assert!(!Patterns::new::<&str>([]).select(&id));
    }

    #[test]
    fn only_whole_conventions_are_replaced() {
        let current = |id: &str| (id == "old").then_some("new+er");
        assert_eq!(
            map_conventions("*[convention=old,reader=old*]", current),
            "*[convention=new+er,reader=new+er*]"
        );
        assert_eq!(map_conventions("old[*convention=ol", current), "old[*convention=ol");
    }
}
