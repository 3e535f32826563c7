//! Every case on a real MariaDB: two databases each, one of them altered, all of them read in one discovery through a real
//! MCP server, then compared two by two.

use std::collections::BTreeSet;

use mcp_schema_operator::discovery::{Settings, discover};
use mcp_schema_operator::mcp::{Connection, Endpoint, unobserved};
use mcp_schema_operator::schema::changes::{Changes, Confidence, Dependent, Protect, Side, diff};
use mcp_schema_operator::schema::select::Selection;
use mcp_schema_operator::schema::{Database as Model, Snapshot};
use mcpschema_bed::{Database, Engine, McpServer, Sql};
use tokio::sync::OnceCell;

use crate::cases::{CASES, Case};
use crate::origin::{Origin, kinds_of};
use crate::{told, wanted};

fn name(case: usize, side: &str) -> String {
    format!("c{case:03}_{side}")
}

async fn create(admin: &Sql, at: usize, case: &Case) {
    let Case(before, difference, _) = case;
    for side in ["old", "new"] {
        let database = name(at, side);
        let script = format!("CREATE DATABASE {database} COLLATE utf8mb4_bin; USE {database}; {before}");
        let script = if side == "new" { format!("{script}; {difference}") } else { script };
        let script = script.replace("{db}", &database).replace("; ", ";\n");
        admin.execute_script(&script).await.unwrap_or_else(|error| panic!("{before}; {difference}: {error}"));
    }
}

/// All cases as discovery sees them, made and read once.
async fn discovered() -> &'static Snapshot {
    static SNAPSHOT: OnceCell<Snapshot> = OnceCell::const_new();
    let read = async || {
        let database = Database::start(Engine::MariaDb).await.unwrap_or_else(|error| panic!("{error}"));
        let admin = database.admin();
        for (at, case) in CASES.iter().enumerate() {
            create(&admin, at, case).await;
        }
        let reader = database.create_reader("reader", &["*"]).await.unwrap();
        let server = McpServer::start(&database, &reader).await.unwrap_or_else(|error| panic!("{error}"));
        let connection = Connection::connect(Endpoint::new(&server.url()).unwrap(), unobserved()).await.unwrap();
        let selection = Selection::new(&["c*"], &[], &[], &[]).unwrap();
        let found = discover(&connection, &selection, &Settings::default()).await.unwrap();
        connection.close().await;
        found.snapshot()
    };
    SNAPSHOT.get_or_init(read).await
}

/// One side of a case under the name both sides have in common.
fn side(snapshot: &Snapshot, at: usize, side: &str) -> Model {
    let own = name(at, side);
    let found = snapshot.databases.iter().find(|database| database.name == own).unwrap();
    let text = serde_json::to_string(found).unwrap().replace(&own, "shop");
    serde_json::from_str(&text).unwrap()
}

fn compare(snapshot: &Snapshot, old: &[Model], new: &[Model]) -> Changes {
    diff(&Side::new(&snapshot.server, old), &Side::new(&snapshot.server, new), &[])
}

fn changes_of(snapshot: &Snapshot, at: usize) -> Changes {
    compare(snapshot, &[side(snapshot, at, "old")], &[side(snapshot, at, "new")])
}

