//! Policies that audit: every section passes and fails, with conditions, status, metric and Event; what could not be
//! judged is never compliant.

use kube::api::{Patch, PatchParams};
use mcp_schema_operator::api::conditions::ConditionType;
use mcpschema_bed::{McpServer, wait_for};
use serde_json::{Value, json};

use crate::faults::scripted;
use crate::policies::message;
use crate::reports::installed;
use crate::support::{Case, SOON};

/// Rows of the test that counts evaluations.
const MANY: u64 = 5000;

async fn shop(name: &str) -> Case {
    let case = Case::new(name).await;
    case.table("customers", "id INT UNSIGNED PRIMARY KEY, email VARCHAR(80) NOT NULL").await;
    case.table(
        "orders",
        &format!(
            "id INT UNSIGNED PRIMARY KEY, customer_id INT UNSIGNED NOT NULL, total DECIMAL(10,2) NOT NULL, \
             KEY k (customer_id), CONSTRAINT fk_c FOREIGN KEY (customer_id) REFERENCES `{}`.customers (id)",
            case.database
        ),
    )
    .await;
    case
}

fn contract(case: &Case, column: &str) -> Value {
    json!({"contracts": [{"name": "billing", "owner": "team-a", "database": case.database, "role": "Reader",
        "tables": [{"name": "orders", "columns": [{"name": "id", "type": "int unsigned"}, {"name": column, "type": "decimal(10,2)"}]}]}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn every_section_passes_and_fails_and_says_so_everywhere() {
    let case = shop("sections").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    let published = case.published().await;
    case.rows("good", "{\"id\": 1, \"email\": \"a@b\"}\n{\"id\": 2, \"email\": \"b@b\"}").await;
    case.rows("bad", "[{\"id\": -1, \"email\": \"a@b\"}]").await;
    let rows = |map: &str| {
        json!({"data": [{"table": format!("{}.customers", case.database),
            "rowsFrom": {"configMapKeyRef": {"name": map, "key": "rows.ndjson"}}}]})
    };
    let query = |sql: &str| json!({"queries": [{"name": "totals", "database": case.database, "sql": sql}]});
    let own = |expression: &str| json!({"rules": [{"name": "mine", "scope": "Column", "expression": expression, "message": "floats are not exact"}]});
    let builtin = |rule: &str| json!({"rules": [{"builtin": rule, "severity": "Error"}]});
    installed().await;
    for (name, good, bad, says) in [
        (
            "contract",
            contract(&case, "total"),
            contract(&case, "gross"),
            "contract/billing: is not there (owner: team-a)",
        ),
        ("builtin", builtin("table-has-primary-key"), builtin("no-foreign-keys"), "no-foreign-keys"),
        ("own", own("column.type.base != 'float'"), own("column.type.base != 'decimal'"), "floats are not exact"),
        ("rows", rows("good"), rows("bad"), "INTEGER_OUT_OF_RANGE"),
        (
            "query",
            query("SELECT total FROM orders LIMIT 1"),
            query("SELECT gross FROM orders LIMIT 1"),
            "Q_UNKNOWN_COLUMN",
        ),
    ] {
        case.policy(name, good).await;
        let status = case.compliant(name).await;
        let summary = status.summary.unwrap();
        assert!(summary.pass > 0 && summary.fail + summary.error == 0, "{name}: {summary:?}");
        let one = &status.evaluated[0];
        assert_eq!((one.snapshot.as_str(), one.compliant, one.stale), ("orders", Some(true), false));
        assert_eq!(Some(&one.revision), published.revision.as_ref(), "{name}");
        case.gauge("validation_results", name, "result=fail", 0).await;
        case.policy(name, bad).await;
        let status = case.not_compliant(name).await;
        assert!(status.summary.unwrap().fail > 0 && status.results[0].result == "fail", "{name}: {status:?}");
        let told = message(&status, ConditionType::Compliant);
        assert!(told.contains(says), "{name}: {told}");
        assert!(!told.contains("SELECT") && !told.contains("-1"), "no text of a query, no value of a row: {told}");
        case.gauge("policy_condition", name, "condition=Compliant", 0).await;
        let (summary, report) = (status.summary.unwrap(), case.report_of(name).await);
        assert_eq!(report["summary"]["fail"], json!(summary.fail), "{name}: {report}");
        assert_eq!(report["results"][0]["result"], "fail", "{name}: {report}");
        case.event_about(name, "NotCompliant").await;
    }
    let rows = case.world.operator.metrics().await.unwrap();
    assert!(rows.contains("mcp_schema_validation_rows_total{result=\"valid\"} "), "rows are counted");
    // A change of the schema is judged at once, an hour before the interval ends.
    case.policy("contract", contract(&case, "total")).await;
    case.compliant("contract").await;
    case.run(&format!("ALTER TABLE `{}`.orders DROP COLUMN total", case.database)).await;
    let changed = case.changed(&published).await;
    let items = &changed.changes.as_ref().unwrap().items;
    let dropped = items.iter().find(|item| item.object.ends_with(".orders.total")).unwrap();
    assert_eq!(dropped.consumers, ["billing (team-a)"], "{items:?}");
    let status = case.not_compliant("contract").await;
    assert_eq!(Some(&status.evaluated[0].revision), changed.revision.as_ref());
    // What the last publication changed is judged by rules of scope Change.
    let rule = |kind: &str| json!({"rules": [{"name": "history", "scope": "Change", "expression": format!("change.kind != '{kind}'"), "message": "columns stay"}]});
    case.policy("history", rule("column_dropped")).await;
    let status = case.not_compliant("history").await;
    assert!(message(&status, ConditionType::Compliant).contains("orders.total, history: columns stay"), "{status:?}");
    case.policy("history", rule("table_dropped")).await;
    case.compliant("history").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_judged_is_never_compliant() {
    let case = shop("unjudged").await;
    let rule = || json!({"rules": [{"builtin": "table-has-primary-key"}]});
    // No snapshot of that name, then one that publishes nothing.
    case.policy("named", rule()).await;
    let status = case.not_judged("named").await;
    assert!(message(&status, ConditionType::Compliant).contains("there is no SchemaSnapshot orders"), "{status:?}");
    case.policy("selecting", json!({"snapshots": {"selector": {"matchLabels": {"tier": "prod"}}}})).await;
    case.policies().get("selecting").await.unwrap();
    let nobody = case.verdict("selecting", ConditionType::Ready, "False", "NoSnapshots").await;
    assert!(nobody.evaluated.is_empty());
    // Nobody listens on port 1.
    let gone = "http://127.0.0.1:1/mcp".to_owned();
    case.snapshot(&gone, json!({})).await;
    case.condition(ConditionType::Ready, "False", "SourceUnavailable").await;
    let looked = |what: &'static str| {
        let case = &case;
        async move {
            let look = async || {
                let status = case.policies().get("named").await.unwrap().status.unwrap_or_default();
                let told = message(&status, ConditionType::Compliant);
                if told.contains(what) { Ok(()) } else { Err(told) }
            };
            wait_for(what, SOON, look).await.unwrap_or_else(|error| panic!("{error}"));
        }
    };
    looked("publishes nothing yet").await;
    case.gauge("policy_condition", "named", "condition=Compliant", -1).await;
    // It comes to life, and the policies with it.
    case.labelled_snapshot("orders", &case.world.bed.mcp.url(), json!({}), json!({"tier": "prod"})).await;
    case.published().await;
    case.compliant("named").await;
    // Words that cannot work: nothing is judged before they are mended.
    let typo = json!({"rules": [{"name": "typo", "scope": "Table", "expression": "tabel.name != ''", "message": "m"}]});
    case.policy("named", typo).await;
    let status = case.verdict("named", ConditionType::Stalled, "True", "InvalidSpec").await;
    let told = message(&status, ConditionType::Ready);
    assert!(told.contains("spec.rules[0].expression") && told.contains("table"), "{told}");
    assert_eq!((status.summary, status.evaluated.len()), (None, 0));
    case.event_about("named", "InvalidSpec").await;
    case.policy("named", rule()).await;
    case.compliant("named").await;
    // Rows that are not there, and an expression that breaks.
    let missing = json!({"data": [{"table": format!("{}.orders", case.database),
        "rowsFrom": {"configMapKeyRef": {"name": "nowhere", "key": "rows.ndjson"}}}]});
    case.policy("named", missing).await;
    let status = case.not_judged("named").await;
    assert!(message(&status, ConditionType::Compliant).contains("there is no ConfigMap nowhere"), "{status:?}");
    let breaks = json!({"rules": [{"name": "breaks", "scope": "Column", "expression": "1 / (column.ordinal - column.ordinal) == 0", "message": "m"}]});
    case.policy("named", breaks).await;
    let status = case.not_judged("named").await;
    assert!(status.summary.unwrap().error > 0, "{status:?}");
    case.event_about("named", "NotJudged").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_server_is_away_the_last_good_copy_is_judged_and_says_so_or_nothing_is() {
    let case = shop("judgedstale").await;
    let bed = case.world.bed;
    let server = McpServer::start(&bed.database, &bed.reader).await.unwrap();
    case.snapshot(&server.url(), json!({})).await;
    case.published().await;
    let rule = json!([{"builtin": "table-has-primary-key"}]);
    case.policy("uses", json!({"rules": rule, "onUnavailable": "UseStale"})).await;
    case.policy("refuses", json!({"rules": rule, "onUnavailable": "Error"})).await;
    case.compliant("uses").await;
    case.compliant("refuses").await;
    server.kill();
    case.condition(ConditionType::Ready, "True", "ServingStale").await;
    let status = case.verdict("uses", ConditionType::Compliant, "True", "ServingStale").await;
    assert!(
        status.evaluated[0].stale && message(&status, ConditionType::Compliant).contains("last good copy of orders")
    );
    let status = case.not_judged("refuses").await;
    assert!(status.evaluated[0].stale && status.evaluated[0].compliant.is_none());
    assert!(message(&status, ConditionType::Compliant).contains("onUnavailable is Error"), "{status:?}");
    // By a selector, beside one that is well: one that could not be judged spoils it all.
    case.policy("both", json!({"snapshots": {"selector": {}}, "rules": rule, "onUnavailable": "Error"})).await;
    case.named_snapshot("healthy", &bed.mcp.url(), json!({})).await;
    let look = async || {
        let status = case.not_judged("both").await;
        let told: Vec<_> = status.evaluated.iter().map(|one| (one.snapshot.as_str(), one.compliant)).collect();
        if told == [("healthy", Some(true)), ("orders", None)] { Ok(()) } else { Err(format!("{told:?}")) }
    };
    wait_for("one judged and one not", SOON, look).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exception_counts_until_it_expires() {
    let case = shop("exception").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    case.published().await;
    let until = |seconds: i64| {
        let time = k8s_openapi::jiff::Timestamp::now() + k8s_openapi::jiff::SignedDuration::from_secs(seconds);
        json!({"rules": [{"builtin": "no-foreign-keys", "severity": "Error"}], "exceptions": [
            {"rule": "no-foreign-keys", "object": "*.orders*", "reason": "older than the rule", "expires": format!("{time:.0}")}]})
    };
    case.policy("forgiving", until(3600)).await;
    let status = case.compliant("forgiving").await;
    assert!(status.summary.unwrap().skip > 0);
    // It is judged again when the exception expires, not when the interval ends.
    case.policy("forgiving", until(20)).await;
    case.compliant("forgiving").await;
    let status = case.not_compliant("forgiving").await;
    assert!(status.results[0].message.contains("expired on"), "{:?}", status.results);
}

#[tokio::test(flavor = "multi_thread")]
async fn judging_costs_the_mcp_server_nothing_and_the_api_server_one_write() {
    let case = shop("cheap").await;
    let server = scripted(&case).await;
    case.snapshot(&server.url(), json!({"refresh": {"interval": "1h"}})).await;
    case.published().await;
    let calls = server.calls();
    // Rows that no other test has as many of: their number tells how often the policy was evaluated.
    let many: Vec<String> = (0..MANY).map(|n| format!("{{\"id\": {n}, \"email\": \"a@b\"}}")).collect();
    case.rows("many", &many.join("\n")).await;
    let rows = json!([{"table": format!("{}.customers", case.database),
        "rowsFrom": {"configMapKeyRef": {"name": "many", "key": "rows.ndjson"}}}]);
    case.policy("cheap", json!({"data": rows, "interval": "10s", "report": {"api": "None"}})).await;
    let first = case.compliant("cheap").await;
    // Several intervals in which nothing is new: the status is not written, and nobody is asked.
    let written = case.policies().get("cheap").await.unwrap().metadata.resource_version;
    let rows = async || {
        let text = case.world.operator.metrics().await.unwrap();
        let line = text.lines().find(|line| line.starts_with("mcp_schema_validation_rows_total{result=\"valid\"}"));
        line.and_then(|line| line.rsplit_once(' ')).and_then(|(_, n)| n.parse::<u64>().ok()).unwrap_or_default()
    };
    let before = rows().await;
    let again = async || {
        let now = rows().await;
        if now >= before + 2 * MANY { Ok(()) } else { Err(format!("{now} rows after {before}")) }
    };
    wait_for("two more evaluations", SOON, again).await.unwrap();
    let now = case.policies().get("cheap").await.unwrap();
    assert_eq!((now.metadata.resource_version, now.status), (written, Some(first)));
    assert_eq!(server.calls(), calls);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runaway_expression_holds_up_no_other_policy_and_another_class_is_left_alone() {
    let case = shop("runaway").await;
    let columns: Vec<String> = (0..300).map(|n| format!("c{n} INT")).collect();
    case.table("wide", &columns.join(", ")).await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    case.published().await;
    let endless =
        "table.columns.all(a, table.columns.all(b, (a.name + b.name).matches('(a*)*c') || size(a.name + b.name) >= 0))";
    for n in 0..4 {
        let rule = json!({"rules": [{"name": "endless", "scope": "Column", "expression": endless, "message": "m"}]});
        case.policy(&format!("endless-{n}"), rule).await;
    }
    case.policy("quick", json!({"rules": [{"builtin": "table-has-primary-key", "tables": ["orders"]}]})).await;
    case.compliant("quick").await;
    // Either it is done within its steps, or it is stopped, which is no pass.
    let look = async || {
        let status = case.policies().get("endless-0").await.unwrap().status.unwrap_or_default();
        if status.summary.is_some() { Ok(status) } else { Err("not evaluated yet".to_owned()) }
    };
    let status = wait_for("a verdict", SOON, look).await.unwrap();
    let sum = status.summary.unwrap();
    assert!(sum.error > 0 || sum.pass > 300, "{status:?}");
    let other = json!({"apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaValidationPolicy",
        "metadata": {"name": "other", "labels": {"mcpschema.io/instance": "nobody"}},
        "spec": {"snapshots": {"names": ["orders"]}, "rules": [{"builtin": "table-has-primary-key"}]}});
    let params = PatchParams::apply("test").force();
    case.policies().patch("other", &params, &Patch::Apply(&other)).await.unwrap();
    case.policy("after", json!({"rules": [{"builtin": "table-has-primary-key", "tables": ["orders"]}]})).await;
    case.compliant("after").await;
    let other = case.policies().get("other").await.unwrap().status.unwrap();
    assert_eq!(
        (other.observed_generation, other.conditions.len()),
        (Some(-1), 0),
        "of a class this operator does not serve"
    );
}
