//! Tests of the registry as a whole.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::def::{ALL, Kind};
use super::labels::{Controller, ReconcileResult};
use super::*;
use crate::error::Reason;

fn facts(name: &str) -> SnapshotFacts {
    SnapshotFacts {
        namespace: "shop".into(),
        name: name.into(),
        source: Source::Inline,
        conditions: vec![("Ready", Some(true)), ("Fresh", Some(false)), ("Published", None)],
        last_success: Some(1_700_000_000.0),
        last_change: None,
        tables: Some(41),
        columns: Some(812),
        output_bytes: Some(418_233),
        drift: [1, 0, 2],
    }
}

/// Every series used once.
fn used() -> Metrics {
    let metrics = Metrics::new().unwrap();
    metrics.reconcile_started(Controller::Snapshot).finish(ReconcileResult::Success);
    metrics.mcp_started(Source::Inline).finish(Outcome::Failed(Reason::Timeout), Some(2000));
    metrics.mcp_retried(&Source::Inline, Reason::Timeout);
    metrics.source_up(&Source::Default, true);
    metrics.discovered(DiscoveryKind::Full, 3, Outcome::Success, Duration::from_millis(40));
    metrics.circuit(&Source::Default, 1);
    metrics.cache_evicted(Eviction::Lru);
    metrics.cache_asked(CacheTier::Memory, CacheResult::StaleHit);
    metrics.published(PublishResult::Created);
    metrics.schema_changed(ChangeClass::Risky, 2);
    metrics.kube_requested(&http::Method::GET, &"/api/v1/configmaps".parse().unwrap(), Some(200));
    metrics.validated(ValidationKind::Audit, Duration::from_millis(3));
    metrics.rows_judged(RowResult::Valid, 2);
    let policy = PolicyFacts {
        namespace: "shop".into(),
        name: "contract".into(),
        conditions: vec![("Compliant", None)],
        results: vec![("fail", 2)],
    };
    metrics.watch_policies(move || vec![policy.clone()]).unwrap();
    metrics.watch_snapshots(|| vec![SnapshotFacts { last_change: Some(1.0), ..facts("orders") }]).unwrap();
    metrics
}

#[test]
fn every_definition_is_a_series_and_every_series_is_defined() {
    let (text, content_type) = used().render().unwrap();
    assert!(content_type.starts_with("text/plain"));
    let typed: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("# TYPE mcp_schema_")).collect();
    let kind = |kind| match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
    };
    let mut want: Vec<_> = ALL.iter().map(|d| format!("{} {}", d.name, kind(d.kind))).collect();
    want.sort();
    assert_eq!(typed, want);
    for d in ALL {
        assert!(text.contains(&format!("# HELP mcp_schema_{} {}", d.name, d.help)), "{}", d.name);
    }
    assert!(text.contains("\nprocess_resident_memory_bytes "), "process metrics carry no prefix");
}

#[test]
fn names_follow_the_conventions_of_prometheus() {
    for d in ALL {
        let name = d.name;
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
        assert_eq!(name.ends_with("_total"), d.kind == Kind::Counter, "{name}");
        assert!(!["_count", "_sum", "_bucket"].iter().any(|end| name.ends_with(end)), "{name}");
        assert!(
            !["counter", "gauge", "histogram", "_ms", "milli", "_minutes", "_kb"].iter().any(|w| name.contains(w)),
            "{name}"
        );
        assert!(d.kind != Kind::Histogram || name.ends_with("_seconds") || name.ends_with("_bytes"), "{name}");
        assert!(d.help.ends_with('.') && d.help.len() > 10, "{name}");
        assert!(d.labels.iter().all(|l| !["le", "quantile", "job", "instance"].contains(l)), "{name}");
        let object = d.labels.contains(&"name");
        assert_eq!(object, name.starts_with("snapshot_"), "{name}: object names stand on scrape-time gauges only");
    }
}

