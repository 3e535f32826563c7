//! The engines `check` gives an evaluation: changes, queries, rows. Each is one call; one that cannot judge says so, and
//! the verdict is then Unknown.

use std::collections::BTreeMap;

use crate::api::policy::{DataCheck, QueryCheck, Severity};
use crate::config::switches::Switches;
use crate::schema::Snapshot;
use crate::validation::policy::{Changes, Judged, Object, Outcome, QueryJudged};

/// How the schema differs from the one before.
pub(super) fn changes(previous: &Snapshot, snapshot: &Snapshot) -> Changes<'static> {
    if previous == snapshot { Changes::Known(&[]) } else { Changes::Unknown("the two schemas were not compared") }
}

/// Judges one query.
pub(super) fn query(check: &QueryCheck, _: &Snapshot) -> QueryJudged {
    let object = Object::new(&check.database, "", &check.name);
    QueryJudged {
        facts: None,
        results: vec![unknown(
            format!("query/{}", check.name),
            "query",
            object,
            "queries are not judged by this command yet",
        )],
    }
}

/// Judges the rows of a ConfigMap that stands beside the policy.
pub(super) fn rows(
    config_maps: &BTreeMap<(String, String), String>,
    check: &DataCheck,
    _: &Snapshot,
    _: Switches,
) -> Vec<Judged> {
    let (database, table) = check.table.split_once('.').unwrap_or((&check.table, ""));
    let Some(from) = &check.rows_from else { return Vec::new() };
    let key = &from.config_map_key_ref;
    let message = if config_maps.contains_key(&(key.name.clone(), key.key.clone())) {
        "rows are not judged by this command yet".to_owned()
    } else {
        format!("the ConfigMap {} with the key {} is not in the manifest; put it beside the policy", key.name, key.key)
    };
    vec![unknown(format!("rows/{}", check.table), "rows", Object::new(database, table, ""), &message)]
}

fn unknown(rule: String, category: &'static str, object: Object, message: &str) -> Judged {
    Judged {
        rule,
        category,
        object,
        outcome: Outcome::Unknown,
        severity: Severity::Error,
        critical: false,
        message: message.to_owned(),
        change: None,
    }
}
