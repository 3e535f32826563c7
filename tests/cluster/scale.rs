//! A large schema: complete, spread over ConfigMaps, and Ready.

use serde_json::{Value, json};

use crate::support::Case;

const TABLES: usize = 1_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_tables_are_published_whole_over_several_config_maps() {
    let case = Case::new("thousand").await;
    let columns: Vec<String> = (1..20).map(|n| format!("c{n} VARCHAR(40) NULL COMMENT 'column {n}'")).collect();
    for number in 0..TABLES {
        case.table(&format!("table_{number:04}"), &format!("id BIGINT NOT NULL PRIMARY KEY, {}", columns.join(", ")))
            .await;
    }
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    let status = case.published().await;
    let counts = status.counts.as_ref().unwrap();
    assert_eq!((counts.tables, counts.columns), (1_000, 20_000));
    assert!(status.truncated && status.tables.len() <= 200 && status.shards.unwrap() > 1);
    assert!(serde_json::to_string(&status).unwrap().len() <= 64 * 1024);

    let index: Value = serde_json::from_str(&case.data("orders-schema").await["index.json"]).unwrap();
    let entries = index["databases"][0]["tables"].as_array().unwrap();
    assert_eq!(entries.len(), TABLES);
    let mut shards = std::collections::BTreeMap::new();
    for number in 1..=status.shards.unwrap() {
        let name = format!("orders-schema-{number}");
        let data = case.data(&name).await;
        assert!(data.values().map(String::len).sum::<usize>() <= 800 * 1024, "{name}");
        shards.insert(name, data);
    }
    for entry in entries {
        let text = &shards[entry["configMap"].as_str().unwrap()][entry["keys"]["json"].as_str().unwrap()];
        let table: Value = serde_json::from_str(text).unwrap();
        assert_eq!(table["columns"].as_array().unwrap().len(), 20, "{}", entry["name"]);
    }
    assert_eq!(shards.values().map(std::collections::BTreeMap::len).sum::<usize>(), TABLES);
}
