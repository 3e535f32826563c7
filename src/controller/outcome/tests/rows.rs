//! The condition table, row by row.

use super::*;

/// Ready, Reconciling, Stalled (status alone), SourceReachable, Fresh, Published, stale, reason of the Event.
type Row =
    (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, bool, Option<&'static str>);

fn told(decision: &Decision) -> [String; 8] {
    let status = &decision.status;
    let truth = |kind| word(status, kind).split(' ').next().unwrap().to_owned();
    [
        word(status, ConditionType::Ready),
        truth(ConditionType::Reconciling),
        truth(ConditionType::Stalled),
        word(status, ConditionType::SourceReachable),
        word(status, ConditionType::Fresh),
        word(status, ConditionType::Published),
        status.stale.to_string(),
        decision.note.as_ref().map_or("-", |note| note.reason).to_owned(),
    ]
}

fn check(name: &str, outcome: &Outcome, old: &SchemaSnapshotStatus, row: Row) -> Decision {
    let decision = decide(outcome, old, &given(100));
    let (ready, reconciling, stalled, reachable, fresh, published, stale, note) = row;
    let want = [ready, reconciling, stalled, reachable, fresh, published, &stale.to_string(), note.unwrap_or("-")];
    assert_eq!(told(&decision), want, "{name}");
    decision
}

#[test]
fn the_first_discovery_leaves_everything_open() {
    let row = ("Unknown Discovering", "True", "False", "-", "Unknown Discovering", "False Discovering", false, None);
    check("first", &Outcome::Discovering, &SchemaSnapshotStatus::default(), row);
}

#[test]
fn a_look_that_went_well_is_ready_and_fresh() {
    let good = |note| -> Row {
        ("True Published", "False", "False", "True Reachable", "True WithinInterval", "True Published", false, note)
    };
    let decision = check("first", &published("aaa"), &without_data(), good(Some("Published")));
    assert_eq!(decision.status.last_full_discovery_time, Some(Time(at(100))));
    assert_eq!(decision.status.last_change_time, Some(Time(at(100))));
    let decision = check("changed", &published("bbb"), &with_data(), good(Some("SchemaChanged")));
    assert_eq!(decision.note.unwrap().text, "revision aaa -> bbb: 2 tables");
    let decision = check("read anew, the same", &published("aaa"), &with_data(), good(None));
    assert_eq!(decision.status.last_change_time, Some(Time(at(1))), "nothing changed");
    assert_eq!(decision.status.last_full_discovery_time, Some(Time(at(100))));
    let part = Content { read: None, ..content("bbb") };
    let part =
        Outcome::Settled(Box::new(Settled { content: Some(part), changing: vec![], age: Duration::ZERO, drift: None }));
    let decision = check("some databases read anew", &part, &with_data(), good(Some("SchemaChanged")));
    assert_eq!(decision.status.last_full_discovery_time, Some(Time(at(1))), "the others were not read");
    let content = Content { rebaselined: true, ..content("ccc") };
    let form = Settled { content: Some(content), changing: vec![], age: Duration::ZERO, drift: None };
    let form = Outcome::Settled(Box::new(form));
    let decision = check("an older operator's form", &form, &with_data(), good(Some("Rebaselined")));
    assert!(decision.note.unwrap().text.starts_with("revision aaa -> ccc: 2 tables; revision aaa was written"));
    let decision = check("fingerprints the same", &unchanged(&[]), &with_data(), good(None));
    assert_eq!(decision.status.last_refresh_time, Some(Time(at(100))));
    assert_eq!(decision.status.last_full_discovery_time, Some(Time(at(1))));
    let away = after(&[published("aaa"), failed(Reason::Timeout)]);
    check("back again", &unchanged(&[]), &away, good(Some("Recovered")));
}

#[test]
fn running_ddl_is_published_all_the_same_and_said_so() {
    let fresh = "True SchemaChangeInProgress";
    let row = ("True Published", "False", "False", "True Reachable", fresh, "True Published", false, None);
    let decision = check("DDL", &unchanged(&["shop", "crm"]), &with_data(), row);
    let message = &find(&decision.status.conditions, ConditionType::Fresh).unwrap().message;
    assert!(message.contains("shop, crm"), "{message}");
}

#[test]
fn a_server_that_is_away_is_covered_by_the_last_good_copy() {
    use Reason as R;
    for reason in [
        R::ConnectFailed,
        R::TlsFailed,
        R::Timeout,
        R::WrongEndpoint,
        R::Throttled,
        R::ServerError,
        R::ProtocolError,
        R::ResponseTooLarge,
        R::CanaryFailed,
        R::AuthenticationFailed,
        R::PermissionDenied,
        R::CredentialsUnavailable,
        R::DatabaseError,
    ] {
        let reachable: &'static str = Box::leak(format!("False {reason}").into_boxed_str());
        let told = reason != R::Throttled;
        let kept = "False ServingStale";
        let with: Row = (
            "True ServingStale",
            "False",
            "False",
            reachable,
            kept,
            "True Published",
            true,
            told.then_some("ServingStale"),
        );
        let decision = check(reason.as_str(), &failed(reason), &with_data(), with);
        let ready = find(&decision.status.conditions, ConditionType::Ready).unwrap();
        assert_eq!(ready.message, format!("serving the last good copy: because of {reason}"));
        let telling = [R::AuthenticationFailed, R::PermissionDenied, R::CredentialsUnavailable];
        let shown = if telling.contains(&reason) { reason } else { R::SourceUnavailable };
        let ready: &'static str = Box::leak(format!("False {shown}").into_boxed_str());
        let without: Row =
            (ready, "True", "False", reachable, ready, reachable, false, told.then_some(reason.as_str()));
        check(reason.as_str(), &failed(reason), &without_data(), without);
    }
}

#[test]
fn tools_that_cannot_be_used_stall_with_and_without_data() {
    for (reason, word) in [(Reason::NoSqlTool, "False NoSqlTool"), (Reason::AmbiguousTools, "False AmbiguousTools")] {
        let note = Some(reason.as_str());
        let with = (word, "False", "True", word, "False ServingStale", "True Published", true, note);
        check("with data", &failed(reason), &with_data(), with);
        let without = (word, "False", "True", word, word, word, false, note);
        check("without data", &failed(reason), &without_data(), without);
    }
}

#[test]
fn answers_that_make_no_whole_schema_publish_nothing() {
    for (reason, word) in [
        (Reason::DiscoveryIncomplete, "False DiscoveryIncomplete"),
        (Reason::SchemaChangeInProgress, "False SchemaChangeInProgress"),
    ] {
        let (reachable, kept) = ("True Reachable", "False ServingStale");
        let with =
            ("True ServingStale", "False", "False", reachable, kept, "True Published", true, Some("ServingStale"));
        check("with data", &failed(reason), &with_data(), with);
        let without = (word, "True", "False", reachable, word, word, false, Some(reason.as_str()));
        check("without data", &failed(reason), &without_data(), without);
    }
}

#[test]
fn a_schema_that_cannot_be_published_leaves_the_old_one_and_says_why() {
    let cases: [(Reason, &str, &str, &str, &str); 4] = [
        (Reason::OutputTooLarge, "False OutputTooLarge", "False", "True", "False OutputTooLarge"),
        (Reason::OutputConflict, "False OutputConflict", "False", "True", "False OutputConflict"),
        (Reason::KubeApi, "False KubeApi", "True", "False", "False KubeApi"),
        (Reason::NothingSelected, "False NothingSelected", "True", "False", "True Published"),
    ];
    for (reason, ready, reconciling, stalled, published) in cases {
        let (reachable, fresh, note) = ("True Reachable", "True WithinInterval", Some(reason.as_str()));
        let with = (ready, reconciling, stalled, reachable, fresh, published, false, note);
        check("with data", &failed(reason), &with_data(), with);
        let without = (ready, reconciling, stalled, reachable, fresh, ready, false, note);
        check("without data", &failed(reason), &without_data(), without);
    }
}

#[test]
fn a_spec_that_cannot_work_stalls_and_speaks_of_nothing_it_has_not_seen() {
    for (reason, word) in [(Reason::InvalidSpec, "False InvalidSpec"), (Reason::NewerFormat, "False NewerFormat")] {
        let note = Some(reason.as_str());
        let with = (word, "False", "True", "True Reachable", "True WithinInterval", "True Published", false, note);
        check("with data", &failed(reason), &with_data(), with);
        let unknown: &'static str = Box::leak(format!("Unknown {reason}").into_boxed_str());
        check(
            "without data",
            &failed(reason),
            &without_data(),
            (word, "False", "True", "-", unknown, word, false, note),
        );
    }
}

#[test]
fn suspension_keeps_the_answer_and_says_so_once() {
    let note = Some("Suspended");
    let row =
        ("True Suspended", "False", "False", "True Reachable", "True WithinInterval", "True Published", false, note);
    let suspended = check("healthy", &Outcome::Suspended, &with_data(), row).status;
    let again = (row.0, row.1, row.2, row.3, row.4, row.5, row.6, None);
    check("still suspended", &Outcome::Suspended, &suspended, again);
    let resumed = decide(&published("aaa"), &suspended, &given(200));
    assert_eq!((word(&resumed.status, ConditionType::Ready).as_str(), resumed.note), ("True Published", None));
    let row = ("Unknown Suspended", "False", "False", "-", "-", "-", false, note);
    check("never looked", &Outcome::Suspended, &SchemaSnapshotStatus::default(), row);
    let stalled = after(&[published("aaa"), failed(Reason::OutputConflict), Outcome::Suspended]);
    assert_eq!(word(&stalled, ConditionType::Ready), "False Suspended");
    assert_eq!(word(&stalled, ConditionType::Stalled), "False Suspended");
    assert_eq!(word(&stalled, ConditionType::Published), "False OutputConflict");
}

#[test]
fn held_content_is_not_published_and_applications_are_still_served() {
    let (ready, why) = ("True Held", "False SuspectedPermissionLoss");
    let row = (ready, "False", "False", "True Reachable", "True WithinInterval", why, false, Some("Held"));
    let first = check("held", &held("ccc"), &with_data(), row);
    assert_eq!(word(&first.status, ConditionType::Held), "True SuspectedPermissionLoss");
    assert_eq!(first.status.content_hash.as_deref(), Some("sha256:aaa"), "what applications see");
    let waiting = first.status.held.clone().unwrap();
    assert_eq!((waiting.content_hash.as_str(), waiting.since.0), ("sha256:ccc", at(100)));
    let again = decide(&held("ccc"), &first.status, &given(200)).status;
    assert_eq!(again.held, first.status.held, "waits since the first time");
    let other = decide(&held("ddd"), &again, &given(300));
    assert_eq!(other.status.held.unwrap().since.0, at(300));
    assert!(other.note.is_some(), "another content is news");
    let back = decide(&unchanged(&[]), &again, &given(300));
    assert_eq!((back.status.held.as_ref(), back.note.unwrap().reason), (None, "Recovered"));
    assert_eq!(word(&back.status, ConditionType::Held), "False Published");
}

#[test]
fn an_approval_names_the_content_and_is_used_once() {
    let hash = "sha256:0123456789abcdef";
    for (approval, used, want) in [
        (None, None, false),
        (Some(hash), None, true),
        (Some("0123456789ab"), None, true),
        (Some("0123456789a"), None, false),
        (Some("sha256:ffff"), None, false),
        (Some(hash), Some(hash), false),
        (Some("0123456789ab"), Some(hash), true),
    ] {
        assert_eq!(approves(approval, used, hash), want, "{approval:?} after {used:?}");
    }
    let waiting = after(&[published("aaa"), held("bbb")]);
    let approving = |approve| Given { approve, ..given(300) };
    let released = decide(&published("bbb"), &waiting, &approving(Some("bbb"))).status;
    assert_eq!((released.held.as_ref(), released.last_handled_approval.as_deref()), (None, Some("bbb")));
    let kept = decide(&unchanged(&[]), &released, &approving(Some("bbb"))).status;
    assert_eq!(kept.last_handled_approval.as_deref(), Some("bbb"));
    let withdrawn = decide(&unchanged(&[]), &kept, &approving(None)).status;
    assert_eq!(withdrawn.last_handled_approval, None, "set again, it is another approval");
    let back = decide(&published("aaa"), &waiting, &approving(Some("bbb"))).status;
    assert_eq!(back.last_handled_approval, None, "what was approved never came out");
}
