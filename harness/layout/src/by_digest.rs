//! Things by digest.
//!
//! Owns: finding one in constant time, and some in the order of their digests. Leaves to others: what they are. (A tree of
//! digests compares what begins alike a dozen times for each look-up.)

use std::hash::BuildHasher as _;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};
use rayon::prelude::*;

use crate::Digest;

/// Room for so many blobs is made at once: what is mapped and not written to takes no memory, and what is large grows
/// without being copied.
pub(crate) const ROOM: usize = 1 << 16;

/// A map from digests, made at once.
#[derive(Debug, Clone)]
pub struct ByDigest<T> {
    places: Places,
    /// What there is at each place.
    values: Vec<T>,
}

/// Places for digests, before it is known what there is at them: numbers from 0, in the order in which they come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    digests: Vec<Digest>,
    /// Places in `digests`, in little room: the digests are there already.
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Places {
    /// Gives the next place to a digest; false if it has one already.
    pub(crate) fn add(&mut self, digest: &Digest) -> bool {
        let Self { digests, table, hasher } = self;
        if digests.is_empty() {
            digests.reserve(ROOM);
        }
        let at = |place: &u32| digests.get(*place as usize);
        let again = |place: &u32| at(place).map_or(0, |own| hasher.hash_one(own));
        if table.len() == table.capacity() {
            // by more than twice as much: others wait meanwhile
            table.reserve(3 * table.len(), again);
        }
        let Entry::Vacant(free) =
            table.entry(hasher.hash_one(digest), |place| at(place) == Some(digest), again)
        else {
            return false;
        };
        // a layout of four billion blobs does not fit in memory
        free.insert(u32::try_from(digests.len()).unwrap_or(u32::MAX));
        digests.push(digest.clone());
        true
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.digests.len()
    }

    fn of(&self, digest: &Digest) -> Option<usize> {
        let same = |place: &u32| self.digests.get(*place as usize).is_some_and(|own| own == digest);
        self.table.find(self.hasher.hash_one(digest), same).map(|place| *place as usize)
    }
}

impl<T> ByDigest<T> {
    /// What there is at each of the places, in their order.
    pub(crate) fn new(places: Places, values: Vec<T>) -> Self {
        Self { places, values }
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
        self.places.of(digest)
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
        let items = self.places.digests.iter().zip(&self.values);
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
        self.places.digests.par_iter().zip(&self.values)
    }

    /// All of them without their digests, in no order.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.values.iter()
    }
}

/// Of a digest that is there twice the first value counts.
impl<T> FromIterator<(Digest, T)> for ByDigest<T> {
    fn from_iter<I: IntoIterator<Item = (Digest, T)>>(items: I) -> Self {
        let mut places = Places::default();
        let new = |(digest, value)| places.add(&digest).then_some(value);
        let values = items.into_iter().filter_map(new).collect();
        Self { places, values }
    }
}
