//! The figures and how they read. Pure.

use std::time::Duration;

/// The goal: a discovery may take this many times as long as its SQL does by itself.
const GOAL: f64 = 1.15;

/// One kind of work, done once per round.
#[derive(Default)]
pub(crate) struct Series {
    /// Statements of one run.
    pub(crate) calls: usize,
    /// Bytes of the answers of one run.
    pub(crate) bytes: u64,
    /// How long each run took.
    pub(crate) times: Vec<Duration>,
}

impl Series {
    fn sorted(&self) -> Vec<f64> {
        let mut seconds: Vec<f64> = self.times.iter().map(Duration::as_secs_f64).collect();
        seconds.sort_by(f64::total_cmp);
        seconds
    }

    /// Seconds; rounds are odd in number.
    fn median(&self) -> f64 {
        self.sorted().get(self.times.len() / 2).copied().unwrap_or(f64::NAN)
    }

    fn min(&self) -> f64 {
        self.sorted().first().copied().unwrap_or(f64::NAN)
    }

    fn row(&self, name: &str) -> String {
        let (median, min) = (self.median(), self.min());
        format!("{name:<10} {:>6} {:>12} {median:>10.3} {min:>8.3}", self.calls, self.bytes)
    }
}

/// The table and the verdict.
pub(crate) fn report(raw: &Series, discovery: &Series, poll: &Series) -> String {
    let ratio = discovery.median() / raw.median();
    let verdict = if ratio <= GOAL { "ok" } else { "over the goal" };
    let lines = [
        format!("{:<10} {:>6} {:>12} {:>10} {:>8}", "", "calls", "bytes", "median s", "min s"),
        raw.row("raw SQL"),
        discovery.row("discovery"),
        poll.row("poll"),
        String::new(),
        format!(
            "discovery / raw SQL: {ratio:.3} by medians, {:.3} by minima; goal {GOAL} or less: {verdict}",
            discovery.min() / raw.min()
        ),
        format!("poll / discovery:    {:.3} by medians", poll.median() / discovery.median()),
    ];
    lines.join("\n")
}
