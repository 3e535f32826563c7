//! One direction: a module uses only what stands to its left. And what decides stays pure: no cluster client, no async,
//! no clock. Both are read from the sources, so that a wrong import fails here and not in somebody's head.
#![expect(clippy::unwrap_used, reason = "tests")]

mod paths;

use std::fs;
use std::path::{Path, PathBuf};

use paths::found;

/// Modules in flow order; those of one step do not use each other.
const ORDER: &[&[&str]] = &[
    &["config"],
    &["schema"],
    &["api"],
    &["mcp"],
    &["discovery"],
    &["cache"],
    &["output"],
    &["store"],
    &["validation"],
    &["controller"],
    &["http", "leader", "cli"],
    &["commands"],
    // Prints the same report as `diff`, with the same exit codes.
    &["kubectl"],
];

/// Modules anyone may use and that use each other at most from left to right.
const LEAVES: &[&str] = &["error", "duration", "readiness", "telemetry", "metrics"];

/// Pure modules: every file of them, their tests too.
const PURE: &[&[&str]] = &[
    &["schema"],
    &["api", "conditions"],
    &["duration"],
    &["output"],
    &["store", "error"],
    &["store", "index"],
    &["store", "layout"],
    &["store", "metadata"],
    &["store", "plan"],
    &["store", "revisions"],
    &["store", "stored"],
    &["discovery", "assemble"],
    &["discovery", "normalize"],
    &["discovery", "guards"],
    &["mcp", "guard"],
    &["mcp", "ladder"],
    &["controller", "cluster_source", "status"],
    &["validation"],
    &["controller", "due"],
    &["controller", "facts"],
    &["controller", "judge"],
    &["controller", "outcome"],
    &["controller", "policy", "consumers"],
    &["controller", "policy", "decide"],
    &["controller", "policy", "due"],
    &["controller", "policy", "facts"],
    &["controller", "policy", "select"],
    &["controller", "reports", "build"],
    &["controller", "reports", "choice"],
    &["controller", "reports", "compare"],
    &["controller", "reports", "error"],
    &["controller", "source"],
    &["controller", "summary"],
    &["kubectl", "names"],
    &["kubectl", "text"],
];

/// What a pure module must not name: the start of a path, or its end.
const IMPURE_STARTS: &[&str] =
    &["async", "tokio", "reqwest", "rmcp", "kube::Client", "kube::Api", "kube::api", "kube::client", "kube::runtime"];
const IMPURE_ENDS: &[&str] = &["await", "SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now"];

/// Plain data of a crate whose other parts do I/O.
const PLAIN: &[&str] = &["kube::runtime::controller::Action"];

/// The module path of a file under `src`: `store/plan.rs` is `[store, plan]`, `store/mod.rs` is `[store]`.
fn module_of(file: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// The top-level module a path names, when it names one of this crate.
fn target(module: &[String], path: &str, in_tests: bool) -> Option<String> {
    let parts: Vec<&str> = path.split("::").collect();
    match parts.as_slice() {
        ["crate" | "mcp_schema_operator", name, ..] => Some((*name).to_owned()),
        ["super", ..] if !in_tests => {
            let ups = parts.iter().take_while(|part| **part == "super").count();
            // A chain that ends at the crate root names a sibling of the top-level module.
            (ups >= module.len()).then(|| parts.get(ups).map(|name| (*name).to_owned())).flatten()
        }
        _ => None,
    }
}

fn may_use(from: &str, to: &str) -> Result<(), String> {
    let leaf = |name: &str| LEAVES.iter().position(|l| *l == name);
    let step = |name: &str| ORDER.iter().position(|step| step.contains(&name));
    let place = "add it to ORDER or LEAVES in tests/layering/main.rs, where it belongs";
    if from == to {
        return Ok(());
    }
    match (leaf(from), leaf(to), step(from), step(to)) {
        (Some(mine), Some(theirs), ..) if theirs < mine => Ok(()),
        (None, Some(_), Some(_), _) => Ok(()),
        (None, None, Some(mine), Some(theirs)) if theirs < mine => Ok(()),
        (None, _, None, _) => Err(format!("module {from} has no place: {place}")),
        (_, None, _, None) => Err(format!("{from} uses {to}, which has no place: {place}")),
        _ => Err(format!("{from} uses {to}, which does not stand to its left")),
    }
}

fn is_pure(module: &[String]) -> bool {
    PURE.iter().any(|pure| module.len() >= pure.len() && pure.iter().zip(module).all(|(a, b)| a == b))
}

fn impure(path: &str) -> bool {
    let ends = |end: &&str| path == *end || path.ends_with(&format!("::{end}"));
    let starts = |start: &&str| path == *start || path.starts_with(&format!("{start}::"));
    !PLAIN.contains(&path) && (IMPURE_STARTS.iter().any(starts) || IMPURE_ENDS.iter().any(ends))
}

/// Every fault of one file.
fn faults(file: &str, source: &str) -> Vec<String> {
    let module = module_of(Path::new(file));
    let Some(top) = module.first().filter(|top| !["lib", "main", "bin"].contains(&top.as_str())) else {
        return Vec::new();
    };
    let mut faults = Vec::new();
    for found in found(source) {
        if let Some(Err(fault)) = target(&module, &found.path, found.in_tests).map(|to| may_use(top, &to)) {
            faults.push(format!("{file}: {fault} ({})", found.path));
        }
        if is_pure(&module) && impure(&found.path) {
            faults.push(format!("{file}: is pure and must not name {}", found.path));
        }
    }
    faults
}

fn sources() -> Vec<(String, String)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut sources) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                sources.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    sources.sort();
    sources
}

