//! What is worth a write.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::*;
use crate::api::conditions::{ConditionStatus, set_condition};
use crate::api::status::{OutputStatus, TableStatus};
use crate::error::Reason;

const fn at(second: i64) -> Timestamp {
    Timestamp::constant(1_000_000 + second, 0)
}

fn looked(second: i64) -> SchemaSnapshotStatus {
    let mut status = SchemaSnapshotStatus {
        content_hash: Some("sha256:a".into()),
        last_refresh_time: Some(Time(at(second))),
        outputs: vec![OutputStatus::default()],
        ..SchemaSnapshotStatus::default()
    };
    let (kind, reason) = (ConditionType::Published, Reason::Published);
    set_condition(&mut status.conditions, kind, true.into(), reason, "m", 7, at(0));
    status
}

#[test]
fn time_alone_is_written_at_most_once_per_interval_and_five_minutes() {
    for (interval, since, want) in [
        (60, 299, Needed::Nothing),
        (60, 300, Needed::Heartbeat),
        (600, 599, Needed::Nothing),
        (600, 600, Needed::Heartbeat),
        (60, -50, Needed::Heartbeat),
    ] {
        let got = needed(&looked(0), &looked(since), Duration::from_secs(interval), at(since));
        assert_eq!(got, want, "interval {interval} s, {since} s since the last");
    }
    // No look, no heartbeat: a failure must not make the copy look younger than it is.
    let got = needed(&looked(0), &looked(0), Duration::from_secs(60), at(900));
    assert_eq!(got, Needed::Nothing);
    let mut timed = looked(10);
    timed.next_refresh_time = Some(Time(at(70)));
    timed.last_full_discovery_time = Some(Time(at(10)));
    timed.conditions[0].last_transition_time = Time(at(10));
    assert_eq!(needed(&looked(0), &timed, Duration::from_secs(60), at(10)), Needed::Nothing);
}

#[test]
fn content_conditions_and_outputs_are_written_in_full_at_once() {
    let changes: [(&str, fn(&mut SchemaSnapshotStatus)); 8] = [
        ("content", |s| s.content_hash = Some("sha256:b".into())),
        ("first content", |s| s.content_hash = None),
        ("hand edit repaired", |s| s.outputs[0].resource_version = "2".into()),
        ("stale", |s| s.stale = true),
        ("generation", |s| s.observed_generation = Some(8)),
        ("refresh answered", |s| s.last_handled_refresh = Some("now".into())),
        ("message", |s| s.conditions[0].message = "other".into()),
        ("one condition less", |s| s.conditions.clear()),
    ];
    for (name, change) in changes {
        let mut new = looked(1);
        change(&mut new);
        assert_eq!(needed(&looked(0), &new, Duration::from_secs(60), at(1)), Needed::Full, "{name}");
    }
}

#[test]
fn tables_are_not_compared_since_nobody_remembers_them() {
    let mut new = looked(1);
    new.tables = vec![TableStatus::default()];
    assert_eq!(needed(&looked(0), &new, Duration::from_secs(60), at(1)), Needed::Nothing);
    assert!(slim(new).tables.is_empty());
}

#[test]
fn the_published_generation_is_that_of_a_true_published_condition() {
    let mut status = looked(0);
    assert_eq!(published_generation(&status), Some(7));
    status.observed_generation = Some(8);
    assert_eq!(published_generation(&status), Some(7), "a failed look observes, and publishes nothing");
    let kind = ConditionType::Published;
    set_condition(&mut status.conditions, kind, ConditionStatus::False, Reason::OutputTooLarge, "m", 8, at(0));
    assert_eq!(published_generation(&status), None);
    assert_eq!(published_generation(&SchemaSnapshotStatus::default()), None);
}
