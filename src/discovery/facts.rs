//! What the server is and which databases it shows. Thin I/O; reading the rows is pure.

use std::collections::BTreeMap;

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
}

/// Character set and collation by database name; both empty where the account cannot see them.
pub(super) type Databases = BTreeMap<String, (String, String)>;

/// Asks who answers.
///
/// # Errors
/// A failed call, or an answer that lacks a fact.
pub async fn facts(source: &dyn SqlSource) -> Result<Facts, DiscoveryError> {
    let rows = crate::mcp::query(source, queries::FACTS).await?;
    match rows.as_slice() {
        [row] => Ok(read_facts(row)?),
        _ => Err(McpError::new(
            crate::error::Reason::ProtocolError,
            "the MCP server does not answer a query of one row with one row",
        )
        .into()),
    }
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
    Ok(Facts { server, user: row.text_or_null("usr")?.unwrap_or_default() })
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
    let mut found = result.map_err(|short| DiscoveryError::missing("*", "databases", short.got, short.want))?;
    if engine == Engine::Tidb {
        for row in crate::mcp::query(source, queries::DATABASES_OF_TABLES).await? {
            guards::named(&row, "name", "k")?;
            let name = row.text("name")?;
            if !SYSTEM_DATABASES.contains(&name.to_lowercase().as_str()) {
                found.entry(name).or_default();
            }
        }
    }
    Ok(found)
}

async fn list(
    source: &dyn SqlSource,
    engine: Engine,
    size: &mut PageSize,
) -> Result<Result<Databases, guards::Shortfall>, DiscoveryError> {
    let mut found = Databases::new();
    let mut last = String::new();
    loop {
        let rows = pages::ask(source, size, |n| queries::databases(engine, &last, n)).await?;
        for row in &rows {
            last = guards::named(row, "name", "k")?;
            let charset_of = charset(&row.text_or_null("charset")?.unwrap_or_default());
            found.insert(row.text("name")?, (charset_of, charset(&row.text_or_null("coll")?.unwrap_or_default())));
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
