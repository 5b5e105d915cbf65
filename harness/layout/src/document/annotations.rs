//! Annotations: names and texts.
//!
//! Owns: keeping a few of them in little memory, in the order of their names. Leaves to others: what a name means. (A layout
//! of ten thousand images has as many maps of one name each, and a map of std takes half a kilobyte for that.)

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use referee_spec::media_type;

/// The annotations of one descriptor or document ([image-spec, Rules](https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#rules)): each name once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Annotations(Box<[(Name, Box<str>)]>);

type Name = Cow<'static, str>;

impl Annotations {
    /// The text of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let at = self.0.binary_search_by(|(own, _)| (**own).cmp(name)).ok()?;
        self.0.get(at).map(|(_, text)| &**text)
    }

    /// Whether there is one of that name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Names and texts, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (&**name, &**text))
    }

    /// The names, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same as a map of std.
    pub fn to_map(&self) -> BTreeMap<String, String> {
        self.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
    }

    /// From names and texts in any order; `None` if a name is there twice.
    pub(crate) fn unique(mut all: Vec<(Name, Box<str>)>) -> Option<Self> {
        all.sort_unstable();
        let twice = all.windows(2).any(|pair| pair[0].0 == pair[1].0);
        (!twice).then(|| Self(all.into()))
    }
}

impl From<BTreeMap<String, String>> for Annotations {
    fn from(map: BTreeMap<String, String>) -> Self {
        Self(map.into_iter().map(|(own, text)| (media_type::shared(&own), text.into())).collect())
    }
}

impl Serialize for Annotations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}
