//! `status`: the conditions, what is wrong first, then what was published, from where, who judges it, and what it changed.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use k8s_openapi::jiff::Timestamp;

use super::cluster::Target;
use super::text::{age, aligned, moment, row};
use super::{Printed, policies};
use crate::api::SchemaSnapshotStatus;
use crate::api::changes::ChangesStatus;
use crate::api::conditions::{ConditionType, find};
use crate::api::status::{Counts, SourceStatus};
use crate::schema::canonical::revision;
use crate::schema::changes::describe::counted;

/// Prints the status; a finding when a condition says that something is wrong.
pub(super) async fn run(target: &Target) -> Result<Printed, String> {
    let status = target.status();
    let now = Timestamp::now();
    let mut facts = facts(&status, now);
    if target.object.spec.suspend {
        facts.push(row(["suspended", "makes no calls until spec.suspend is false"]));
    }
    let changes = status.changes.as_ref().map(changes).unwrap_or_default();
    let ready = find(&status.conditions, ConditionType::Ready);
    let findings = ready.is_none_or(|ready| ready.status != "True") || status.conditions.iter().any(bad);
    let all = status.conditions.iter().collect::<Vec<_>>();
    let conditions = match all.as_slice() {
        [] => "no operator has looked at it yet: does one serve this namespace?\n".to_owned(),
        all => conditions(all, Some(now)),
    };
    let (policies, unkept) = policies::of(target).await;
    let text = format!("{}\n\n{conditions}\n{}{policies}{changes}", target.title(), aligned(&facts, &[], ""));
    Ok(Printed { text, findings: findings || unkept })
}

/// A condition that says that something is wrong. Work that goes on, and what nobody knows yet, is not wrong.
pub(super) fn bad(condition: &Condition) -> bool {
    rank(condition) == 0
}

/// 0 wrong, 1 not known or under way, 2 well.
fn rank(condition: &Condition) -> u8 {
    match (condition.type_.as_str(), condition.status.as_str()) {
        ("Reconciling", "True") | (_, "Unknown") => 1,
        ("Stalled" | "Held" | "Drifted", "True") => 0,
        ("Reconciling" | "Stalled" | "Held" | "Drifted", _) => 2,
        ("Ready" | "SourceReachable" | "Fresh" | "Published", "False") => 0,
        _ => 2,
    }
}

/// Conditions, what is wrong first, then in the order a person reads them; `now` for how long each has been so.
pub(super) fn conditions(list: &[&Condition], now: Option<Timestamp>) -> String {
    let place =
        |one: &Condition| ConditionType::ALL.iter().position(|kind| kind.as_str() == one.type_).unwrap_or(usize::MAX);
    let mut list = list.to_vec();
    list.sort_by_key(|one| (rank(one), place(one)));
    let mut rows = vec![row(["CONDITION", "STATUS", "REASON", "SINCE", "MESSAGE"])];
    rows.extend(list.iter().map(|one| {
        let since = now.map(|now| age(one.last_transition_time.0, now)).unwrap_or_default();
        row([&one.type_, &one.status, &one.reason, &since, &one.message])
    }));
    if now.is_none() {
        rows.iter_mut().for_each(|row| drop(row.remove(3)));
    }
    aligned(&rows, &[], "")
}

fn facts(status: &SchemaSnapshotStatus, now: Timestamp) -> Vec<Vec<String>> {
    let time = |time: &Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>| {
        time.as_ref().map(|time| moment(time.0, now))
    };
    let published = time(&status.last_change_time).map(|time| format!(", published {time}")).unwrap_or_default();
    let held = status
        .held
        .as_ref()
        .map(|held| format!("revision {} since {}", revision(&held.content_hash), moment(held.since.0, now)));
    let stale = status.stale.then(|| "the ConfigMaps are older than they should be".to_owned());
    let facts = [
        ("revision", status.revision.as_ref().map(|revision| format!("{revision}{published}"))),
        ("held", held),
        ("stale", stale),
        ("counts", status.counts.map(counts)),
        ("source", status.source.as_ref().map(source)),
        ("last look", time(&status.last_refresh_time)),
        ("next look", time(&status.next_refresh_time)),
        ("interval", status.interval.clone()),
    ];
    facts.into_iter().filter_map(|(name, fact)| Some(vec![name.to_owned(), fact?])).collect()
}

fn counts(counts: Counts) -> String {
    let parts = [
        ("database", counts.databases),
        ("table", counts.tables),
        ("view", counts.views),
        ("sequence", counts.sequences),
        ("column", counts.columns),
        ("index", counts.indexes),
        ("foreign key", counts.foreign_keys),
    ];
    let word = |(noun, count): &(&str, u32)| match (*noun, *count) {
        ("index", count) if count != 1 => format!("{count} indexes"),
        (noun, count) => counted(usize::try_from(count).unwrap_or(usize::MAX), noun),
    };
    parts.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn source(source: &SourceStatus) -> String {
    let server = format!("{} {}", source.server, source.server_version);
    let parts = [server.trim(), &source.database, &source.transport, &source.dialect];
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", ")
}

