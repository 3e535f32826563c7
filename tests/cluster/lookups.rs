//! What policies look up in the database through the MCP server: samples, parents, and the parents of fixtures, where the source allows it.

use kube::api::{Patch, PatchParams};
use mcp_schema_operator::api::conditions::ConditionType;
use serde_json::{Value, json};

use crate::policies::message;
use crate::support::Case;

fn sample(case: &Case, strict: bool) -> Value {
    json!({"interval": "10s", "strictMode": strict, "data": [{"table": format!("{}.t", case.database), "sample": {"limit": 10}}]})
}

fn parents(case: &Case, limit: u32) -> Value {
    json!({"interval": "10s", "relationships": [{"table": format!("{}.child", case.database), "foreignKey": "*", "limit": limit}]})
}

async fn tables(name: &str) -> Case {
    let case = Case::new(name).await;
    let script = format!(
        "USE `{0}`;
         CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL, day DATE NULL);
         INSERT INTO t VALUES (1, 'secretvalue', '2024-02-29'), (2, 'zwei', NULL);
         CREATE TABLE parent (id INT PRIMARY KEY);
         CREATE TABLE child (id INT PRIMARY KEY, p INT NULL, CONSTRAINT fk_p FOREIGN KEY (p) REFERENCES parent (id));
         INSERT INTO parent VALUES (1), (2);
         INSERT INTO child VALUES (1, 1), (2, 2), (3, NULL);",
        case.database
    );
    case.sql.execute_script(&script).await.unwrap();
    case
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_and_parents_are_looked_up_and_no_value_is_told() {
    let case = tables("lookups").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    case.published().await;
    case.policy("sample", sample(&case, true)).await;
    case.policy("parents", parents(&case, 1000)).await;
    for name in ["sample", "parents"] {
        let status = case.compliant(name).await;
        assert_eq!(status.summary.unwrap().pass, 1, "{name}: {status:?}");
    }
    // The schema does not change with the rows: only the interval finds them.
    let script = format!(
        "USE `{}`; SET SESSION sql_mode = ''; SET SESSION foreign_key_checks = 0;
         INSERT INTO t VALUES (3, 'secretvalue', '0000-00-00'); INSERT INTO child VALUES (4, 77777);",
        case.database
    );
    case.sql.execute_script(&script).await.unwrap();
    let status = case.not_compliant("sample").await;
    assert_eq!((status.results[0].object.as_str(), status.results.len()), (&*format!("{}.t.day", case.database), 1));
    let told = serde_json::to_string(&status).unwrap();
    assert!(told.contains("ZERO_DATE_NOT_ALLOWED") && !told.contains("secretvalue"), "{told}");
    let status = case.not_compliant("parents").await;
    let told = message(&status, ConditionType::Compliant);
    assert!(told.contains("child.fk_p") && !told.contains("77777"), "{told}");
    // Fewer rows than there are: what was not looked at is told, and no pass.
    case.policy("parents", parents(&case, 1)).await;
    let status = case.compliant("parents").await;
    assert_eq!(status.summary.map(|s| (s.pass, s.skip)), Some((1, 1)), "{status:?}");
    let log = std::fs::read_to_string(case.world.operator.log()).unwrap();
    assert!(!log.contains("secretvalue") && !log.contains("77777"));
}

/// Rows of a ConfigMap for the table `child`.
fn fixtures(case: &Case, map: &str) -> Value {
    json!({"interval": "10s", "data": [{"table": format!("{}.child", case.database),
        "rowsFrom": {"configMapKeyRef": {"name": map, "key": "rows.ndjson"}}}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_parents_of_fixtures_are_looked_up_and_no_key_is_told() {
    let case = tables("fixtures").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    case.published().await;
    case.rows("good", "{\"id\": 11, \"p\": 1}\n{\"id\": 12, \"p\": 2}\n{\"id\": 13, \"p\": null}").await;
    case.rows("bad", "{\"id\": 11, \"p\": 1}\n{\"id\": 12, \"p\": 88888}").await;
    case.policy("good", fixtures(&case, "good")).await;
    case.policy("bad", fixtures(&case, "bad")).await;
    let status = case.compliant("good").await;
    assert_eq!(status.summary.map(|s| (s.pass, s.warn, s.skip)), Some((1, 0, 0)), "{status:?}");
    let status = case.not_compliant("bad").await;
    let told = serde_json::to_string(&status).unwrap();
    assert!(told.contains("row 1: FOREIGN_KEY_NOT_FOUND") && !told.contains("88888"), "{told}");
    // Whoever is not to look at relationships looks for no parents.
    let mut off = fixtures(&case, "bad");
    off["validateRelationships"] = json!(false);
    case.policy("off", off).await;
    case.compliant("off").await;
    // The parent comes, and nothing but the interval tells.
    case.run(&format!("INSERT INTO `{}`.parent VALUES (88888)", case.database)).await;
    case.compliant("bad").await;
    let log = std::fs::read_to_string(case.world.operator.log()).unwrap();
    assert!(!log.contains("88888") && !log.contains("CASE WHEN"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_allows_no_rows_is_never_asked_for_them() {
    let case = tables("norows").await;
    // Without a url: the operator's default server, whose access lets everybody in, and nobody to rows.
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    let patch = json!({"spec": {"source": null}});
    case.snapshots().patch("orders", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    case.until("the default server", |now| now.observed_generation == Some(2)).await;
    case.published().await;
    case.policy("sample", sample(&case, false)).await;
    case.policy("parents", parents(&case, 10)).await;
    for name in ["sample", "parents"] {
        let status = case.not_judged(name).await;
        let told = message(&status, ConditionType::Compliant);
        assert!(told.contains("rows: true"), "{name}: {told}");
    }
    // Of the parents of fixtures it is told that nobody looked.
    case.rows("rows", "{\"id\": 11, \"p\": 99999}").await;
    case.policy("fixtures", fixtures(&case, "rows")).await;
    let status = case.compliant("fixtures").await;
    assert_eq!(status.summary.as_ref().map(|s| (s.fail, s.warn, s.error)), Some((0, 1, 0)), "{status:?}");
    let told = serde_json::to_string(&status).unwrap();
    assert!(told.contains("FOREIGN_KEY_NOT_CHECKED") && !told.contains("99999"), "{told}");
    // Samples hold nothing back, also where a policy enforces.
    let mut enforce = sample(&case, false);
    enforce["enforcement"] = json!("Enforce");
    case.policy("sample", enforce).await;
    let before = case.status().await;
    case.run(&format!("ALTER TABLE `{}`.t ADD COLUMN more INT", case.database)).await;
    case.changed(&before).await;
}
