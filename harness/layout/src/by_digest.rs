//! Things by digest.
//!
//! Owns: finding one in constant time, and some in the order of their digests. Leaves to others: what they are. (A tree of
//! digests compares what begins alike a dozen times for each look-up.)

use std::hash::BuildHasher as _;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};
use rayon::prelude::*;

use referee_spec::Digest;

/// A map from digests, made at once. Each has a place: a number from 0, in the order in which they came.
#[derive(Debug, Clone)]
pub struct ByDigest<T> {
    digests: Vec<Digest>,
    /// What there is at each place.
    values: Vec<T>,
    /// The places, in little room: the digests are there already.
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl<T> ByDigest<T> {
    /// Digests, and what there is for each, in the same order. Of a digest that is there twice the first value counts.
    pub(crate) fn new(mut digests: Vec<Digest>, mut values: Vec<T>) -> Self {
        let hasher = DefaultHashBuilder::default();
        let hash = |place: &u32| digests.get(*place as usize).map_or(0, |own| hasher.hash_one(own));
        let mut table = HashTable::with_capacity(digests.len());
        let mut again = Vec::new();
        // a layout of four billion blobs does not fit in memory
        for (place, digest) in (0_u32..).zip(&digests) {
            let same = |other: &u32| digests.get(*other as usize) == Some(digest);
            match table.entry(hasher.hash_one(digest), same, hash) {
                Entry::Vacant(free) => drop(free.insert(place)),
                Entry::Occupied(_) => again.push(place),
            }
        }
        if again.is_empty() {
            return Self { digests, values, table, hasher };
        }
        let first = || (0_u32..).map(|place| again.binary_search(&place).is_err());
        let (mut of_digests, mut of_values) = (first(), first());
        digests.retain(|_| of_digests.next() == Some(true));
        values.retain(|_| of_values.next() == Some(true));
        Self::new(digests, values)
    }

    /// Whether there is something for `digest`.
    pub fn contains_key(&self, digest: &Digest) -> bool {
        self.get(digest).is_some()
    }

    /// What there is for `digest`.
    pub fn get(&self, digest: &Digest) -> Option<&T> {
        self.at(self.place(digest)?)
    }

    /// Where `digest` is: a number below [`ByDigest::len`] that says nothing else.
    pub fn place(&self, digest: &Digest) -> Option<usize> {
        let same = |place: &u32| self.digests.get(*place as usize).is_some_and(|own| own == digest);
        self.table.find(self.hasher.hash_one(digest), same).map(|place| *place as usize)
    }

    /// What there is at a place.
    pub(crate) fn at(&self, place: usize) -> Option<&T> {
        self.values.get(place)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// What `pick` picks of them, in the order of their digests. (Places are in the order of the file system: a report
    /// that followed that would not be the same on another machine.)
    pub fn pick<'a, U>(&'a self, pick: impl Fn(&'a Digest, &'a T) -> Option<U>) -> Vec<(&'a Digest, U)> {
        let items = self.digests.iter().zip(&self.values);
        let mut picked: Vec<_> =
            items.filter_map(|(digest, value)| Some((digest, pick(digest, value)?))).collect();
        picked.sort_unstable_by_key(|(digest, _)| *digest);
        picked
    }

    /// All of them by their places, for several threads. A report must not follow that order: see [`ByDigest::pick`].
    pub fn all(&self) -> impl IndexedParallelIterator<Item = (&Digest, &T)>
    where
        T: Sync,
    {
        self.digests.par_iter().zip(&self.values)
    }

    /// All of them without their digests, in no order.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.values.iter()
    }
}

/// Of a digest that is there twice the first value counts.
impl<T> FromIterator<(Digest, T)> for ByDigest<T> {
    fn from_iter<I: IntoIterator<Item = (Digest, T)>>(items: I) -> Self {
        let (digests, values) = items.into_iter().unzip();
        Self::new(digests, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use referee_spec::Algorithm;

    #[test]
    fn of_a_digest_that_is_there_twice_the_first_value_counts() {
        let digest = |n: usize| Algorithm::Sha256.digest(&n.to_le_bytes());
        for count in [0, 1, 2, 100] {
            let twice: ByDigest<usize> = (0..2 * count).map(|n| (digest(n % count), n)).collect();
            assert_eq!((twice.len(), twice.is_empty()), (count, count == 0));
            for n in 0..count {
                assert_eq!((twice.get(&digest(n)), twice.at(n)), (Some(&n), Some(&n)));
            }
            assert!(!twice.contains_key(&digest(count)));
        }
    }
}
