//! When a look is due, case by case.
use super::*;

const fn at(second: i64) -> Timestamp {
    Timestamp::constant(1_000_000 + second, 0)
}

fn facts(memory: &Memory) -> Facts<'_> {
    Facts {
        now: at(0),
        generation: 1,
        observed_generation: 1,
        published_generation: Some(1),
        suspend: false,
        policy: RefreshPolicy::Periodic,
        interval: Duration::from_secs(60),
        spread: 0.5,
        jitter: 0.1,
        full_every: Duration::from_secs(86_400),
        refresh_asked: false,
        approval_asked: false,
        has_content: true,
        outputs_intact: true,
        healthy: true,
        last_refresh: Some(at(-30)),
        last_full: Some(at(-100)),
        started: at(0),
        memory,
    }
}

fn secs(n: u64) -> Due {
    Due::Wait(Duration::from_secs(n))
}

#[test]
fn a_look_is_due_when_something_asks_for_it() {
    let fresh = Memory { last_success: Some(at(-30)), ..Memory::default() };
    let failed = Memory { failures: 2, retry_at: Some(at(7)), ..Memory::default() };
    let owing = Memory { owes: Reading::Anew, ..failed.clone() };
    let parked = Memory { parked: true, ..Memory::default() };
    let nothing = Memory::default();
    let base = facts(&fresh);
    let [quick, content, anew] = [Reading::Compare, Reading::Content, Reading::Anew].map(Due::Look);
    let cases: Vec<(&str, Facts<'_>, Due)> = vec![
        ("fresh", base.clone(), secs(33)),
        ("interval over", Facts { now: at(33), ..base.clone() }, quick),
        ("full every", Facts { now: at(90_000), ..base.clone() }, anew),
        ("spec changed", Facts { generation: 2, ..base.clone() }, content),
        ("refresh asked", Facts { refresh_asked: true, ..base.clone() }, anew),
        ("approval asked", Facts { approval_asked: true, ..base.clone() }, content),
        ("suspended beats all", Facts { suspend: true, generation: 2, ..base.clone() }, Due::Suspended),
        ("hand edit", Facts { outputs_intact: false, ..base.clone() }, content),
        ("failed, not yet", Facts { memory: &failed, ..base.clone() }, secs(7)),
        ("failed, now", Facts { memory: &failed, now: at(8), ..base.clone() }, quick),
        ("failed to read all", Facts { memory: &owing, now: at(8), ..base.clone() }, anew),
        (
            "failed for this spec",
            Facts { memory: &failed, now: at(8), published_generation: None, ..base.clone() },
            content,
        ),
        ("not yet for this spec", Facts { memory: &failed, published_generation: None, ..base.clone() }, secs(7)),
        (
            "restart, failed for this spec",
            Facts { memory: &nothing, published_generation: Some(0), ..base.clone() },
            content,
        ),
        (
            "on change, failed for this spec",
            Facts { policy: RefreshPolicy::OnChange, published_generation: Some(0), ..base.clone() },
            content,
        ),
        (
            "parked, not for this spec",
            Facts { memory: &parked, published_generation: None, ..base.clone() },
            Due::Never,
        ),
        ("failed, edited", Facts { memory: &failed, outputs_intact: false, ..base.clone() }, secs(7)),
        ("failed, no data", Facts { memory: &failed, now: at(8), has_content: false, ..base.clone() }, content),
        ("failed, spec changed", Facts { memory: &failed, generation: 2, ..base.clone() }, content),
        ("parked", Facts { memory: &parked, has_content: false, ..base.clone() }, Due::Never),
        ("parked, refresh", Facts { memory: &parked, refresh_asked: true, ..base.clone() }, anew),
        ("once, done", Facts { policy: RefreshPolicy::Once, now: at(999), ..base.clone() }, Due::Never),
        ("once, edited", Facts { policy: RefreshPolicy::Once, outputs_intact: false, ..base.clone() }, content),
        ("on change, nothing yet", Facts { policy: RefreshPolicy::OnChange, has_content: false, ..base }, content),
    ];
    for (name, facts, want) in cases {
        assert_eq!(due(&facts), want, "{name}");
    }
}

