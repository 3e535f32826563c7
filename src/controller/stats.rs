//! How the cache served one snapshot, as its status tells it. Pure.

use super::Remembered;
use crate::api::SchemaSnapshotStatus;
use crate::api::status::CacheStatus;
use crate::cache::Answer;

/// Counts one look: with its answer, or `None` when it failed. Counting goes on from what the status says, so that a
/// restart does not begin at nothing.
pub fn looked(remembered: &mut Remembered, old: &SchemaSnapshotStatus, answer: Option<&Answer>, evictions: u64) {
    let before = remembered.cache.take().or_else(|| old.cache.clone()).unwrap_or_default();
    let hit = answer.is_some_and(|answer| answer.tally.read == 0);
    let (hits, misses) = (before.hits.saturating_add(hit.into()), before.misses.saturating_add((!hit).into()));
    let fill = answer.map(|answer| answer.fill).unwrap_or_default();
    remembered.cache = Some(CacheStatus {
        hits,
        misses,
        hit_rate: rate(hits, misses),
        evictions,
        entries: u32::try_from(fill.entries).unwrap_or(u32::MAX),
        bytes: fill.bytes as u64,
        oldest_entry_age_seconds: fill.oldest.as_secs(),
        newest_entry_age_seconds: fill.newest.as_secs(),
    });
}

/// Three digits, cut and not rounded: 1.000 means every one. 0.000 before the first.
fn rate(hits: u64, misses: u64) -> String {
    let all = u128::from(hits) + u128::from(misses);
    let thousandths = (u128::from(hits) * 1000).checked_div(all).unwrap_or_default();
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_exact_and_zero_before_the_first_look() {
        for (hits, misses, want) in [
            (0, 0, "0.000"),
            (0, 4, "0.000"),
            (120, 4, "0.967"),
            (9999, 1, "0.999"),
            (1, 0, "1.000"),
            (u64::MAX, u64::MAX, "0.500"),
        ] {
            assert_eq!(rate(hits, misses), want, "{hits} of {misses} more");
        }
    }

    #[test]
    fn counting_goes_on_after_a_restart() {
        let told = CacheStatus { hits: 7, misses: 2, ..CacheStatus::default() };
        let old = SchemaSnapshotStatus { cache: Some(told), ..SchemaSnapshotStatus::default() };
        let mut remembered = Remembered::default();
        looked(&mut remembered, &old, None, 5);
        looked(&mut remembered, &old, None, 6);
        let cache = remembered.cache.unwrap_or_default();
        assert_eq!((cache.hits, cache.misses, cache.evictions), (7, 4, 6));
        assert_eq!(cache.hit_rate, "0.636");
    }
}
