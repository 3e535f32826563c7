//! What holds for every outcome after every other, and when the next run is.

use super::*;
use crate::controller::due::Reading;

fn every_outcome() -> Vec<Outcome> {
    let mut all = vec![Outcome::Discovering, Outcome::Suspended, published("aaa"), published("bbb")];
    all.extend([unchanged(&[]), unchanged(&["shop"])]);
    all.extend([held("ccc"), held("ddd")]);
    all.extend(FAILURES.map(failed));
    all
}

/// Every status that two outcomes in a row lead to.
fn every_status() -> Vec<SchemaSnapshotStatus> {
    let all = every_outcome();
    let pairs = all.iter().flat_map(|first| all.iter().map(move |second| [first.clone(), second.clone()]));
    let mut found: Vec<_> = pairs.map(|pair| after(&pair)).collect();
    found.push(SchemaSnapshotStatus::default());
    found
}

#[test]
fn ready_means_neither_reconciling_nor_stalled_and_reasons_are_of_the_enum() {
    for old in every_status() {
        for outcome in every_outcome() {
            let status = decide(&outcome, &old, &given(100)).status;
            let truth = |kind| find(&status.conditions, kind).map(|c| c.status == "True").unwrap();
            let (ready, busy, stuck) =
                (truth(ConditionType::Ready), truth(ConditionType::Reconciling), truth(ConditionType::Stalled));
            assert!(!(ready && (busy || stuck)) && !(busy && stuck), "{outcome:?} after {old:?}");
            for condition in &status.conditions {
                assert!(Reason::ALL.iter().any(|r| r.as_str() == condition.reason), "{condition:?}");
                assert!(!condition.message.is_empty());
            }
            let mut types: Vec<_> = status.conditions.iter().map(|c| c.type_.clone()).collect();
            types.sort();
            types.dedup();
            assert_eq!(types.len(), status.conditions.len());
            assert_eq!((status.observed_generation, status.interval.as_deref()), (Some(3), Some("10m")));
        }
    }
}

#[test]
fn a_transition_time_moves_with_the_status_alone() {
    for old in every_status() {
        for outcome in every_outcome() {
            for new in decide(&outcome, &old, &given(100)).status.conditions {
                let before = old.conditions.iter().find(|c| c.type_ == new.type_);
                let same = before.filter(|c| c.status == new.status);
                let want = same.map_or(at(100), |c| c.last_transition_time.0);
                assert_eq!(new.last_transition_time.0, want, "{} in {outcome:?}", new.type_);
            }
        }
    }
}

#[test]
fn no_failure_takes_anything_away_from_what_is_published() {
    let parts = |s: &SchemaSnapshotStatus| {
        let times = (s.last_refresh_time.clone(), s.last_change_time.clone(), s.last_full_discovery_time.clone());
        (s.content_hash.clone(), s.revision.clone(), s.outputs.clone(), s.tables.clone(), s.counts, s.shards, times)
    };
    for old in every_status() {
        for outcome in FAILURES.map(failed).into_iter().chain([Outcome::Discovering, Outcome::Suspended]) {
            let new = decide(&outcome, &old, &given(100)).status;
            assert_eq!(parts(&new), parts(&old), "{outcome:?}");
        }
    }
}

#[test]
fn the_same_outcome_again_is_no_event_and_no_reason_to_write() {
    for old in every_status() {
        for outcome in every_outcome() {
            let once = decide(&outcome, &old, &given(100)).status;
            let twice = decide(&outcome, &once, &given(200));
            assert_eq!(twice.note, None, "{outcome:?}");
            assert!(!once.differs_ignoring_time(&twice.status), "{outcome:?}");
        }
    }
}

#[test]
fn an_event_speaks_of_a_transition_and_warns_of_failures_only() {
    for old in every_status() {
        for outcome in every_outcome() {
            let decision = decide(&outcome, &old, &given(100));
            let Some(note) = decision.note else { continue };
            assert_eq!(note.warning, matches!(outcome, Outcome::Failed(_) | Outcome::Held(_)), "{outcome:?}");
            assert!(old.differs_ignoring_time(&decision.status), "{note:?}");
            assert!(!note.text.is_empty());
        }
    }
}

#[test]
fn a_refresh_request_is_acknowledged_by_every_look_well_or_not() {
    for outcome in every_outcome() {
        let status = decide(&outcome, &with_data(), &Given { refresh: Some("now"), ..given(100) }).status;
        let looked = !matches!(outcome, Outcome::Discovering | Outcome::Suspended);
        assert_eq!(status.last_handled_refresh.as_deref(), looked.then_some("now"), "{outcome:?}");
        let kept = decide(&outcome, &status, &given(200)).status;
        assert_eq!(kept.last_handled_refresh, status.last_handled_refresh, "removing the annotation revokes nothing");
    }
}

fn run(outcome: &Outcome, memory: &mut Memory, random: f64) -> Next {
    next(outcome, memory, &given(0), Duration::from_secs(1), random)
}

#[test]
fn a_failure_is_tried_again_later_and_later_unless_only_a_person_can_help() {
    for reason in FAILURES {
        let mut memory = Memory { last_success: Some(at(-5)), owes: Reading::Anew, ..Memory::default() };
        let pauses: Vec<Next> = (0..3).map(|_| run(&failed(reason), &mut memory, 1.0)).collect();
        let seconds = |n| Next::After(Duration::from_secs(n));
        match reason.class() {
            Class::Transient => assert_eq!(pauses, [seconds(1), seconds(2), seconds(4)], "{reason}"),
            Class::Slow => assert_eq!(pauses, [seconds(300); 3], "{reason}"),
            Class::Permanent => assert_eq!(pauses, [Next::OnChange; 3], "{reason}"),
        }
        let parked = reason.class() == Class::Permanent;
        assert_eq!(
            (memory.parked, memory.retry_at.is_some(), memory.last_success),
            (parked, !parked, None),
            "{reason}"
        );
        assert_eq!(memory.owes == Reading::Anew, !parked, "{reason}: what was to be read in full still is");
    }
}

#[test]
fn a_pause_the_server_asks_for_is_kept_within_bounds() {
    for (asked, want) in [(0, 1), (30, 30), (86_400, 300)] {
        let retry_after = Some(Duration::from_secs(asked));
        let failure = Failure { reason: Reason::Throttled, message: String::new(), retry_after };
        let got = run(&Outcome::Failed(failure), &mut Memory::default(), 1.0);
        assert_eq!(got, Next::After(Duration::from_secs(want)), "asked for {asked} s");
    }
}

#[test]
fn success_forgets_failures_and_running_ddl_is_looked_at_again_soon() {
    let failing = Memory { failures: 4, retry_at: Some(at(9)), owes: Reading::Anew, repairs: 2, ..Memory::default() };
    let mut memory = failing.clone();
    assert_eq!(run(&published("aaa"), &mut memory, 0.5), Next::OnChange);
    assert_eq!(memory, Memory { last_success: Some(at(0)), last_seen: Some(at(0)), repairs: 2, ..Memory::default() });
    let mut memory = failing.clone();
    assert_eq!(run(&unchanged(&["shop"]), &mut memory, 0.5), Next::After(Duration::from_secs(30)));
    assert_eq!((memory.retry_at, memory.failures), (Some(at(30)), 0));
    let mut memory = failing;
    assert_eq!(run(&Outcome::Suspended, &mut memory, 0.5), Next::OnChange);
    assert_eq!(memory, Memory::default());
}
