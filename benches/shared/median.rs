//! The middle time of a few runs, for ratios of one run.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Timed runs, odd so that there is a middle one.
const ROUNDS: usize = 7;

/// How long the work takes.
pub(crate) fn median<T>(mut work: impl FnMut() -> T) -> Duration {
    let time = |_| {
        let begin = Instant::now();
        black_box(work());
        begin.elapsed()
    };
    let mut times: Vec<Duration> = (0..ROUNDS).map(time).collect();
    times.sort_unstable();
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}
