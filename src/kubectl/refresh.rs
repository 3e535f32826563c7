//! `refresh`: the operator looks now, at everything or at what is named; with `--wait` until it has.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;
use tokio::time::Instant;

use super::Printed;
use super::cli::RefreshArgs;
use super::cluster::Target;
use super::names::{parse, quoted};
use super::status::{bad, conditions};
use super::text::listed;
use crate::api::conditions::{ConditionType, find};
use crate::api::{SchemaSnapshotStatus, annotations};
use crate::duration;
use crate::validation::query::suggest::nearest;
use kube::ResourceExt;

/// Pause between two looks at the status.
const PAUSE: Duration = Duration::from_millis(500);
/// Scopes that are words.
const WORDS: [&str; 3] = ["all", "databases", "tables"];

/// Asks for a look, and waits for it when told to.
pub(super) async fn run(target: &Target, args: &RefreshArgs) -> Result<Printed, String> {
    if target.object.spec.suspend {
        return Err(format!("{} is suspended and makes no calls: set spec.suspend to false first", target.title()));
    }
    let value = value(Timestamp::now(), args.scope.as_deref(), &target.status())?;
    target.annotate(annotations::REFRESH, &value).await?;
    if !args.wait {
        return Ok(Printed::clean(format!("{}: asked for a look ({value})\n", target.title())));
    }
    eprintln!("{}: asked for a look, waiting at most {}", target.title(), duration::format(args.timeout));
    let status = wait(target, &value, args.timeout).await?;
    Ok(report(&status))
}

async fn wait(target: &Target, value: &str, patience: Duration) -> Result<SchemaSnapshotStatus, String> {
    let deadline = Instant::now() + patience;
    loop {
        let now = target.again().await?;
        let status = now.status();
        if status.last_handled_refresh.as_deref() == Some(value) {
            return Ok(status);
        }
        if now.object.annotations().get(annotations::REFRESH).is_none_or(|asked| asked != value) {
            return Err("somebody else asked for another look in the meantime; try again".to_owned());
        }
        if Instant::now() >= deadline {
            return Err(format!(
                "the operator did not answer within {}: the look may still be running (--timeout waits longer), or no \
                 operator serves this snapshot; {} shows what it said last",
                duration::format(patience),
                target.status_command()
            ));
        }
        tokio::time::sleep(PAUSE.min(deadline.saturating_duration_since(Instant::now()))).await;
    }
}

/// The annotation: a new value, then what is to be read anew.
fn value(now: Timestamp, scope: Option<&str>, status: &SchemaSnapshotStatus) -> Result<String, String> {
    let databases: Vec<&str> = status.databases.iter().map(|database| database.name.as_str()).collect();
    match scope {
        None => Ok(now.to_string()),
        Some(word) if WORDS.contains(&word) => Ok(format!("{now} {word}")),
        Some(name) => named(name, &databases, !status.truncated).map(|name| format!("{now} {name}")),
    }
}

/// A database or table as the operator reads it. It takes a name that it does not know for a part of the value, and then
/// reads everything, which nobody who mistyped it would notice.
fn named(text: &str, databases: &[&str], all: bool) -> Result<String, String> {
    let (first, table) = match parse(text)? {
        (Some(database), table) => (database, Some(table)),
        (None, database) => (database, None),
    };
    let exact = databases.iter().find(|name| **name == first);
    let known = exact.or_else(|| databases.iter().find(|name| name.to_lowercase() == first.to_lowercase()));
    if known.is_none() && all && !databases.is_empty() {
        let hint = nearest(&first, databases.iter().copied());
        let hint = hint.unwrap_or_else(|| format!("there are: {}", listed(databases.iter().copied())));
        return Err(format!(
            "there is no database `{first}` in what is published; {hint} (a new one is found with the scope databases)"
        ));
    }
    let first = known.map_or(first, |name| (*name).to_owned());
    let table = table.map(|table| format!(".{}", quoted(&table))).unwrap_or_default();
    Ok(format!("{}{table}", plain(&first)))
}

