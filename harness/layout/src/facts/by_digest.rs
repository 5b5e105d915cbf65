//! Things by digest.
//!
//! Owns: finding one in constant time, and some in the order of their digests. Leaves to others: what they are.
//!
//! They stay in the order in which they were found: what was written together is then near in memory, too, and documents
//! that are followed from index.json find most of it in the processor's cache.

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use rayon::prelude::*;

use referee_spec::Digest;

/// A map from digests.
#[derive(Debug, Clone)]
pub struct ByDigest<T>(IndexMap<Digest, T, RandomState>);

impl<T> ByDigest<T> {
    /// Adds the thing of that digest, in place of an earlier one.
    pub(crate) fn insert(&mut self, digest: Digest, thing: T) {
        self.0.insert(digest, thing);
    }

    /// Makes space for so many more.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.0.reserve(more);
    }

    /// The thing of that digest.
    pub fn get(&self, digest: &Digest) -> Option<&T> {
        self.0.get(digest)
    }

    /// Whether there is one of that digest.
    pub fn contains_key(&self, digest: &Digest) -> bool {
        self.0.contains_key(digest)
    }

    /// The position of that digest among all of them, a number from 0 that says nothing else.
    pub fn position(&self, digest: &Digest) -> Option<usize> {
        self.0.get_index_of(digest)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What `pick` picks of them, in the order of their digests. (They are kept in the order of the file system: a report that
    /// followed that would not be the same on another machine.)
    pub fn pick<'a, U>(&'a self, pick: impl Fn(&'a Digest, &'a T) -> Option<U>) -> Vec<(&'a Digest, U)> {
        let picked = self.0.iter().filter_map(|(digest, thing)| Some((digest, pick(digest, thing)?)));
        let mut picked: Vec<_> = picked.collect();
        picked.sort_unstable_by_key(|(digest, _)| *digest);
        picked
    }

    /// All of them by their positions. A report must not follow that order: see [`ByDigest::pick`].
    pub fn par_iter(&self) -> impl IndexedParallelIterator<Item = (&Digest, &T)>
    where
        T: Sync,
    {
        self.0.par_iter()
    }

    /// All of them without their digests, by their positions.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.0.values()
    }
}

impl<T> Default for ByDigest<T> {
    fn default() -> Self {
        Self(IndexMap::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use referee_spec::Algorithm;

    #[test]
    fn each_is_found_and_what_is_picked_is_in_order() {
        let digest = |n: usize| Algorithm::Sha256.digest(&n.to_le_bytes());
        for count in [0, 1, 2, 100] {
            let mut all = ByDigest::default();
            (0..2 * count).for_each(|n| all.insert(digest(n % count), n));
            assert_eq!((all.len(), all.is_empty()), (count, count == 0));
            for n in 0..count {
                assert_eq!(all.get(&digest(n)), Some(&(n + count)));
                assert_eq!(all.position(&digest(n)).and_then(|at| all.values().nth(at)), Some(&(n + count)));
            }
            assert!(!all.contains_key(&digest(count)));
            let even = all.pick(|_, n| ((n - count) % 2 == 0).then_some(()));
            assert!(even.is_sorted() && even.len() == count.div_ceil(2));
        }
    }
}
