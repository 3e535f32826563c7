//! Name, labels, unit and meaning of every series, in one table. The registry and the README are both made from it.

use std::fmt::Write as _;

use prometheus::Opts;

use super::PREFIX;

/// What kind of series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// One series.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) labels: &'static [&'static str],
    pub(super) help: &'static str,
    pub(super) buckets: &'static [f64],
}

impl Definition {
    pub(super) fn opts(&self) -> Opts {
        Opts::new(self.name, self.help)
    }
}

type Labels = &'static [&'static str];

const fn counter(name: &'static str, labels: Labels, help: &'static str) -> Definition {
    Definition { name, kind: Kind::Counter, labels, help, buckets: &[] }
}

const fn gauge(name: &'static str, labels: Labels, help: &'static str) -> Definition {
    Definition { name, kind: Kind::Gauge, labels, help, buckets: &[] }
}

const fn histogram(name: &'static str, labels: Labels, help: &'static str, buckets: &'static [f64]) -> Definition {
    Definition { name, kind: Kind::Histogram, labels, help, buckets }
}

/// From a no-op of the controller to a discovery of a large schema.
const SECONDS: &[f64] = &[0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];
/// From an empty answer to the ceiling of 16 MiB.
const BYTES: &[f64] = &[1024.0, 4096.0, 16384.0, 65536.0, 262_144.0, 1_048_576.0, 4_194_304.0, 16_777_216.0];

/// Labels of the series about one object.
const OBJECT: Labels = &["namespace", "name"];

pub(super) const RECONCILE_TOTAL: Definition =
    counter("reconcile_total", &["controller", "result"], "Reconciles by how they ended.");
pub(super) const RECONCILE_DURATION: Definition =
    histogram("reconcile_duration_seconds", &["controller"], "How long reconciles took.", SECONDS);
pub(super) const RECONCILE_IN_FLIGHT: Definition =
    gauge("reconcile_in_flight", &["controller"], "Reconciles running now.");
pub(super) const MCP_REQUESTS: Definition = counter(
    "mcp_requests_total",
    &["source", "outcome"],
    "Calls to MCP servers by how they ended: success, cancelled or the reason of the failure.",
);
pub(super) const MCP_DURATION: Definition =
    histogram("mcp_request_duration_seconds", &["source"], "How long calls to MCP servers took.", SECONDS);
pub(super) const MCP_RETRIES: Definition = counter(
    "mcp_retries_total",
    &["source", "reason"],
    "Repeated calls to MCP servers by the reason of the failure before.",
);
pub(super) const MCP_IN_FLIGHT: Definition = gauge("mcp_in_flight", &["source"], "Calls to MCP servers running now.");
pub(super) const MCP_BYTES: Definition =
    histogram("mcp_response_bytes", &["source"], "Size of the answers of MCP servers.", BYTES);
pub(super) const SOURCE_UP: Definition =
    gauge("source_up", &["source"], "1 when the last call to the source was answered, else 0.");
pub(super) const SOURCE_CIRCUIT_OPEN: Definition = gauge(
    "source_circuit_open",
    &["source"],
    "Sources that are away: nobody asks them but one probe in each breaker period.",
);
pub(super) const DISCOVERY_TOTAL: Definition = counter(
    "discovery_total",
    &["kind", "result"],
    "Databases read (full) and comparisons of fingerprints, by how they ended: success, cancelled or the reason of the failure.",
);
pub(super) const DISCOVERY_DURATION: Definition =
    histogram("discovery_duration_seconds", &["kind"], "How long discoveries took.", SECONDS);
pub(super) const CACHE_REQUESTS: Definition =
    counter("cache_requests_total", &["tier", "result"], "Questions to the cache by tier and answer.");
pub(super) const CACHE_EVICTIONS: Definition = counter(
    "cache_evictions_total",
    &["reason"],
    "Databases that left the memory tier: nobody asked (ttl), room was needed (lru), or read anew (invalidated).",
);
pub(super) const CACHE_HIT_RATIO: Definition =
    gauge("cache_hit_ratio", &[], "Part of the questions that no database had to be read for; 0 before the first.");
pub(super) const CACHE_ENTRIES: Definition = gauge("cache_entries", &[], "Databases in the memory tier.");
pub(super) const CACHE_BYTES: Definition = gauge("cache_bytes", &[], "Bytes the memory tier takes.");
pub(super) const CACHE_OLDEST: Definition =
    gauge("cache_oldest_entry_age_seconds", &[], "Age of the database in memory that was read longest ago.");
pub(super) const CACHE_NEWEST: Definition =
    gauge("cache_newest_entry_age_seconds", &[], "Age of the database in memory that was read last.");
pub(super) const SCHEMA_CHANGES: Definition =
    counter("schema_changes_total", &["class"], "Changes of schemas that were published, by whom they break.");
