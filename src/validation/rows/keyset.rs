//! The keys of a batch, each with the row that had it first, within a bound of memory.
//!
//! A key of up to 15 bytes stands for itself, a longer one by 128 bits of its SHA-256: with a billion keys the chance of a
//! false duplicate is below 10^-20.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

/// Growth of one shard needs room for both its old and its new table; with many shards that is little.
const SHARDS: usize = 16;
/// Bytes of one entry: key, row, and the table's own byte.
const ENTRY: usize = 25;

/// A key, ready to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Print(u64, u64);

impl Print {
    pub(super) fn of(key: &[u8]) -> Self {
        let mut bytes = [0_u8; 16];
        match bytes.get_mut(..key.len()) {
            Some(head) if key.len() < 16 => {
                head.copy_from_slice(key);
                // The length, with the top bit clear.
                bytes[15] = u8::try_from(key.len()).unwrap_or(0);
            }
            _ => {
                for (to, from) in bytes.iter_mut().zip(Sha256::digest(key)) {
                    *to = from;
                }
                bytes[15] |= 0x80;
            }
        }
        let value = u128::from_le_bytes(bytes);
        Self(value as u64, (value >> 64) as u64)
    }

    const fn shard(self) -> usize {
        ((self.0 ^ self.1.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60) as usize
    }
}

/// Memory that all keys of a batch share.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
}

impl Budget {
    pub(super) const fn new(bytes: usize) -> Self {
        Self { left: bytes }
    }

    /// Takes so many bytes; false when they are not there.
    pub(super) const fn take(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}

/// Keys and the row of each.
#[derive(Debug)]
pub(super) struct KeySet {
    shards: [HashMap<Print, u64>; SHARDS],
    /// No more keys are taken: the memory is used up.
    pub(super) full: bool,
}

impl Default for KeySet {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| HashMap::new()), full: false }
    }
}

impl KeySet {
    /// The row that had this key first.
    pub(super) fn row(&self, key: Print) -> Option<u64> {
        self.shards.get(key.shard())?.get(&key).copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.shards.iter().all(HashMap::is_empty)
    }

    /// Takes a key, unless it is there: then gives the row that had it first.
    pub(super) fn insert(&mut self, key: Print, row: u64, budget: &mut Budget) -> Option<u64> {
        let shard = self.shards.get_mut(key.shard())?;
        if let Some(first) = shard.get(&key) {
            return Some(*first);
        }
        if shard.len() == shard.capacity() && !self.full {
            let more = (shard.capacity() * 2).max(56);
            // A table is filled to seven eighths.
            self.full = !budget.take((more - shard.capacity()) * 8 / 7 * ENTRY);
            if !self.full {
                shard.reserve(more - shard.len());
            }
        }
        if shard.len() < shard.capacity() {
            shard.insert(key, row);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_of_a_key_is_told() {
        let (mut set, mut budget) = (KeySet::default(), Budget::new(1 << 20));
        let long = b"a key that is longer than fifteen bytes";
        for (key, row, first) in [
            (&b"a"[..], 0, None),
            (b"b", 1, None),
            (b"a", 2, Some(0)),
            (long, 3, None),
            (long, 4, Some(3)),
            (b"", 5, None),
            (b"\0", 6, None),
            (b"", 7, Some(5)),
        ] {
            assert_eq!(set.insert(Print::of(key), row, &mut budget), first, "{key:?}");
        }
    }

    #[test]
    fn memory_is_bounded_and_what_was_taken_is_still_found() {
        let (mut set, mut budget) = (KeySet::default(), Budget::new(1 << 20));
        let key = |number: u64| Print::of(&number.to_le_bytes());
        let last = (0..1_000_000).find(|number| {
            set.insert(key(*number), *number, &mut budget);
            set.full
        });
        let last = last.unwrap_or_default();
        let entries: usize = set.shards.iter().map(HashMap::capacity).sum();
        assert!((10_000..60_000).contains(&last) && entries * ENTRY <= 1 << 20, "{last} {entries}");
        assert_eq!(set.insert(key(0), 9, &mut budget), Some(0));
    }
}
