//! What a session must be set to so that the statements mean what they meant where they were read, and how it is set back.
//! Pure.

use super::words::{name, note, text};
use crate::schema::{Database, DefaultValue, Engine, ServerFacts};

/// Before the statements.
pub(super) fn head(server: &ServerFacts, database: &Database) -> String {
    let Database { charset, collation, .. } = database;
    let sets =
        if charset.is_empty() { String::new() } else { format!(", CHARACTER SET {charset} COLLATE {collation}") };
    let mut out = note(&format!("Database {}, {}{sets}", name(&database.name), server.dialect.as_str()));
    if server.dialect == Engine::Tidb {
        for (needed, words) in [
            (checks(database), "TiDB keeps the checks only while tidb_enable_check_constraint is ON"),
            (placed(database), "the placement policies must be there already"),
        ] {
            if needed {
                out.push_str(&note(words));
            }
        }
    }
    // An engine that is missing must be an error; everything else that was accepted once is accepted again. A server that
    // reads quotes as names also shows its expressions so.
    let quotes = if server.sql_mode.iter().any(|mode| mode == "ANSI_QUOTES") { "ANSI_QUOTES," } else { "" };
    let zone = text(&zone(server, database));
    let keys = if leads_out(database) { ", foreign_key_checks = 0" } else { "" };
    out.push_str("SET NAMES utf8mb4;\n");
    out.push_str(
        "SET @old_sql_mode = @@sql_mode, @old_time_zone = @@time_zone, @old_foreign_key_checks = @@foreign_key_checks;\n",
    );
    out.push_str(&format!("SET sql_mode = '{quotes}NO_ENGINE_SUBSTITUTION', time_zone = {zone}{keys};\n\n"));
    out
}

/// After the statements.
pub(super) fn foot() -> &'static str {
    "SET sql_mode = @old_sql_mode, time_zone = @old_time_zone, foreign_key_checks = @old_foreign_key_checks;\n"
}

/// The zone that TIMESTAMP defaults are written in: UTC, unless the server's zone is a name whose distance from UTC
/// changes with the date; then they stand as they were read there.
fn zone(server: &ServerFacts, database: &Database) -> String {
    const UTC: [&str; 7] = ["", "UTC", "UCT", "GMT", "ZULU", "UNIVERSAL", "GREENWICH"];
    let upper = server.time_zone.trim().to_ascii_uppercase();
    let fixed = upper.starts_with(['+', '-']) || UTC.contains(&upper.trim_start_matches("ETC/"));
    let mut columns = database.tables.iter().flat_map(|table| &table.columns);
    let literal =
        columns.any(|c| c.r#type.base == "timestamp" && matches!(c.default, Some(DefaultValue::Literal { .. })));
    if fixed || !literal { "+00:00".to_owned() } else { server.time_zone.trim().to_owned() }
}

/// Some foreign key leads to a table that this text does not make.
fn leads_out(database: &Database) -> bool {
    let here = super::order::positions(database.tables.iter().map(|table| table.name.as_str()));
    let mut keys = database.tables.iter().flat_map(|table| &table.foreign_keys);
    keys.any(|key| key.ref_database.is_some() || !here.contains_key(key.ref_table.as_str()))
}

fn checks(database: &Database) -> bool {
    database.tables.iter().any(|table| !table.checks.is_empty())
}

fn placed(database: &Database) -> bool {
    database.tables.iter().any(|table| !table.tidb.placement.is_empty())
}
