//! Gauges about single snapshots, computed when scraped from whatever objects there are: a deleted one needs no
//! clean-up. They alone carry object names.

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{Error, GaugeVec};

use super::definitions::{
    Definition, SNAPSHOT_COLUMNS, SNAPSHOT_CONDITION, SNAPSHOT_DRIFT, SNAPSHOT_INFO, SNAPSHOT_LAST_CHANGE,
    SNAPSHOT_LAST_SUCCESS, SNAPSHOT_OUTPUT_BYTES, SNAPSHOT_TABLES,
};
use super::labels::Source;

/// What the gauges tell of one snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct SnapshotFacts {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Which MCP server it reads.
    pub source: Source,
    /// Condition types of ours with True, False or, as `None`, Unknown.
    pub conditions: Vec<(&'static str, Option<bool>)>,
    /// Unix time in seconds of the last successful look.
    pub last_success: Option<f64>,
    /// Unix time in seconds of the last change of content.
    pub last_change: Option<f64>,
    /// Tables published; `None` before the first publication.
    pub tables: Option<u32>,
    /// Columns published.
    pub columns: Option<u32>,
    /// Bytes of data in its ConfigMaps.
    pub output_bytes: Option<u64>,
    /// Breaking, risky and compatible changes that the database has beside what it should have.
    pub drift: [u32; 3],
}

/// Asks for the facts at each scrape.
pub(super) struct SnapshotCollector<F> {
    facts: F,
    descriptions: Vec<Desc>,
}

impl<F: Fn() -> Vec<SnapshotFacts> + Send + Sync> SnapshotCollector<F> {
    pub(super) fn new(facts: F) -> Result<Self, Error> {
        let descriptions = Gauges::new()?.all().iter().flat_map(|g| g.desc()).cloned().collect();
        Ok(Self { facts, descriptions })
    }
}

impl<F: Fn() -> Vec<SnapshotFacts> + Send + Sync> Collector for SnapshotCollector<F> {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        // The same definitions were built once in `new`, so this cannot fail; no series is better than a panic.
        let Ok(gauges) = Gauges::new() else { return Vec::new() };
        (self.facts)().iter().for_each(|facts| gauges.fill(facts));
        gauges.all().iter().flat_map(|g| g.collect()).filter(|family| !family.get_metric().is_empty()).collect()
    }
}

struct Gauges {
    condition: GaugeVec,
    last_success: GaugeVec,
    last_change: GaugeVec,
    tables: GaugeVec,
    columns: GaugeVec,
    output_bytes: GaugeVec,
    drift: GaugeVec,
    info: GaugeVec,
}

impl Gauges {
    fn new() -> Result<Self, Error> {
        let gauge = |d: &Definition| GaugeVec::new(d.opts(), d.labels);
        Ok(Self {
            condition: gauge(&SNAPSHOT_CONDITION)?,
            last_success: gauge(&SNAPSHOT_LAST_SUCCESS)?,
            last_change: gauge(&SNAPSHOT_LAST_CHANGE)?,
            tables: gauge(&SNAPSHOT_TABLES)?,
            columns: gauge(&SNAPSHOT_COLUMNS)?,
            output_bytes: gauge(&SNAPSHOT_OUTPUT_BYTES)?,
            drift: gauge(&SNAPSHOT_DRIFT)?,
            info: gauge(&SNAPSHOT_INFO)?,
        })
    }

    fn all(&self) -> [&GaugeVec; 8] {
        let Self { condition, last_success, last_change, tables, columns, output_bytes, drift, info } = self;
        [condition, last_success, last_change, tables, columns, output_bytes, drift, info]
    }

    fn fill(&self, facts: &SnapshotFacts) {
        let (namespace, name) = (facts.namespace.as_str(), facts.name.as_str());
        for (condition, status) in &facts.conditions {
            let value = status.map_or(-1.0, |yes| f64::from(u8::from(yes)));
            self.condition.with_label_values(&[namespace, name, condition]).set(value);
        }
        #[expect(clippy::cast_precision_loss, reason = "ConfigMaps are far smaller than 2^52 bytes")]
        let values = [
            (&self.last_success, facts.last_success),
            (&self.last_change, facts.last_change),
            (&self.tables, facts.tables.map(f64::from)),
            (&self.columns, facts.columns.map(f64::from)),
            (&self.output_bytes, facts.output_bytes.map(|bytes| bytes as f64)),
        ];
        for (gauge, value) in values {
            if let Some(value) = value {
                gauge.with_label_values(&[namespace, name]).set(value);
            }
        }
        for (class, changes) in ["breaking", "risky", "compatible"].into_iter().zip(facts.drift) {
            self.drift.with_label_values(&[namespace, name, class]).set(f64::from(changes));
        }
        self.info.with_label_values(&[namespace, name, facts.source.as_str()]).set(1.0);
    }
}
