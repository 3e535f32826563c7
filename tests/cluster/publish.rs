//! The main job: what the database has is in the ConfigMap, exactly, and stays so.

use serde_json::json;

use crate::support::Case;

#[tokio::test(flavor = "multi_thread")]
async fn a_nasty_schema_is_published_exactly() {
    let case = Case::new("nasty").await;
    let db = &case.database;
    case.table("parent", "a INT NOT NULL, b VARCHAR(20) NOT NULL, PRIMARY KEY (b, a)").await;
    case.table(
        "child",
        "id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, pa INT NOT NULL, pb VARCHAR(20) NOT NULL, \
         state ENUM('new','it''s') NOT NULL DEFAULT 'new' COMMENT 'a ''quote'', \"two\" and ü', n INT, \
         twice INT GENERATED ALWAYS AS (n * 2) STORED, \
         CONSTRAINT ck_n CHECK (n > 0), CONSTRAINT fk_parent FOREIGN KEY (pb, pa) REFERENCES parent (b, a) ON DELETE CASCADE",
    )
    .await;
    case.table("Ober Fläche-1", "`Spalte Zwei` INT NOT NULL PRIMARY KEY").await;
    case.run(&format!("CREATE VIEW `{db}`.v AS SELECT id, state FROM `{db}`.child")).await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    let status = case.published().await;
    let counts = status.counts.as_ref().unwrap();
    assert_eq!((counts.databases, counts.tables, counts.views, counts.foreign_keys), (1, 3, 1, 1));
    let child = case.json("child").await;
    assert_eq!(child["primaryKey"], json!({"columns": [{"column": "id"}]}));
    let key = &child["foreignKeys"][0];
    assert_eq!((&key["columns"], &key["refColumns"]), (&json!(["pb", "pa"]), &json!(["b", "a"])));
    assert_eq!((key["onDelete"].as_str(), key["onUpdate"].as_str()), (Some("cascade"), Some("restrict")));
    assert_eq!(child["checks"], json!([{"name": "ck_n", "expr": "`n` > 0", "columns": ["n"]}]));
    assert_eq!(child["columns"][3]["type"]["values"], json!(["new", "it's"]));
    assert_eq!(child["columns"][3]["comment"], "a 'quote', \"two\" and ü");
    assert_eq!(child["columns"][5]["generated"], json!({"kind": "stored", "expr": "`n` * 2"}));
    assert_eq!(case.json("v").await["columns"][1]["name"], "state");
    let index: serde_json::Value = serde_json::from_str(&case.data("orders-schema").await["index.json"]).unwrap();
    let odd = &index["databases"][0]["tables"][0];
    assert_eq!((odd["name"].as_str(), odd["kind"].as_str()), (Some("Ober Fläche-1"), Some("table")));
    assert!(odd["keys"]["json"].as_str().unwrap().starts_with("x-"), "{odd}");
    case.event("Published").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_ddl_gives_the_same_bytes() {
    let case = Case::new("same").await;
    case.table("t", "id INT PRIMARY KEY, note VARCHAR(20) DEFAULT 'x'").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    case.published().await;
    case.named_snapshot("again", &case.world.bed.mcp.url(), json!({})).await;
    let look = async || case.config_maps().get("again-schema").await;
    mcpschema_bed::wait_for("the second ConfigMap", crate::support::SOON, look).await.unwrap();
    let (first, mut second) = (case.data("orders-schema").await, case.data("again-schema").await);
    let index = second.get_mut("index.json").unwrap();
    *index = index.replace("again-schema", "orders-schema");
    assert_eq!(first, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alter_table_arrives() {
    let case = Case::new("alter").await;
    case.table("t", "id INT PRIMARY KEY").await;
    case.table("other", "id INT PRIMARY KEY").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    let before = case.published().await;
    let other = case.json("other").await;
    case.run(&format!("ALTER TABLE `{}`.t ADD COLUMN note TEXT", case.database)).await;
    let after = case.changed(&before).await;
    assert_ne!(before.content_hash, after.content_hash);
    assert_eq!(case.json("t").await["columns"][1]["name"], "note");
    assert_eq!(case.json("other").await, other);
    case.event("SchemaChanged").await;
}