#[test]
fn work_that_is_dropped_is_counted_and_no_longer_in_flight() {
    let metrics = Metrics::new().unwrap();
    let (reconcile, call) = (metrics.reconcile_started(Controller::Snapshot), metrics.mcp_started(Source::Default));
    let (text, _) = metrics.render().unwrap();
    assert!(text.contains("mcp_schema_reconcile_in_flight{controller=\"snapshot\"} 1"), "{text}");
    assert!(text.contains("mcp_schema_mcp_in_flight{source=\"default\"} 1"), "{text}");
    drop((reconcile, call));
    let (text, _) = metrics.render().unwrap();
    for line in [
        "mcp_schema_reconcile_in_flight{controller=\"snapshot\"} 0",
        "mcp_schema_reconcile_total{controller=\"snapshot\",result=\"aborted\"} 1",
        "mcp_schema_reconcile_duration_seconds_count{controller=\"snapshot\"} 1",
        "mcp_schema_mcp_in_flight{source=\"default\"} 0",
        "mcp_schema_mcp_requests_total{outcome=\"cancelled\",source=\"default\"} 1",
        "mcp_schema_mcp_request_duration_seconds_count{source=\"default\"} 1",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
}

#[test]
fn the_gauges_of_a_deleted_snapshot_vanish() {
    let metrics = Metrics::new().unwrap();
    let objects = Arc::new(Mutex::new(vec![facts("orders"), facts("billing")]));
    let shared = objects.clone();
    metrics.watch_snapshots(move || shared.lock().unwrap().clone()).unwrap();
    let (text, _) = metrics.render().unwrap();
    for line in [
        "mcp_schema_snapshot_condition{condition=\"Ready\",name=\"orders\",namespace=\"shop\"} 1",
        "mcp_schema_snapshot_condition{condition=\"Fresh\",name=\"orders\",namespace=\"shop\"} 0",
        "mcp_schema_snapshot_condition{condition=\"Published\",name=\"orders\",namespace=\"shop\"} -1",
        "mcp_schema_snapshot_last_success_timestamp_seconds{name=\"billing\",namespace=\"shop\"} 1700000000",
        "mcp_schema_snapshot_tables{name=\"billing\",namespace=\"shop\"} 41",
        "mcp_schema_snapshot_output_bytes{name=\"billing\",namespace=\"shop\"} 418233",
        "mcp_schema_snapshot_info{name=\"billing\",namespace=\"shop\",source=\"inline\"} 1",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("snapshot_last_change"), "an unknown time is no series");
    objects.lock().unwrap().retain(|o| o.name == "orders");
    let (text, _) = metrics.render().unwrap();
    assert!(text.contains("name=\"orders\"") && !text.contains("name=\"billing\""), "{text}");
}

#[test]
fn the_snapshot_gauges_are_added_once() {
    let metrics = Metrics::new().unwrap();
    metrics.watch_snapshots(Vec::new).unwrap();
    assert!(metrics.watch_snapshots(Vec::new).is_err());
}

#[test]
fn label_words_are_short_and_safe() {
    let mut words: Vec<&str> = vec![Outcome::Success.as_str(), Outcome::Cancelled.as_str()];
    words.extend(Reason::ALL.iter().map(|r| Outcome::Failed(*r).as_str()));
    words.extend(ReconcileResult::ALL.iter().map(|r| r.as_str()));
    words.extend(PublishResult::ALL.iter().map(|r| r.as_str()));
    words.extend(CacheTier::ALL.iter().map(|r| r.as_str()));
    words.extend(CacheResult::ALL.iter().map(|r| r.as_str()));
    words.extend(DiscoveryKind::ALL.iter().map(|r| r.as_str()));
    let sources = [Source::Default, Source::Inline];
    words.extend(sources.iter().map(Source::as_str));
    words.extend(Controller::ALL.iter().map(|r| r.as_str()));
    for word in words {
        assert!(word.len() <= 32 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'), "{word}");
    }
}

#[test]
fn the_table_has_a_row_for_every_series() {
    let table = markdown();
    assert_eq!(table.lines().count(), ALL.len() + 3);
    assert!(ALL.iter().all(|d| table.contains(&format!("`mcp_schema_{}`", d.name))));
}
