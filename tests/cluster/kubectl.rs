//! `kubectl schema`: the plugin as a person runs it, against a snapshot that the operator published.

use std::io::Write as _;
use std::path::Path;
use std::process::Output;

use flate2::Compression;
use flate2::write::GzEncoder;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::PostParams;
use mcp_schema_operator::api::{annotations, labels};
use mcp_schema_operator::schema::{Database, MODEL_VERSION, Snapshot, Table, canonical};
use serde_json::{Value, json};

use crate::support::Case;

/// The plugin, with the administrator's kubeconfig.
async fn plugin(case: &Case, args: &str) -> Output {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_kubectl-schema"));
    command.args(args.split(' ')).arg("--kubeconfig").arg(case.world.bed.control_plane.kubeconfig());
    for name in ["HTTPS_PROXY", "https_proxy"] {
        command.env_remove(name);
    }
    command.output().await.unwrap()
}

/// Standard output of a command that ends with this code.
async fn says(case: &Case, args: &str, code: i32) -> String {
    let output = plugin(case, &format!("{args} -n {}", case.namespace)).await;
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(code), "{args}: {out}{err}");
    out
}

/// Standard error of a command that cannot be done.
async fn refuses(case: &Case, args: &str) -> String {
    let output = plugin(case, &format!("{args} -n {}", case.namespace)).await;
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]), "{args}: {err}");
    err
}

