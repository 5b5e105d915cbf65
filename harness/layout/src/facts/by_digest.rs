//! Things by digest.
//!
//! Owns: finding one in constant time, and some in the order of their digests. Leaves to others: what they are.
//!
//! They stay in the order in which they were found: what was written together is then near in memory, too, and documents
//! that are followed from index.json find most of it in the processor's cache.

use std::collections::BTreeMap;
use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};
use rayon::prelude::*;

use referee_spec::Digest;

/// A map from digests, made at once.
#[derive(Debug, Clone)]
pub struct ByDigest<T> {
    items: Vec<(Digest, T)>,
    /// The positions in `items`. (A map would hold each digest a second time.)
    positions: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl<T> ByDigest<T> {
    /// The thing of that digest.
    pub fn get(&self, digest: &Digest) -> Option<&T> {
        self.items.get(self.position(digest)?).map(|(_, thing)| thing)
    }

    /// Whether there is one of that digest.
    pub fn contains_key(&self, digest: &Digest) -> bool {
        self.position(digest).is_some()
    }

    /// The position of that digest among all of them, a number from 0 that says nothing else.
    pub fn position(&self, digest: &Digest) -> Option<usize> {
        let is_same =
            |position: &u32| self.items.get(*position as usize).is_some_and(|(own, _)| own == digest);
        self.positions.find(self.hasher.hash_one(digest), is_same).map(|position| *position as usize)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// What `pick` picks of them, in the order of their digests. (They are kept in the order of the file system: a report that
    /// followed that would not be the same on another machine.)
    pub fn pick<'a, U>(&'a self, pick: impl Fn(&'a Digest, &'a T) -> Option<U>) -> Vec<(&'a Digest, U)> {
        let picked = self.items.iter().filter_map(|(digest, thing)| Some((digest, pick(digest, thing)?)));
        let mut picked: Vec<_> = picked.collect();
        picked.sort_unstable_by_key(|(digest, _)| *digest);
        picked
    }

    /// All of them by their positions. A report must not follow that order: see [`ByDigest::pick`].
    pub fn par_iter(&self) -> impl IndexedParallelIterator<Item = (&Digest, &T)>
    where
        T: Sync,
    {
        self.items.par_iter().map(|(digest, thing)| (digest, thing))
    }

    /// All of them without their digests, by their positions.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.items.iter().map(|(_, thing)| thing)
    }
}

/// Of several of one digest the last one counts.
impl<T> From<Vec<(Digest, T)>> for ByDigest<T> {
    fn from(items: Vec<(Digest, T)>) -> Self {
        let hasher = DefaultHashBuilder::default();
        let mut positions = HashTable::with_capacity(items.len());
        let hash = |position: &u32| items.get(*position as usize).map_or(0, |(own, _)| hasher.hash_one(own));
        // four billion blobs do not fit in memory
        for (position, (digest, _)) in (0_u32..).zip(&items) {
            let is_same = |other: &u32| items.get(*other as usize).is_some_and(|(own, _)| own == digest);
            positions.entry(hasher.hash_one(digest), is_same, hash).or_insert(position);
        }
        if positions.len() < items.len() {
            let last: BTreeMap<_, _> = items.into_iter().collect();
            return Self::from(last.into_iter().collect::<Vec<_>>());
        }
        Self { items, positions, hasher }
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
            let twice = (0..2 * count).map(|n| (digest(n % count), n));
            let all: ByDigest<usize> = twice.collect::<Vec<_>>().into();
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
