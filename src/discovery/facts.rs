//! What the server is and which databases it shows. Thin I/O; reading the rows is pure.

use std::collections::{BTreeMap, BTreeSet};

use super::create;
use super::error::DiscoveryError;
use super::guards;
use super::normalize::charset;
use super::pages::{self, PageSize};
use super::queries;
use crate::mcp::rows::Row;
use crate::mcp::{McpError, SqlSource};
use crate::schema::select::SYSTEM_DATABASES;
use crate::schema::{Engine, ServerFacts};

/// What the server says of itself and of us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The part that is published.
    pub server: ServerFacts,
    /// CURRENT_USER(), for telling that grants may have changed; stays in memory.
    pub user: String,
    /// Settings of TiDB that decide what DDL and INSERT do; `None` elsewhere and on versions that do not have them.
    pub tidb: Option<TidbFacts>,
}

/// Settings of TiDB. They stay in memory: changing one changes no schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TidbFacts {
    /// DDL keeps CHECK constraints; otherwise it drops them without a word.
    pub checks: bool,
    /// An INSERT may give the value of an AUTO_RANDOM column.
    pub auto_random_explicit: bool,
    /// Foreign keys made now are enforced.
    pub foreign_keys: bool,
}

/// Attributes of a database; empty where the account cannot see them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    /// Default character set.
    pub(super) charset: String,
    /// Default collation.
    pub(super) collation: String,
    /// Default placement policy (TiDB).
    pub(super) placement: String,
}

/// Databases by name.
pub(super) type Databases = BTreeMap<String, Attributes>;

/// Asks who answers.
///
/// # Errors
/// A failed call, or an answer that lacks a fact.
pub async fn facts(source: &dyn SqlSource) -> Result<Facts, DiscoveryError> {
    let rows = crate::mcp::query(source, queries::FACTS).await?;
    let mut facts = match rows.as_slice() {
        [row] => read_facts(row)?,
        _ => {
            return Err(McpError::new(
                crate::error::Reason::ProtocolError,
                "the MCP server does not answer a query of one row with one row",
            )
            .into());
        }
    };
    if facts.server.dialect == Engine::Tidb {
        facts.tidb = tidb_facts(source).await?;
    }
    Ok(facts)
}

