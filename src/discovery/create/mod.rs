//! SHOW CREATE TABLE for what information_schema of TiDB does not hold. One statement a table, so it is asked only for
//! tables whose last DDL is not known from before, and not for ever of a server that refuses it. Thin I/O; reading
//! the answer is `text`.

mod text;
mod tokens;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) use text::CreateFacts;

use super::memory::{Memory, State};
use super::names::qualified;
use crate::error::Reason;
use crate::mcp::rows::Row;
use crate::mcp::{McpError, SqlSource};

/// Refusals in a row after which a server is not asked any more.
const REFUSALS: u32 = 3;

/// A moment two seconds ago on the server's clock: what was altered later may be altered again within the same second.
const SETTLED: &str = "SELECT CAST(NOW() - INTERVAL 2 SECOND AS CHAR) AS settled";

/// What is known of the tables of one database, by the HEX of their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Creates {
    facts: BTreeMap<String, Arc<CreateFacts>>,
    /// Worth remembering.
    pub(super) memory: Memory,
}

impl Creates {
    /// The facts of a table, by the HEX of its name; `None` when they could not be read.
    pub(super) fn of(&self, key: &str) -> Option<&CreateFacts> {
        self.facts.get(key).map(Arc::as_ref)
    }

    #[cfg(test)]
    pub(super) fn from_texts<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let read =
            |(table, text): (&str, &str)| text::parse(text).map(|facts| (super::queries::hex(table), Arc::new(facts)));
        Self { facts: texts.into_iter().filter_map(read).collect(), memory: Memory::default() }
    }
}

/// How much may still be asked in this discovery.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    left: usize,
    refused: u32,
}

impl Allowance {
    /// At most so many statements.
    pub(super) const fn new(most: usize) -> Self {
        Self { left: most, refused: 0 }
    }

    const fn spent(self) -> bool {
        self.left == 0 || self.refused >= REFUSALS
    }
}

/// Reads what is to be known of the base tables among `rows` (the list of tables). `known` is what earlier discoveries
/// remembered. A table that the server refuses to show is left out; an outage is an error.
///
/// # Errors
/// A failed call.
pub(super) async fn read(
    source: &dyn SqlSource,
    database: &str,
    rows: &[Row],
    wanted: &(dyn Fn(&str) -> bool + Sync),
    known: &Memory,
    allowance: &mut Allowance,
) -> Result<Creates, McpError> {
    let mut out = Creates::default();
    let mut asked = Vec::new();
    for row in rows {
        let table = row.text("t")?;
        if !row.text("typ")?.eq_ignore_ascii_case("base table") || !wanted(&table) {
            continue;
        }
        let cell = |label: &str| row.text_or_null(label).map(Option::unwrap_or_default);
        let state = State { id: cell("tid")?, altered: cell("ddl_time")? };
        let key = row.text("k")?;
        match known.table(database, &table, &state) {
            Some(facts) => {
                out.facts.insert(key, Arc::clone(&facts));
                out.memory.remember(database, &table, state, facts);
            }
            None => asked.push((key, table, state)),
        }
    }
    if asked.is_empty() || allowance.spent() {
        return Ok(out);
    }
    let settled = crate::mcp::query(source, SETTLED).await?;
    let settled = settled.first().map_or_else(|| Ok(String::new()), |row| row.text("settled"))?;
    for (key, table, state) in asked {
        if allowance.spent() {
            break;
        }
        let Some(facts) = show(source, database, &table, allowance).await?.map(Arc::new) else { continue };
        if !state.id.is_empty() && !state.altered.is_empty() && state.altered < settled {
            out.memory.remember(database, &table, state, Arc::clone(&facts));
        }
        out.facts.insert(key, facts);
    }
    Ok(out)
}

async fn show(
    source: &dyn SqlSource,
    database: &str,
    table: &str,
    allowance: &mut Allowance,
) -> Result<Option<CreateFacts>, McpError> {
    let Some(name) = qualified(database, table, source.server().dialect) else { return Ok(None) };
    allowance.left -= 1;
    let rows = match crate::mcp::query(source, &format!("SHOW CREATE TABLE {name}")).await {
        Ok(rows) => rows,
        Err(error) if refusal(&error) => {
            allowance.refused += 1;
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    allowance.refused = 0;
    let text = rows.first().map(|row| row.text_or_null("create table")).transpose()?.flatten();
    Ok(text.and_then(|text| text::parse(&text)))
}

/// The database, or the server's own check of statements, says no; not an outage, which some databases report by
/// number as an error of the statement: too many connections, a lock, a server that is going or gone, a deadline.
pub(crate) fn refusal(error: &McpError) -> bool {
    const OUTAGES: [u16; 13] = [1040, 1053, 1152, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 1226, 1317, 3024];
    error.reason == Reason::DatabaseError
        && error.sql_code.is_none_or(|code| !(OUTAGES.contains(&code) || (2000..3000).contains(&code) || code >= 8000))
}

#[cfg(test)]
mod tests;
