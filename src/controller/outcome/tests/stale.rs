//! How long the last good copy is served, and what is said when it is too old.

use super::*;

const LIMIT: Duration = Duration::from_secs(3600);

/// A failure at second 100 when the last look that succeeded was `age` seconds before.
fn away(age: i64, staleness: Staleness) -> Decision {
    let given = Given { last_seen: Some(at(100 - age)), staleness, ..given(100) };
    decide(&failed(Reason::ConnectFailed), &with_data(), &given)
}

#[test]
fn a_copy_is_served_up_to_its_greatest_age_and_not_a_second_longer() {
    for (age, staleness, ready, stale) in [
        (0, Staleness::UpTo(LIMIT), "True ServingStale", false),
        (3599, Staleness::UpTo(LIMIT), "True ServingStale", false),
        (3600, Staleness::UpTo(LIMIT), "False StaleTooLong", true),
        (9999, Staleness::UpTo(LIMIT), "False StaleTooLong", true),
        (999_999, Staleness::Always, "True ServingStale", false),
        (0, Staleness::Never, "False SourceUnavailable", true),
        (-500, Staleness::UpTo(LIMIT), "True ServingStale", false),
    ] {
        let Decision { status, .. } = away(age, staleness);
        assert_eq!(word(&status, ConditionType::Ready), ready, "{age} s, {staleness:?}");
        assert_eq!(too_old(&status), stale, "{age} s, {staleness:?}");
        assert!(status.stale && word(&status, ConditionType::Published) == "True Published");
        assert_eq!(word(&status, ConditionType::SourceReachable), "False ConnectFailed");
        assert_eq!(status.last_refresh_time, Some(Time(at(100 - age))), "as old as the last look, not the heartbeat");
    }
}

#[test]
fn being_too_old_is_told_once_with_the_limit_and_the_cause_and_so_is_its_end() {
    let first = away(3600, Staleness::UpTo(LIMIT));
    let note = first.note.unwrap();
    assert_eq!((note.reason, note.warning), ("StaleTooLong", true));
    for part in ["maxStaleness (3600 s)", "because of ConnectFailed"] {
        assert!(note.text.contains(part), "{}", note.text);
    }
    let given = Given { last_seen: Some(at(-9000)), staleness: Staleness::UpTo(LIMIT), ..given(200) };
    let again = decide(&failed(Reason::ConnectFailed), &first.status, &given);
    assert_eq!(again.note, None);
    let open = decide(&failed(Reason::CircuitOpen), &first.status, &given);
    assert_eq!((open.note, word(&open.status, ConditionType::SourceReachable)), (None, "False CircuitOpen".to_owned()));
    let back = decide(&unchanged(&[]), &again.status, &given);
    assert_eq!(back.note.unwrap().reason, "Recovered");
    assert!(!too_old(&back.status) && !back.status.stale);
}

#[test]
fn without_data_nothing_is_too_old() {
    let given = Given { last_seen: None, staleness: Staleness::Never, ..given(100) };
    let status = decide(&failed(Reason::Timeout), &without_data(), &given).status;
    assert!(!too_old(&status));
    assert_eq!(word(&status, ConditionType::Ready), "False SourceUnavailable");
}

#[test]
fn the_moment_from_which_a_copy_is_too_old_is_not_slept_through() {
    let mut memory = Memory { failures: 9, ..Memory::default() };
    let pause = |memory: &mut Memory, age: i64| {
        let given = Given { last_seen: Some(at(100 - age)), staleness: Staleness::UpTo(LIMIT), ..given(100) };
        next(&failed(Reason::Timeout), memory, &given, Duration::from_secs(60), 1.0)
    };
    assert_eq!(pause(&mut memory, 3590), Next::After(Duration::from_secs(10)));
    assert_eq!(pause(&mut memory, 100), Next::After(Duration::from_secs(300)));
    assert_eq!(pause(&mut memory, 5000), Next::After(Duration::from_secs(300)), "it is too old already");
}

#[test]
fn a_shared_look_is_as_old_as_it_is() {
    let age = Duration::from_secs(40);
    let shared = Outcome::Settled(Box::new(Settled { content: None, changing: vec![], age, drift: None }));
    assert_eq!(decide(&shared, &with_data(), &given(100)).status.last_refresh_time, Some(Time(at(60))));
    let mut memory = Memory::default();
    assert_eq!(next(&shared, &mut memory, &given(100), Duration::from_secs(1), 0.5), Next::OnChange);
    assert_eq!((memory.last_success, memory.last_seen), (Some(at(60)), Some(at(60))));
}
