//! The figures and how they read. Pure.

use std::time::Duration;

/// The goal: a discovery takes less time than the bulk queries it stands for, sent raw.
const GOAL: f64 = 1.0;

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
    /// Notes one run.
    pub(crate) fn note(&mut self, calls: usize, bytes: u64, took: Duration) {
        (self.calls, self.bytes) = (calls, bytes);
        self.times.push(took);
    }

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
        format!("{name:<34} {:>6} {:>12} {median:>10.3} {min:>8.3}", self.calls, self.bytes)
    }
}

/// Everything that is measured.
#[derive(Default)]
pub(crate) struct Figures {
    /// The bulk queries of a plain discovery, fingerprints left out, sent raw.
    pub(crate) raw: Series,
    /// Discovery as it comes.
    pub(crate) discovery: Series,
    /// Discovery of plain rows.
    pub(crate) plain: Series,
    /// Three queries for each table, sent raw.
    pub(crate) per_table: Series,
    /// Tables that `per_table` covers.
    pub(crate) sampled: usize,
    /// Discovery of the same number of tables in ten databases.
    pub(crate) ten: Series,
    /// A look at those ten when nothing changed.
    pub(crate) poll: Series,
}

impl Figures {
    /// The table and the verdict, for `tables` tables.
    pub(crate) fn report(&self, tables: usize) -> String {
        let ratio = |series: &Series| (series.median() / self.raw.median(), series.min() / self.raw.min());
        let (median, min) = ratio(&self.discovery);
        let verdict = if median < GOAL { "ok" } else { "over the goal" };
        let lines = [
            format!("{:<34} {:>6} {:>12} {:>10} {:>8}", "", "calls", "bytes", "median s", "min s"),
            self.raw.row("raw bulk queries, no fingerprints"),
            self.discovery.row("discovery"),
            self.plain.row("discovery, rows not packed"),
            self.ten.row("discovery, ten databases"),
            self.poll.row("unchanged refresh, ten databases"),
            self.per_table.row(&format!("raw query per table, {} tables", self.sampled)),
            String::new(),
            format!(
                "discovery / raw bulk queries: {median:.3} by medians, {min:.3} by minima; goal below {GOAL}: {verdict}"
            ),
            format!("the same, rows not packed:    {:.3} by medians", ratio(&self.plain).0),
            self.several(tables),
            format!(
                "unchanged refresh / discovery of ten databases: {:.3} by medians, {} of {} bytes",
                self.poll.median() / self.ten.median(),
                self.poll.bytes,
                self.ten.bytes
            ),
        ];
        lines.join("\n")
    }

    fn several(&self, tables: usize) -> String {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let scale = tables as f64 / self.sampled.max(1) as f64;
        let (seconds, calls) = (self.per_table.median() * scale, 3 * tables);
        let how = if self.sampled < tables { "extrapolated" } else { "measured" };
        format!(
            "query per table: {calls} calls in {seconds:.1} s ({how}), {:.0} times a discovery",
            seconds / self.discovery.median()
        )
    }
}