/// In backquotes unless it can be nothing else than a name.
fn plain(name: &str) -> String {
    let odd = |c: char| !(c.is_alphanumeric() || c == '_' || c == '-');
    if WORDS.contains(&name) || name.contains(odd) { format!("`{}`", name.replace('`', "``")) } else { name.to_owned() }
}

/// The Ready condition, and whatever else says that something is wrong.
fn report(status: &SchemaSnapshotStatus) -> Printed {
    let ready = find(&status.conditions, ConditionType::Ready);
    let wrong = status.conditions.iter().filter(|one| one.type_ != ConditionType::Ready.as_str() && bad(one));
    let shown: Vec<_> = ready.into_iter().chain(wrong).collect();
    let findings = ready.is_none_or(|ready| ready.status != "True") || shown.len() > 1;
    Printed { text: conditions(&shown, None), findings }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn status(value: Value) -> SchemaSnapshotStatus {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_scope_is_checked_and_written_as_the_operator_reads_it() {
        let databases: Vec<Value> = ["shop", "a.b", "tables"]
            .iter()
            .map(|name| json!({"name": name, "accessible": true, "tables": 1}))
            .collect();
        let known = status(json!({"databases": databases}));
        let at = Timestamp::UNIX_EPOCH;
        for (scope, want) in [
            (None, Ok("")),
            (Some("all"), Ok(" all")),
            (Some("tables"), Ok(" tables")),
            (Some("`tables`"), Ok(" `tables`")),
            (Some("shop"), Ok(" shop")),
            (Some("SHOP.orders"), Ok(" shop.orders")),
            (Some("`a.b`.`c.d`"), Ok(" `a.b`.`c.d`")),
            (Some("shpo"), Err("there is no database `shpo` in what is published; did you mean `shop`? (a new one")),
            (
                Some("elsewhere"),
                Err("there is no database `elsewhere` in what is published; there are: shop, a.b, tables"),
            ),
            (Some("a.b.c"), Err("a.b.c has more than two parts")),
        ] {
            match (value(at, scope, &known), want) {
                (Ok(value), Ok(want)) => assert_eq!(value, format!("1970-01-01T00:00:00Z{want}")),
                (Err(message), Err(want)) => assert!(message.starts_with(want), "{message}"),
                (got, _) => assert!(got.is_err() && want.is_err(), "{scope:?}: {got:?}"),
            }
        }
        let cut = status(json!({"databases": databases, "truncated": true}));
        assert!(value(at, Some("elsewhere"), &cut).is_ok(), "it may be one of those that are not listed");
        assert!(value(at, Some("elsewhere"), &status(json!({}))).is_ok(), "nothing was published yet");
    }

    #[test]
    fn a_look_that_found_something_wrong_is_a_finding() {
        let condition = |kind: &str, status: &str| {
            json!({"type": kind, "status": status, "reason": "R", "message": "m",
            "lastTransitionTime": "2026-01-01T00:00:00Z"})
        };
        for (conditions, findings, lines) in [
            (vec![condition("Fresh", "True"), condition("Ready", "True")], false, 2),
            (vec![condition("Ready", "False"), condition("Fresh", "True")], true, 2),
            (vec![condition("Ready", "True"), condition("SourceReachable", "False")], true, 3),
            (vec![condition("Ready", "True"), condition("Held", "True")], true, 3),
            (vec![condition("Ready", "Unknown")], true, 2),
            (vec![], true, 1),
        ] {
            let printed = report(&status(json!({"conditions": conditions})));
            assert_eq!((printed.findings, printed.text.lines().count()), (findings, lines), "{}", printed.text);
        }
    }

    proptest! {
        #[test]
        fn the_operator_reads_the_database_that_was_meant(name in "[a-c.` \u{e4}]{1,8}") {
            let text = named(&format!("`{}`.x", name.replace('`', "``")), &[], true).unwrap();
            let asked = crate::controller::refresh::scope(&format!("2026-01-01T00:00:00Z {text}"));
            prop_assert_eq!(asked, crate::cache::Anew::Database(name));
        }
    }
}