#[test]
fn every_module_uses_only_what_stands_to_its_left_and_the_pure_ones_stay_pure() {
    let sources = sources();
    assert!(sources.iter().any(|(name, _)| name == "schema/select.rs"), "{:?}", sources.first());
    let faults: Vec<_> = sources.iter().flat_map(|(name, source)| faults(name, source)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_module_has_a_place() {
    for (name, _) in sources() {
        let module = module_of(Path::new(&name));
        let top = module.first().unwrap().as_str();
        let known = LEAVES.contains(&top) || ORDER.iter().any(|step| step.contains(&top));
        assert!(known || ["lib", "main", "bin"].contains(&top), "src/{name}: add {top} to ORDER or LEAVES");
    }
}

#[test]
fn a_wrong_import_is_found_however_it_is_written() {
    for (file, source) in [
        ("schema/mod.rs", "use crate::mcp::Endpoint;"),
        ("schema/select.rs", "use crate::{error::Reason, mcp::{rows, Endpoint}};"),
        ("mcp/mod.rs", "fn f() { crate::store::apply(); }"),
        ("mcp/transport/sse.rs", "use super::super::super::store::apply;"),
        ("mcp/mod.rs", "use super::store;"),
        ("schema/mod.rs", "#[cfg(test)]\nmod tests { use crate::api::GROUP; }"),
        ("error.rs", "use crate::schema::Table;"),
        ("error.rs", "use crate::metrics::Metrics;"),
        ("metrics.rs", "use crate::api::GROUP;"),
        ("controller/mod.rs", "use crate::http::serve;"),
        ("http.rs", "use crate::cli::Cli;"),
        ("config.rs", "use crate::api::GROUP;"),
        ("mcp/mod.rs", "use crate::nowhere::Thing;"),
        ("nowhere.rs", "use crate::schema::Table;"),
        ("mcp/mod.rs", "let c = '\"'; crate::store::apply(); let d = '\"';"),
        ("mcp/mod.rs", "let url = \"http://a\"; crate::store::apply();"),
    ] {
        assert!(!faults(file, source).is_empty(), "{file}: {source}");
    }
}

#[test]
fn a_clock_a_client_or_async_in_a_pure_module_is_found() {
    for (file, source) in [
        ("schema/mod.rs", "async fn f() {}"),
        ("schema/changes/keys.rs", "fn f() { let t = std::time::Instant::now(); }"),
        ("store/plan.rs", "use std::time::SystemTime; fn f() { SystemTime::now(); }"),
        ("store/layout.rs", "use kube::{Api, ResourceExt};"),
        ("store/plan.rs", "fn f() { k8s_openapi::jiff::Timestamp::now(); }"),
        ("discovery/guards.rs", "use tokio::time::sleep;"),
        ("discovery/assemble.rs", "fn f() { g().await; }"),
        ("controller/outcome.rs", "use kube::{runtime::{controller::Action, watcher}, core};"),
    ] {
        assert!(!faults(file, source).is_empty(), "{file}: {source}");
    }
}

#[test]
fn what_is_allowed_is_not_reported() {
    for (file, source) in [
        ("schema/mod.rs", "//! As [`crate::store`] says.\n/* crate::store */ const T: &str = \"crate::store\";"),
        ("schema/mod.rs", "const T: &str = r#\"crate::store \"quoted\" async\"#; fn f<'a>(x: &'a str) {}"),
        ("schema/changes/keys.rs", "use super::{kinds, super::Table}; use crate::error::Reason;"),
        ("store/mod.rs", "use kube::{Api, Client}; use crate::{api::labels, schema, discovery}; async fn f() {}"),
        ("store/plan.rs", "use crate::store::layout; use k8s_openapi::api::core::v1::ConfigMap;"),
        ("mcp/mod.rs", "use crate::metrics::{Metrics, labels}; use crate::telemetry;"),
        ("controller/outcome.rs", "use kube::runtime::controller::Action;"),
        ("telemetry.rs", "use crate::error::Reason;"),
        ("commands/run.rs", "use crate::{cli, config::RunConfig, http};"),
        ("error.rs", "#[cfg(test)]\nmod tests { use super::*; }"),
        ("main.rs", "use mcp_schema_operator::commands;"),
    ] {
        assert_eq!(faults(file, source), Vec::<String>::new(), "{file}: {source}");
    }
}