#[test]
fn a_restart_asks_nothing_while_the_copy_is_fresh() {
    let nothing = Memory::default();
    let base = facts(&nothing);
    let quick = Due::Look(Reading::Compare);
    for (name, facts, want) in [
        ("regular time ahead", base.clone(), secs(30)),
        ("regular time past, young", Facts { last_refresh: Some(at(-200)), ..base.clone() }, secs(30)),
        ("old", Facts { last_refresh: Some(at(-301)), ..base.clone() }, quick),
        ("was failing", Facts { healthy: false, ..base.clone() }, quick),
        ("never looked", Facts { last_refresh: None, ..base.clone() }, quick),
        // What was waited for comes, although nothing was looked at meanwhile.
        ("young, a moment before", Facts { now: at(29), last_refresh: Some(at(-200)), ..base.clone() }, secs(1)),
        ("young, waited", Facts { now: at(30), last_refresh: Some(at(-200)), ..base.clone() }, quick),
        ("regular time waited for", Facts { now: at(30), ..base.clone() }, quick),
        ("another clock, waited", Facts { now: at(60), last_refresh: Some(at(9_999)), ..base }, quick),
    ] {
        assert_eq!(due(&facts), want, "{name}");
    }
}

#[test]
fn a_time_from_another_clock_puts_nothing_off() {
    let nothing = Memory::default();
    let ahead = Memory { last_success: Some(at(9_999)), ..Memory::default() };
    let future = Facts { last_refresh: Some(at(9_999)), ..facts(&nothing) };
    assert_eq!(due(&future), secs(60));
    assert_eq!(due(&Facts { memory: &ahead, ..future }), secs(63));
}

#[test]
fn a_difference_the_watch_may_owe_us_waits_a_moment_and_a_war_with_another_writer_stays_cheap() {
    let look = Due::Look(Reading::Content);
    for (since, repairs, interval, want) in [
        (1, 0, 60, secs(1)),
        (2, 0, 60, look),
        (9, 0, 60, look),
        (3, 1, 60, secs(1)),
        (4, 1, 60, look),
        (31, 4, 60, secs(1)),
        (59, 40, 60, secs(1)),
        (60, 40, 60, look),
        (299, 40, 3600, secs(1)),
        (300, 40, 3600, look),
    ] {
        let memory = Memory { last_success: Some(at(-since)), repairs, ..Memory::default() };
        let interval = Duration::from_secs(interval);
        let got = due(&Facts { outputs_intact: false, interval, ..facts(&memory) });
        assert_eq!(got, want, "{since} s after a look, {repairs} repairs, {interval:?}");
    }
    let restarted = Memory::default();
    assert_eq!(due(&Facts { outputs_intact: false, ..facts(&restarted) }), look, "nothing of ours is under way");
}

#[test]
fn backoff_doubles_up_to_the_ceiling_and_is_never_tight() {
    let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
    for (failures, slow, random, want_ms) in [
        (0, false, 1.0, 1_000),
        (1, false, 1.0, 2_000),
        (3, false, 0.5, 4_000),
        (6, false, 1.0, 60_000),
        (40, false, 1.0, 60_000),
        (3, false, 0.0, 200),
        (0, true, 0.1, 60_000),
    ] {
        let got = backoff(failures, second, minute, slow, random);
        assert_eq!(got.as_millis(), want_ms, "{failures} failures, slow {slow}, random {random}");
    }
    assert_eq!(backoff(30, second, Duration::from_secs(3600), false, 1.0), MAX_BACKOFF);
}

#[test]
fn spread_is_fixed_by_the_uid() {
    let (a, b) = (spread("uid-1"), spread("uid-2"));
    assert!((0.0..=1.0).contains(&a) && (0.0..=1.0).contains(&b));
    assert!((a - spread("uid-1")).abs() < f64::EPSILON && (a - b).abs() > f64::EPSILON);
}