pub(super) const SNAPSHOT_DRIFT: Definition = gauge(
    "snapshot_drift_changes",
    &["namespace", "name", "class"],
    "In how many changes the database differs from the baseline, or from what is published.",
);
pub(super) const PUBLISH_TOTAL: Definition =
    counter("publish_total", &["result"], "Publications of a snapshot's ConfigMaps by how they ended.");
pub(super) const KUBE_REQUESTS: Definition =
    counter("kube_requests_total", &["verb", "resource", "code"], "Requests to the Kubernetes API.");
pub(super) const LEADER: Definition =
    gauge("leader", &[], "1 while this replica does the work, 0 while it stands by for another.");
pub(super) const BUILD_INFO: Definition =
    gauge("build_info", &["version", "revision"], "Always 1; the labels tell what runs.");

pub(super) const SNAPSHOT_CONDITION: Definition = gauge(
    "snapshot_condition",
    &["namespace", "name", "condition"],
    "A snapshot's condition: 1 for True, 0 for False, -1 for Unknown.",
);
pub(super) const SNAPSHOT_LAST_SUCCESS: Definition = gauge(
    "snapshot_last_success_timestamp_seconds",
    OBJECT,
    "Unix time of a snapshot's last successful look at its database.",
);
pub(super) const SNAPSHOT_LAST_CHANGE: Definition = gauge(
    "snapshot_last_change_timestamp_seconds",
    OBJECT,
    "Unix time of the last change of a snapshot's published content.",
);
pub(super) const SNAPSHOT_TABLES: Definition = gauge("snapshot_tables", OBJECT, "Tables a snapshot published.");
pub(super) const SNAPSHOT_COLUMNS: Definition = gauge("snapshot_columns", OBJECT, "Columns a snapshot published.");
pub(super) const SNAPSHOT_OUTPUT_BYTES: Definition =
    gauge("snapshot_output_bytes", OBJECT, "Size of the data in a snapshot's ConfigMaps.");
pub(super) const SNAPSHOT_INFO: Definition =
    gauge("snapshot_info", &["namespace", "name", "source"], "Always 1; joins a snapshot with its source.");

pub(super) const POLICY_CONDITION: Definition = gauge(
    "policy_condition",
    &["namespace", "policy", "condition"],
    "A policy's condition: 1 for True, 0 for False, -1 for Unknown.",
);
pub(super) const VALIDATION_RESULTS: Definition = gauge(
    "validation_results",
    &["namespace", "policy", "result"],
    "Results of a policy's last evaluation: pass, fail, warn, error (could not be judged) and skip.",
);
pub(super) const VALIDATION_DURATION: Definition =
    histogram("validation_duration_seconds", &["kind"], "How long evaluations of a policy took.", SECONDS);
pub(super) const VALIDATION_ROWS: Definition =
    counter("validation_rows_total", &["result"], "Rows judged by policies.");

/// Every series but `process_*`, in the order of the README.
pub(super) const ALL: [&Definition; 36] = [
    &RECONCILE_TOTAL,
    &RECONCILE_DURATION,
    &RECONCILE_IN_FLIGHT,
    &MCP_REQUESTS,
    &MCP_DURATION,
    &MCP_RETRIES,
    &MCP_IN_FLIGHT,
    &MCP_BYTES,
    &SOURCE_UP,
    &SOURCE_CIRCUIT_OPEN,
    &DISCOVERY_TOTAL,
    &DISCOVERY_DURATION,
    &CACHE_REQUESTS,
    &CACHE_HIT_RATIO,
    &CACHE_EVICTIONS,
    &CACHE_ENTRIES,
    &CACHE_BYTES,
    &CACHE_OLDEST,
    &CACHE_NEWEST,
    &PUBLISH_TOTAL,
    &SCHEMA_CHANGES,
    &KUBE_REQUESTS,
    &SNAPSHOT_CONDITION,
    &SNAPSHOT_LAST_SUCCESS,
    &SNAPSHOT_LAST_CHANGE,
    &SNAPSHOT_TABLES,
    &SNAPSHOT_COLUMNS,
    &SNAPSHOT_OUTPUT_BYTES,
    &SNAPSHOT_DRIFT,
    &SNAPSHOT_INFO,
    &POLICY_CONDITION,
    &VALIDATION_RESULTS,
    &VALIDATION_DURATION,
    &VALIDATION_ROWS,
    &LEADER,
    &BUILD_INFO,
];

/// The Markdown table of all series, for the README.
#[must_use]
pub fn markdown() -> String {
    let mut table = String::from("| Metric | Type | Labels | Meaning |\n|---|---|---|---|\n");
    for d in ALL {
        let kind = match d.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let labels = d.labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(table, "| `{PREFIX}_{}` | {kind} | {labels} | {} |", d.name, d.help);
    }
    table.push_str("| `process_*` | gauge, counter | | Memory, CPU, files and threads of the process. |\n");
    table
}
