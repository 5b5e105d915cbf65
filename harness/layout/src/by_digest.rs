//! Things by digest.
//!
//! Owns: finding one in constant time, and some in the order of their digests. Leaves to others: what they are. (A tree of
//! digests compares what begins alike a dozen times for each look-up.)

use std::hash::BuildHasher as _;
use std::ops::Range;

use hashbrown::{DefaultHashBuilder, HashTable};
use rayon::prelude::*;

use crate::Digest;

/// A map from digests, made at once.
#[derive(Debug, Clone)]
pub struct ByDigest<T> {
    items: Vec<(Digest, T)>,
    /// Places in `items`, in little room; the digests are there already.
    places: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl<T> ByDigest<T> {
    /// Whether there is something for `digest`.
    pub fn contains_key(&self, digest: &Digest) -> bool {
        self.place(digest).is_some()
    }

    /// What there is for `digest`.
    pub fn get(&self, digest: &Digest) -> Option<&T> {
        self.at(self.place(digest)?)
    }

    /// Where `digest` is: a number below [`ByDigest::len`] that says nothing else.
    pub fn place(&self, digest: &Digest) -> Option<usize> {
        let same = |place: &u32| self.items.get(*place as usize).is_some_and(|(own, _)| own == digest);
        self.places.find(self.hasher.hash_one(digest), same).map(|place| *place as usize)
    }

    /// What there is at a place.
    pub(crate) fn at(&self, place: usize) -> Option<&T> {
        self.items.get(place).map(|(_, value)| value)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// What `pick` picks of them, in the order of their digests. (Places are in the order of the file system: a report
    /// that followed that would not be the same on another machine.)
    pub fn pick<'a, U>(&'a self, pick: impl Fn(&'a Digest, &'a T) -> Option<U>) -> Vec<(&'a Digest, U)> {
        let picked = self.items.iter().filter_map(|(digest, value)| Some((digest, pick(digest, value)?)));
        let mut picked: Vec<_> = picked.collect();
        picked.sort_unstable_by_key(|(digest, _)| *digest);
        picked
    }

    /// All of them by their places, for several threads. A report must not follow that order: see [`ByDigest::pick`].
    pub fn all(&self) -> impl IndexedParallelIterator<Item = (&Digest, &T)>
    where
        T: Sync,
    {
        self.items.par_iter().map(|(digest, value)| (digest, value))
    }

    /// All of them without their digests, in no order.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.items.iter().map(|(_, value)| value)
    }

    /// Those at some of the places with their digests, in shares of so many, each for one thread at a time.
    pub(crate) fn shares_mut(
        &mut self,
        places: Range<usize>,
        share: usize,
    ) -> impl IndexedParallelIterator<Item = impl Iterator<Item = (&Digest, &mut T)>>
    where
        T: Send,
    {
        // without this a thread takes half of them at once, and the others may have nothing to do in the end
        let shares = self.items[places].par_chunks_mut(share).with_max_len(1);
        shares.map(|share| share.iter_mut().map(|(digest, value)| (&*digest, value)))
    }

    /// From pairs with each digest once. The places are in their order.
    pub(crate) fn new(items: Vec<(Digest, T)>) -> Self {
        let hasher = DefaultHashBuilder::default();
        let mut places = HashTable::with_capacity(items.len());
        // a layout of four billion blobs does not fit in memory
        for (place, (digest, _)) in (0_u32..).zip(&items) {
            let again = |place: &u32| items.get(*place as usize).map_or(0, |(own, _)| hasher.hash_one(own));
            places.insert_unique(hasher.hash_one(digest), place, again);
        }
        Self { items, places, hasher }
    }
}
