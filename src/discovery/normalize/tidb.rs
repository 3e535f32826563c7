//! TIDB_ROW_ID_SHARDING_INFO of a table: how its row ids are spread over the cluster. Pure.

use crate::schema::AutoRandom;

/// Bits of an AUTO_RANDOM column where nothing else is said.
const DEFAULT_RANGE: u32 = 64;

/// What the text says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::discovery) struct Sharding {
    /// AUTO_RANDOM of the primary key.
    pub(in crate::discovery) auto_random: Option<AutoRandom>,
    /// SHARD_ROW_ID_BITS; 0 for none.
    pub(in crate::discovery) shard_row_id_bits: u32,
}

/// Reads `PK_AUTO_RANDOM_BITS=6, RANGE BITS=54`, `SHARD_BITS=4`, `NOT_SHARDED` and `NOT_SHARDED(PK_IS_HANDLE)`.
pub(in crate::discovery) fn sharding(text: &str) -> Sharding {
    let value = |name: &str| {
        let found = text.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
        found.and_then(|number| number.trim().parse::<u32>().ok())
    };
    let auto_random = value("PK_AUTO_RANDOM_BITS")
        .map(|shard_bits| AutoRandom { shard_bits, range_bits: value("RANGE BITS").unwrap_or(DEFAULT_RANGE) });
    Sharding { auto_random, shard_row_id_bits: value("SHARD_BITS").unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sharding_is_read_in_each_form() {
        let random = |shard_bits, range_bits| Sharding {
            auto_random: Some(AutoRandom { shard_bits, range_bits }),
            ..Sharding::default()
        };
        for (text, want) in [
            ("PK_AUTO_RANDOM_BITS=5", random(5, 64)),
            ("PK_AUTO_RANDOM_BITS=6, RANGE BITS=54", random(6, 54)),
            ("SHARD_BITS=4", Sharding { shard_row_id_bits: 4, ..Sharding::default() }),
            ("NOT_SHARDED", Sharding::default()),
            ("NOT_SHARDED(PK_IS_HANDLE)", Sharding::default()),
            ("", Sharding::default()),
        ] {
            assert_eq!(sharding(text), want, "{text}");
        }
    }
}