fn changes(changes: &ChangesStatus) -> String {
    let mut out = format!(
        "\nchanges since {}: {} breaking, {} risky, {} compatible\n",
        changes.from_revision, changes.breaking, changes.risky, changes.compatible
    );
    let mut rows = vec![row(["OBJECT", "KIND", "READERS", "WRITERS", "CHANGE"])];
    rows.extend(changes.items.iter().map(|one| {
        let broken =
            if one.consumers.is_empty() { String::new() } else { format!("; breaks {}", one.consumers.join(", ")) };
        row([&one.object, &one.kind, &one.readers, &one.writers, &format!("{}{broken}", one.message)])
    }));
    if !changes.items.is_empty() {
        out.push_str(&aligned(&rows, &[], ""));
    }
    if changes.truncated {
        out.push_str("… and more, none worse than these\n");
    }
    out
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn condition(kind: &str, status: &str, message: &str) -> Condition {
        let value = json!({"type": kind, "status": status, "reason": format!("{kind}Reason"), "message": message,
            "lastTransitionTime": "2026-01-01T00:00:00Z"});
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_is_wrong_stands_first_and_the_rest_in_reading_order() {
        let list = [
            condition("Held", "False", ""),
            condition("Foreign", "False", "not ours"),
            condition("Fresh", "False", "the server is away"),
            condition("Stalled", "False", ""),
            condition("Reconciling", "True", ""),
            condition("Ready", "True", "served from the last copy"),
            condition("Published", "Unknown", ""),
            condition("SourceReachable", "False", "nobody answers"),
        ];
        let want = "\
CONDITION        STATUS   REASON                 SINCE  MESSAGE
SourceReachable  False    SourceReachableReason  2m     nobody answers
Fresh            False    FreshReason            2m     the server is away
Reconciling      True     ReconcilingReason      2m
Published        Unknown  PublishedReason        2m
Ready            True     ReadyReason            2m     served from the last copy
Stalled          False    StalledReason          2m
Held             False    HeldReason             2m
Foreign          False    ForeignReason          2m     not ours
";
        let all: Vec<&Condition> = list.iter().collect();
        let now: Timestamp = "2026-01-01T00:02:30Z".parse().unwrap();
        assert_eq!(conditions(&all, Some(now)), want);
        assert_eq!(
            conditions(&all[5..6], None),
            "CONDITION  STATUS  REASON       MESSAGE\nReady      True    ReadyReason  served from the last copy\n"
        );
        let wrong: Vec<&str> = list.iter().filter(|one| bad(one)).map(|one| one.type_.as_str()).collect();
        assert_eq!(wrong, ["Fresh", "SourceReachable"]);
        for (kind, status, want) in
            [("Held", "True", true), ("Stalled", "True", true), ("Ready", "False", true), ("Ready", "Unknown", false)]
        {
            assert_eq!(bad(&condition(kind, status, "")), want, "{kind} {status}");
        }
    }

    #[test]
    fn the_facts_say_what_is_published_from_where_and_when_it_is_looked_at_next() {
        let status = |value: Value| -> SchemaSnapshotStatus { serde_json::from_value(value).unwrap() };
        let full = status(json!({
            "revision": "3f9c1a77be20", "lastChangeTime": "2026-01-01T00:00:00Z", "interval": "5m", "stale": true,
            "counts": {"databases": 1, "tables": 2, "views": 0, "sequences": 1, "columns": 9, "indexes": 3, "foreignKeys": 1},
            "source": {"server": "tidb-mcp-server", "serverVersion": "0.1.0", "transport": "Sse", "dialect": "Pytidb",
                "database": "TiDB v8.5.1"},
            "held": {"contentHash": "sha256:11aa04d2c9e1ffff", "since": "2026-01-01T00:01:00Z"},
            "lastRefreshTime": "2026-01-01T00:01:00Z", "nextRefreshTime": "2026-01-01T00:06:00Z",
        }));
        let want = "\
revision   3f9c1a77be20, published 2026-01-01T00:00:00Z (90s ago)
held       revision 11aa04d2c9e1 since 2026-01-01T00:01:00Z (30s ago)
stale      the ConfigMaps are older than they should be
counts     1 database, 2 tables, 0 views, 1 sequence, 9 columns, 3 indexes, 1 foreign key
source     tidb-mcp-server 0.1.0, TiDB v8.5.1, Sse, Pytidb
last look  2026-01-01T00:01:00Z (30s ago)
next look  2026-01-01T00:06:00Z (in 4m)
interval   5m
";
        let now: Timestamp = "2026-01-01T00:01:30Z".parse().unwrap();
        assert_eq!(aligned(&facts(&full, now), &[], ""), want);
        assert!(facts(&status(json!({"observedGeneration": -1})), now).is_empty());
    }

    #[test]
    fn the_last_changes_are_counted_and_listed() {
        let item = json!({"kind": "column_dropped", "object": "shop.customers.email", "readers": "breaking",
            "writers": "ok", "message": "varchar(255) removed", "consumers": ["billing (team-a)"], "from": "the future"});
        let last: ChangesStatus =
            serde_json::from_value(json!({"fromRevision": "11aa04d2c9e1", "breaking": 1, "risky": 0,
            "compatible": 2, "truncated": true, "items": [item]}))
            .unwrap();
        let want = "
changes since 11aa04d2c9e1: 1 breaking, 0 risky, 2 compatible
OBJECT                KIND            READERS   WRITERS  CHANGE
shop.customers.email  column_dropped  breaking  ok       varchar(255) removed; breaks billing (team-a)
… and more, none worse than these
";
        assert_eq!(changes(&last), want);
        let none = ChangesStatus { from_revision: "11aa04d2c9e1".to_owned(), ..ChangesStatus::default() };
        assert_eq!(changes(&none), "\nchanges since 11aa04d2c9e1: 0 breaking, 0 risky, 0 compatible\n");
    }
}