/// Settings that some versions lack; a server that refuses the question only keeps the answer to itself.
async fn tidb_facts(source: &dyn SqlSource) -> Result<Option<TidbFacts>, DiscoveryError> {
    let rows = match crate::mcp::query(source, queries::TIDB_FACTS).await {
        Ok(rows) => rows,
        Err(error) if create::refusal(&error) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let Some(row) = rows.first() else { return Ok(None) };
    let on = |label| row.text_or_null(label).map(|text| matches!(text.as_deref(), Some("1" | "ON" | "on")));
    Ok(Some(TidbFacts { checks: on("chk")?, auto_random_explicit: on("arx")?, foreign_keys: on("tfk")? }))
}

fn read_facts(row: &Row) -> Result<Facts, McpError> {
    let version = row.text("version")?;
    let dialect = match &version {
        version if version.contains("TiDB") => Engine::Tidb,
        version if version.contains("MariaDB") => Engine::Mariadb,
        _ => Engine::Mysql,
    };
    let session = row.text_or_null("time_zone")?.unwrap_or_default();
    let system = row.text_or_null("system_time_zone")?.unwrap_or_default();
    // Some drivers add IGNORE_SPACE to the session; it is no property of the server.
    let modes = row.text_or_null("sql_mode")?.unwrap_or_default();
    let mut sql_mode: Vec<String> =
        modes.split(',').filter(|mode| !mode.is_empty() && *mode != "IGNORE_SPACE").map(str::to_owned).collect();
    sql_mode.sort_unstable();
    let server = ServerFacts {
        dialect,
        version,
        lower_case_table_names: u8::try_from(row.number("lctn")?).unwrap_or(u8::MAX),
        sql_mode,
        time_zone: if session.eq_ignore_ascii_case("system") { system } else { session },
        fk_checks: matches!(row.text_or_null("fk_checks")?.as_deref(), Some("1" | "ON" | "on")),
    };
    Ok(Facts { server, user: row.text_or_null("usr")?.unwrap_or_default(), tidb: None })
}

/// Lists every database the account sees, but those of the server itself. The list is in no fingerprint, so it is
/// compared with a COUNT, and read once more when they differ.
///
/// # Errors
/// A failed call, or a list that never equals its count.
pub(super) async fn databases(
    source: &dyn SqlSource,
    engine: Engine,
    size: &mut PageSize,
) -> Result<Databases, DiscoveryError> {
    let mut result = list(source, engine, size).await?;
    if result.is_err() {
        result = list(source, engine, size).await?;
    }
    let mut found = result.map_err(|short| missing(&short))?;
    if engine == Engine::Tidb {
        for name in of_tables(source).await? {
            found.entry(name).or_default();
        }
    }
    Ok(found)
}

/// The names alone, in as few calls as they fit.
///
/// # Errors
/// As [`databases`].
pub(super) async fn names(
    source: &dyn SqlSource,
    engine: Engine,
    size: &mut PageSize,
) -> Result<BTreeSet<String>, DiscoveryError> {
    let (mut found, mut last, mut want) = (BTreeSet::new(), String::new(), None);
    loop {
        let rows = pages::ask(source, size, u32::MAX, |n| queries::database_names(&last, n)).await?;
        for row in &rows {
            last = guards::named(row, "name", "k")?;
            found.insert(row.text("name")?);
        }
        want = rows.last().map(|row| row.number("n")).transpose()?.or(want);
        match guards::whole(found.len(), want) {
            Ok(()) => break,
            // Nothing follows, or others came while the pages were read.
            Err(short) if rows.is_empty() || short.got > short.want => return Err(missing(&short)),
            Err(_) => {}
        }
    }
    if engine == Engine::Tidb {
        found.extend(of_tables(source).await?);
    }
    Ok(found)
}

/// Databases that only a grant on a table shows.
async fn of_tables(source: &dyn SqlSource) -> Result<BTreeSet<String>, DiscoveryError> {
    let rows = crate::mcp::query(source, queries::DATABASES_OF_TABLES).await?;
    let mut found = BTreeSet::new();
    for row in &rows {
        guards::named(row, "name", "k")?;
        found.insert(row.text("name")?);
    }
    // No server caps rows lower than that, so a shorter list is whole without a count.
    if rows.len() >= pages::FLOOR as usize {
        let count = crate::mcp::query(source, queries::DATABASES_OF_TABLES_COUNT).await?;
        let want = count.first().map(|row| row.number("n")).transpose()?;
        guards::whole(found.len(), want).map_err(|short| missing(&short))?;
    }
    found.retain(|name| !SYSTEM_DATABASES.contains(&name.to_lowercase().as_str()));
    Ok(found)
}

fn missing(short: &guards::Shortfall) -> DiscoveryError {
    DiscoveryError::missing("*", "databases", short.got, short.want)
}

async fn list(
    source: &dyn SqlSource,
    engine: Engine,
    size: &mut PageSize,
) -> Result<Result<Databases, guards::Shortfall>, DiscoveryError> {
    let mut found = Databases::new();
    let mut last = String::new();
    loop {
        let rows = pages::ask(source, size, u32::MAX, |n| queries::databases(engine, &last, n)).await?;
        for row in &rows {
            last = guards::named(row, "name", "k")?;
            found.insert(row.text("name")?, attributes(engine, row)?);
        }
        if rows.len() >= size.rows() as usize {
            continue;
        }
        let count = crate::mcp::query(source, &queries::database_count()).await?;
        let want = count.first().map(|row| row.number("n")).transpose()?;
        // A short page may be a cap of the server: only an empty one, or the count, ends the list.
        let whole = guards::whole(found.len(), want);
        if whole.is_ok() || rows.is_empty() {
            return Ok(whole.map(|()| found));
        }
    }
}

fn attributes(engine: Engine, row: &Row) -> Result<Attributes, McpError> {
    let cell = |label: &str| row.text_or_null(label).map(Option::unwrap_or_default);
    Ok(Attributes {
        charset: charset(&cell("charset")?),
        collation: charset(&cell("coll")?),
        placement: if engine == Engine::Tidb { cell("placement")? } else { String::new() },
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn facts_are_read_from_any_engine() {
        for (version, zone, dialect, want_zone) in [
            ("8.0.11-TiDB-v8.4.0", "SYSTEM", Engine::Tidb, "Etc/UTC"),
            ("10.11.19-MariaDB-0+deb12u1", "+02:00", Engine::Mariadb, "+02:00"),
            ("8.0.40", "Europe/Berlin", Engine::Mysql, "Europe/Berlin"),
        ] {
            let row = json!({"VERSION": version, "version_comment": "x", "lctn": "2", "sql_mode": "STRICT_TRANS_TABLES,IGNORE_SPACE,ANSI",
                "time_zone": zone, "system_time_zone": "Etc/UTC", "fk_checks": 1, "usr": "root@%"});
            let facts = read_facts(&Row::new(row.as_object().unwrap().clone())).unwrap();
            assert_eq!((facts.server.dialect, facts.server.time_zone.as_str()), (dialect, want_zone));
            assert_eq!(facts.server.sql_mode, ["ANSI", "STRICT_TRANS_TABLES"]);
            assert_eq!((facts.server.lower_case_table_names, facts.server.fk_checks), (2, true));
            assert_eq!(facts.user, "root@%");
        }
    }
}