/// The changes of the case that runs this statement.
fn case_of(snapshot: &Snapshot, difference: &str) -> Changes {
    let at = CASES.iter().position(|case| case.1 == difference).unwrap_or_else(|| panic!("no case {difference}"));
    changes_of(snapshot, at)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_statement_makes_its_changes_and_no_other() {
    let snapshot = discovered().await;
    let mut wrong = Vec::new();
    for (at, Case(before, difference, want)) in CASES.iter().enumerate() {
        let changes = changes_of(snapshot, at);
        let mut got: Vec<_> = changes.items.iter().map(told).collect();
        got.sort();
        let want = wanted(want);
        if got != want || !changes.unknown.is_empty() {
            wrong.push(format!("{before}; {difference}\n  got  {got:?} {:?}\n  want {want:?}", changes.unknown));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cases_show_every_kind_that_mariadb_can_make() {
    let snapshot = discovered().await;
    let mut shown: BTreeSet<&str> =
        (0..CASES.len()).flat_map(|at| changes_of(snapshot, at).items).map(|change| change.kind.as_str()).collect();
    // A whole database comes and goes; its tables are told beside it.
    let all = [side(snapshot, 0, "old")];
    for (old, new, want) in [(&all[..], &[][..], "database_dropped"), (&[], &all, "database_created")] {
        let kinds: Vec<_> = compare(snapshot, old, new).items.iter().map(|change| change.kind.as_str()).collect();
        assert_eq!((kinds.len(), kinds.contains(&want)), (2, true), "{kinds:?}");
        shown.extend(kinds);
    }
    assert_eq!(shown, kinds_of(Origin::MariaDb));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_is_a_change_as_well() {
    let snapshot = discovered().await;
    for (at, Case(before, difference, want)) in CASES.iter().enumerate() {
        let back = compare(snapshot, &[side(snapshot, at, "new")], &[side(snapshot, at, "old")]);
        assert_eq!(back.is_empty(), want.is_empty(), "{before}; {difference}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_depends_on_a_change_is_named() {
    let snapshot = discovered().await;
    let affected = |difference: &str| {
        let changes = case_of(snapshot, difference);
        let impact = changes.items[0].impact.clone();
        impact.affected.into_iter().map(|one| (one.kind, one.object)).collect::<Vec<_>>()
    };
    let named = |kind, object: &str| (kind, format!("shop.{object}"));
    assert_eq!(
        affected("ALTER TABLE t RENAME COLUMN a TO x"),
        [named(Dependent::Index, "t.k"), named(Dependent::Index, "t.uq")]
    );
    assert_eq!(
        affected("ALTER TABLE c RENAME COLUMN p_id TO parent"),
        [named(Dependent::ForeignKey, "c.fk"), named(Dependent::Index, "c.k_p"),]
    );
    assert_eq!(affected("ALTER TABLE t DROP a"), [named(Dependent::View, "v")]);
    // The parent as a whole: its child's key, and the view over it.
    let old = CASES.iter().position(|case| case.1.starts_with("ANALYZE TABLE p")).unwrap();
    let (before, mut after) = (side(snapshot, old, "old"), side(snapshot, old, "old"));
    after.tables.retain(|table| table.name != "p");
    let dropped = compare(snapshot, &[before], &[after]);
    let objects: Vec<_> = dropped.items[0].impact.affected.iter().map(|one| one.object.as_str()).collect();
    assert_eq!(objects, ["shop.c.fk", "shop.v"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn renames_carry_their_evidence_and_protected_sides_break() {
    let snapshot = discovered().await;
    for (difference, before) in
        [("RENAME TABLE t TO u", "shop.t"), ("ALTER TABLE t RENAME COLUMN s TO title", "shop.t.s")]
    {
        let changes = case_of(snapshot, difference);
        let rename = changes.items[0].rename_of.as_ref().unwrap();
        assert_eq!((rename.object.as_str(), rename.confidence), (before, Confidence::Likely));
    }
    for (difference, readers, writers) in [
        ("ALTER TABLE t MODIFY s varchar(10) NOT NULL", false, true),
        ("ALTER TABLE t MODIFY a int NULL", true, false),
        ("ALTER TABLE t DROP s", true, true),
        ("ALTER TABLE t ADD c int NULL", false, false),
    ] {
        let changes = case_of(snapshot, difference);
        let breaks = |protect| changes.breaks(protect);
        assert_eq!((breaks(Protect::Readers), breaks(Protect::Writers)), (readers, writers), "{difference}");
        assert_eq!(breaks(Protect::Clients), readers || writers, "{difference}");
        assert!(!breaks(Protect::None), "{difference}");
    }
}