/// A table with a parent, both published.
async fn published(name: &str) -> Case {
    let case = Case::new(name).await;
    case.table("customers", "id INT PRIMARY KEY").await;
    case.table(
        "orders",
        "id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, customer INT NOT NULL COMMENT 'who', \
         CONSTRAINT fk_customer FOREIGN KEY (customer) REFERENCES customers (id)",
    )
    .await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    case.published().await;
    case
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_schema_shows_what_is_published() {
    let case = published("plugin").await;
    let revision = case.status().await.revision.unwrap();

    let tree = says(&case, "tree", 0).await;
    let lines: Vec<&str> = tree.lines().collect();
    assert_eq!(lines[0], format!("t-plugin/orders, revision {revision}"));
    assert_eq!(
        lines[1..],
        [
            "└─ t_plugin: 2 tables",
            "   ├─ customers  table  1 column   primary key (id)",
            "   └─ orders     table  2 columns  primary key (id), 1 index, 1 foreign key",
        ]
    );
    assert_eq!(says(&case, "tree orders", 0).await, tree);
    // Put on PATH it is a command of kubectl, which passes its kubeconfig on in the environment.
    let folder = Path::new(env!("CARGO_BIN_EXE_kubectl-schema")).parent().unwrap();
    let mut kubectl = case.world.bed.control_plane.kubectl_command();
    kubectl.args(["schema", "tree", "--namespace", &case.namespace]).env("PATH", folder);
    assert_eq!(String::from_utf8(kubectl.output().unwrap().stdout).unwrap(), tree);

    let show = says(&case, "show t_plugin.orders", 0).await;
    assert!(show.starts_with("t_plugin.orders: table, InnoDB, "), "{show}");
    assert!(show.contains("customer  int              no    -        FK,IX"), "{show}");
    assert!(show.contains("\nfk_customer  (customer)  customers (id)  restrict   restrict\n"), "{show}");
    let unknown = refuses(&case, "show t_plugin.ordres").await;
    assert!(unknown.starts_with("show: ") && unknown.contains("did you mean `orders`?"), "{unknown}");

    let erd = says(&case, "erd t_plugin", 0).await;
    assert!(erd.starts_with("erDiagram\n") && erd.contains("customers ||--o{ orders"), "{erd}");
    assert_eq!(says(&case, "diff published published", 0).await, "no changes\n");
    assert_eq!(says(&case, &format!("diff {}", &revision[..4]), 0).await, "no changes\n");
    assert_eq!(says(&case, &format!("diff {revision} {revision} --format json"), 0).await.lines().count(), 1);
    refuses(&case, "diff held").await;
    let other = if revision.starts_with("0000") { "1111" } else { "0000" };
    let missing = refuses(&case, &format!("diff {other}")).await;
    assert!(missing.contains(&format!("there is no revision {other}; there are: {revision}")), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_schema_asks_the_operator_and_tells_how_it_went() {
    let case = published("plugin-asks").await;
    let status = says(&case, "status", 0).await;
    assert!(status.starts_with("t-plugin-asks/orders\n\nCONDITION "), "{status}");
    for part in
        ["\nReady            True    Published ", "\nrevision   ", "1 database, 2 tables, 0 views", "\nnext look  "]
    {
        assert!(status.contains(part), "{part} in {status}");
    }

    case.table("late", "id INT PRIMARY KEY").await;
    let asked = says(&case, "refresh t_plugin_asks --wait", 0).await;
    assert!(asked.contains("\nReady      True    Published  "), "{asked}");
    let now = case.status().await;
    assert_eq!(now.counts.unwrap().tables, 3, "the look came before the answer");
    let handled = now.last_handled_refresh.unwrap();
    assert!(handled.ends_with("Z t_plugin_asks"), "{handled}");
    let mistyped = refuses(&case, "refresh t_plugin_ask").await;
    assert!(mistyped.contains("did you mean `t_plugin_asks`?"), "{mistyped}");

    let nothing = refuses(&case, "approve").await;
    assert!(nothing.contains("nothing is held"), "{nothing}");
    let object = case.snapshots().get("orders").await.unwrap();
    assert!(!object.metadata.annotations.unwrap_or_default().contains_key(annotations::APPROVE));
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_schema_approves_exactly_what_is_held() {
    let case = published("plugin-approves").await;
    case.run("DROP DATABASE t_plugin_approves").await;
    let held = case.until("something held", |status| status.held.is_some()).await.held.unwrap().content_hash;
    assert!(says(&case, "status", 1).await.lines().nth(3).unwrap().contains("SuspectedPermissionLoss"));
    let other = if held.starts_with("sha256:0000") { "1111" } else { "0000" };
    assert!(refuses(&case, &format!("approve {other}")).await.contains("is not what is held"));
    let approved = says(&case, "approve", 0).await;
    assert!(approved.contains(&held), "{approved}");
    let object = case.snapshots().get("orders").await.unwrap();
    assert_eq!(object.metadata.annotations.unwrap()[annotations::APPROVE], held);
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_schema_finds_the_snapshot_or_says_which_there_are() {
    let case = Case::new("plugin-finds").await;
    assert!(refuses(&case, "tree").await.contains("namespace t-plugin-finds has no SchemaSnapshot"));
    case.table("t", "id INT PRIMARY KEY").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    case.published().await;
    case.named_snapshot("bills", "http://127.0.0.1:1/mcp", json!({})).await;
    assert!(refuses(&case, "tree").await.contains("name one with --snapshot: bills, orders"));
    assert!(refuses(&case, "tree order").await.contains("did you mean `orders`?"));
    assert!(refuses(&case, "tree orders --snapshot bills").await.contains("give one of them"));
    assert!(refuses(&case, "tree bills").await.contains("t-plugin-finds/bills has published nothing yet"));
    assert!(says(&case, "tree --snapshot orders", 0).await.contains("t  table"));
    let nowhere = plugin(&case, "tree --context elsewhere").await;
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(String::from_utf8(nowhere.stderr).unwrap().contains("elsewhere"));
}

/// A revision of `orders` as the operator keeps them, in two pieces: what is published, without the column `customer`.
async fn older(case: &Case) -> String {
    let table = async |name: &str| serde_json::from_value::<Table>(case.json(name).await).unwrap();
    let (customers, mut orders) = (table("customers").await, table("orders").await);
    orders.columns.pop();
    orders.foreign_keys.clear();
    orders.indexes.clear();
    let name = case.database.clone();
    let database = Database { name, tables: vec![customers, orders], ..Database::default() };
    let server =
        serde_json::from_value(json!({"dialect": "mariadb", "version": "", "lowerCaseTableNames": 0})).unwrap();
    let content = Snapshot { model_version: MODEL_VERSION, server, databases: vec![database] };
    let database = &content.databases[0];
    let hash = canonical::database_hash(database, &canonical::object_hashes(database).unwrap());
    let hash = canonical::content_hash(&content.server, &[(database.name.clone(), hash)]);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&canonical::bytes(&content).unwrap()).unwrap();
    let packed = packed.finish().unwrap();
    let revision = canonical::revision(&hash);
    for (name, piece) in ["", "-2"].iter().zip(packed.chunks(packed.len().div_ceil(2))) {
        let config_map: ConfigMap = serde_json::from_value(json!({
            "metadata": {"name": format!("orders-schema-{revision}{name}"),
                "labels": {labels::ROLE: "revision", labels::SNAPSHOT: "orders"},
                "annotations": {annotations::CONTENT_HASH: hash, annotations::REVISION: revision,
                    "mcpschema.io/pieces": "2", "mcpschema.io/published-at": "2026-01-01T00:00:00Z"}},
            "binaryData": {"snapshot.json.gz": ByteString(piece.to_vec())},
        }))
        .unwrap();
        case.config_maps().create(&PostParams::default(), &config_map).await.unwrap();
    }
    revision
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_schema_reads_revisions() {
    let case = published("plugin-revisions").await;
    case.named_snapshot("bills", "http://127.0.0.1:1/mcp", json!({})).await;
    assert_eq!(says(&case, "history bills", 0).await, "");
    let revision = older(&case).await;
    let history = says(&case, "history orders", 0).await;
    let line = history.lines().last().unwrap();
    assert!(history.starts_with("REVISION      PUBLISHED "), "{history}");
    assert!(line.starts_with(&format!("{revision}  2026-01-01T00:00:00Z  ")), "{history}");
    assert!(line.ends_with(&format!("  orders-schema-{revision}")), "{history}");

    let changes = says(&case, &format!("diff {} --snapshot orders", &revision[..6]), 1).await;
    assert!(changes.starts_with("CLASS ") && changes.contains("t_plugin_revisions.orders.customer"), "{changes}");
    assert!(changes.lines().last().unwrap().contains(" protected clients"), "{changes}");
    let readers = format!("diff {revision} published --protect readers --format json --snapshot orders");
    let report: Value = serde_json::from_str(&says(&case, &readers, 0).await).unwrap();
    assert_eq!((&report["breaks"], &report["protect"]), (&json!(false), &json!("readers")));

    case.config_maps().delete(&format!("orders-schema-{revision}-2"), &Default::default()).await.unwrap();
    let damaged = refuses(&case, &format!("diff {revision} --snapshot orders")).await;
    assert!(damaged.contains("a piece of it is missing or damaged"), "{damaged}");
    assert!(says(&case, "history orders", 0).await.contains("  a piece is missing"));
}
