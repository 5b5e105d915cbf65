//! Things by digest.
//!
//! Owns: finding one in constant time, and going through all in the order of their digests. Leaves to others: what they
//! are. (A tree of digests compares strings that begin alike a dozen times for each look-up.)

use std::collections::HashMap;
use std::ops::Index;

use crate::Digest;

/// A map from digests, made at once.
#[derive(Debug, Clone)]
pub struct ByDigest<T> {
    sorted: Vec<(Digest, T)>,
    places: HashMap<Digest, usize>,
}

impl<T> ByDigest<T> {
    /// Whether there is something for `digest`.
    pub fn contains_key(&self, digest: &Digest) -> bool {
        self.places.contains_key(digest)
    }

    /// What there is for `digest`.
    pub fn get(&self, digest: &Digest) -> Option<&T> {
        self.sorted.get(*self.places.get(digest)?).map(|(_, value)| value)
    }

    /// What there is for `digest`, with its place in the order of digests.
    pub(crate) fn find(&self, digest: &Digest) -> Option<(usize, &T)> {
        let place = *self.places.get(digest)?;
        self.sorted.get(place).map(|(_, value)| (place, value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// All of them, in the order of their digests.
    pub fn iter(&self) -> impl Iterator<Item = (&Digest, &T)> {
        self.sorted.iter().map(|(digest, value)| (digest, value))
    }

    /// All of them without their digests, in the order of these.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.sorted.iter().map(|(_, value)| value)
    }

    /// From pairs in the order of their digests, each digest once.
    pub(crate) fn sorted(sorted: Vec<(Digest, T)>) -> Self {
        let places = sorted.iter().enumerate().map(|(at, (digest, _))| (digest.clone(), at)).collect();
        Self { sorted, places }
    }
}

impl<T> Default for ByDigest<T> {
    fn default() -> Self {
        Self { sorted: Vec::new(), places: HashMap::new() }
    }
}

impl<T> IntoIterator for ByDigest<T> {
    type Item = (Digest, T);
    type IntoIter = std::vec::IntoIter<(Digest, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.sorted.into_iter()
    }
}

impl<T> Index<&Digest> for ByDigest<T> {
    type Output = T;

    fn index(&self, digest: &Digest) -> &T {
        &self.sorted[self.places[digest]].1
    }
}
