//! Tests of exceptions: what they cover, until when, and what is said afterwards.

use serde_json::json;

use super::{NOW, World, compiled, counts, judged_in, live};
use crate::validation::policy::*;

#[test]
fn an_exception_waives_until_its_day_and_then_says_that_it_expired() {
    let policy = |object: &str, rule: &str| {
        let exception =
            json!({"rule": rule, "object": object, "reason": "scratch tables", "expires": "2027-01-31T00:00:00Z"});
        compiled(json!({"rules": [{"builtin": "table-has-primary-key"}], "exceptions": [exception]})).unwrap()
    };
    for (object, rule, now, want) in [
        ("shop.tmp_*", "table-has-primary-key", NOW, "False pass 1 fail 1 warn 0 error 0 skip 1"),
        ("shop.*", "table-has-*", NOW, "True pass 1 fail 0 warn 0 error 0 skip 2"),
        ("shop", "*", NOW, "True pass 1 fail 0 warn 0 error 0 skip 2"),
        ("shop.tmp_*", "fk-*", NOW, "False pass 1 fail 2 warn 0 error 0 skip 0"),
        ("shop.*", "*", "2027-01-31T00:00:00Z", "False pass 1 fail 2 warn 0 error 0 skip 0"),
    ] {
        let report = judged_in(&World::default(), &policy(object, rule), &live(), now);
        assert_eq!(counts(&report), want, "{object} {rule} {now}");
    }
    let waived = judged_in(&World::default(), &policy("shop.*", "*"), &live(), NOW);
    let skipped = waived.results.iter().find(|item| item.result == ResultWord::Skip).unwrap();
    assert_eq!(skipped.properties["waiver"], "waived until 2027-01-31T00:00:00Z: scratch tables");
    let expired = judged_in(&World::default(), &policy("shop.*", "*"), &live(), "2028-01-01T00:00:00Z");
    let text = "has no primary key (the exception for it expired on 2027-01-31T00:00:00Z: scratch tables)";
    assert_eq!(expired.results[0].message, text);
}
