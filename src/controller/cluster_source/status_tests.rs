//! What Ready says of a source, and what is written of it when.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;

fn source(generation: i64, access: Value) -> ClusterSchemaSource {
    let spec = json!({"url": "https://mcp.db.svc/mcp", "access": access});
    let mut source = ClusterSchemaSource::new("prod", serde_json::from_value(spec).unwrap());
    (source.metadata.uid, source.metadata.generation) = (Some("u".into()), Some(generation));
    source
}

fn everybody() -> Value {
    json!([{"namespaces": ["*"], "databases": ["*"]}])
}

fn answer(database: &str) -> Result<SourceStatus, &'static Failure> {
    Ok(SourceStatus { server: "tidb-mcp-server".into(), database: database.into(), ..SourceStatus::default() })
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn told(status: &ClusterSchemaSourceStatus) -> (String, String) {
    let ready = find(&status.conditions, ConditionType::Ready).unwrap();
    assert_eq!(ready.observed_generation, status.observed_generation);
    (ready.status.clone(), ready.reason.clone())
}

#[test]
fn ready_is_what_the_last_look_at_this_very_spec_found() {
    let refused = Failure::new(Reason::AuthenticationFailed, "the server does not take the token");
    let nothing = Failure::new(Reason::NothingSelected, "no database matches");
    let of = |generation: i64| format!("u {generation}");
    for (access, snapshots, seen, want) in [
        (everybody(), 0, None, ("Unknown", "Unused")),
        (json!([]), 2, None, ("Unknown", "Unused")),
        (json!([{"namespaces": ["[a"], "databases": ["*"]}]), 1, None, ("False", "InvalidSpec")),
        (everybody(), 1, None, ("Unknown", "Discovering")),
        (everybody(), 1, Some(Seen::new(of(3), answer(""))), ("True", "Reachable")),
        (everybody(), 1, Some(Seen::new(of(3), Err(&nothing))), ("True", "Reachable")),
        (everybody(), 1, Some(Seen::new(of(3), Err(&refused))), ("False", "AuthenticationFailed")),
        (everybody(), 1, Some(Seen::new(of(2), Err(&refused))), ("Unknown", "Discovering")),
        // The last snapshot that named it is gone, and with it what was known.
        (everybody(), 0, Some(Seen::new(of(3), answer(""))), ("Unknown", "Unused")),
    ] {
        let status = decide(&source(3, access), &ClusterSchemaSourceStatus::default(), snapshots, seen.as_ref(), at(1));
        assert_eq!(told(&status), (want.0.to_owned(), want.1.to_owned()), "{snapshots} {seen:?}");
        assert_eq!((status.observed_generation, status.snapshots), (Some(3), Some(snapshots)));
    }
}

#[test]
fn what_an_earlier_process_found_holds_until_somebody_asks_again() {
    let seen = Seen::new("u 1".into(), answer("TiDB v8.5.1"));
    let before = decide(&source(1, everybody()), &ClusterSchemaSourceStatus::default(), 4, Some(&seen), at(1));
    let after = decide(&source(1, everybody()), &before, 4, None, at(9));
    assert_eq!(after, before);
    let other = decide(&source(2, everybody()), &before, 4, None, at(9));
    assert_eq!(told(&other), ("Unknown".to_owned(), "Discovering".to_owned()));
    // A look by fingerprint does not tell the database's version: what is known of it stays.
    let again = decide(&source(1, everybody()), &before, 4, Some(&Seen::new("u 1".into(), answer(""))), at(9));
    assert_eq!(again.source.unwrap().database, "TiDB v8.5.1");
}

#[test]
fn a_condition_is_written_at_once_and_a_number_when_its_time_has_come() {
    let seen = |reason| Seen::new("u 1".into(), Err(&Failure::new(reason, format!("because of {reason}"))));
    let status = |snapshots, seen: &Seen| {
        decide(&source(1, everybody()), &ClusterSchemaSourceStatus::default(), snapshots, Some(seen), at(1))
    };
    let old = status(1, &seen(Reason::Timeout));
    let other_words = {
        let mut status = old.clone();
        status.conditions[0].message = "another sentence".into();
        status
    };
    let (young, ripe) = (Some(PAUSE - Duration::from_secs(1)), Some(PAUSE));
    for (new, since, want) in [
        (status(1, &seen(Reason::ServerError)), young, true),
        (status(2, &seen(Reason::Timeout)), young, false),
        (status(2, &seen(Reason::Timeout)), ripe, true),
        (status(2, &seen(Reason::Timeout)), None, true),
        (other_words.clone(), young, false),
        (other_words, ripe, true),
        (old.clone(), None, false),
    ] {
        assert_eq!(due(&old, &new, since), want, "{new:?} {since:?}");
    }
    assert!(due(&ClusterSchemaSourceStatus::default(), &old, young), "nothing was said yet");
}
