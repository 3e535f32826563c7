//! What the lists of a database do not hold and must be asked object by object: SHOW CREATE TABLE on TiDB, sequences on
//! MariaDB. Decides which objects; asking them is `create` and `sequences`.

use super::assemble::{self, DatabaseRows, ObjectKind, rows_of};
use super::create::{self, Allowance, Creates};
use super::memory::Memory;
use super::queries::{Part, hex};
use super::sequences;
use crate::mcp::rows::Row;
use crate::mcp::{McpError, SqlSource};
use crate::schema::Engine;

/// What is wanted, what is known from before, and how much may be asked.
pub(super) struct Extras<'a> {
    /// Tables and sequences that are wanted; no others are asked.
    pub(super) wanted: &'a (dyn Fn(&str) -> bool + Sync),
    /// What earlier discoveries remembered.
    pub(super) known: &'a Memory,
    /// What may still be asked.
    pub(super) allowance: &'a mut Allowance,
}

impl Extras<'_> {
    /// Asks what there is to ask of a database whose lists are `rows`, and adds MariaDB's sequences to them.
    ///
    /// # Errors
    /// A failed call.
    pub(super) async fn read(
        &mut self,
        source: &dyn SqlSource,
        engine: Engine,
        database: &str,
        rows: &mut DatabaseRows,
    ) -> Result<Creates, McpError> {
        match engine {
            Engine::Tidb => {
                let tables = rows_of(rows, Part::Tables);
                create::read(source, database, tables, self.wanted, self.known, self.allowance).await
            }
            Engine::Mariadb => self.sequences(source, database, rows).await,
            Engine::Mysql => Ok(Creates::default()),
        }
    }

    async fn sequences(
        &self,
        source: &dyn SqlSource,
        database: &str,
        rows: &mut DatabaseRows,
    ) -> Result<Creates, McpError> {
        let mut listed = std::collections::BTreeSet::new();
        for row in rows_of(rows, Part::Tables) {
            if let Some((name, ObjectKind::Sequence)) = assemble::object(row, Engine::Mariadb)? {
                listed.insert(name);
            }
        }
        let asked: Vec<(&str, &str)> =
            listed.iter().filter(|name| (self.wanted)(name)).map(|name| (database, name.as_str())).collect();
        let read = sequences::read(source, &asked).await?;
        let seen = read.iter().map(|row: &Row| row.text("k")).collect::<Result<Vec<_>, _>>()?;
        let refused: Vec<String> =
            asked.iter().filter(|(_, name)| !seen.contains(&hex(name))).map(|(_, name)| (*name).to_owned()).collect();
        rows.insert(Part::Sequences, read);
        let mut out = Creates::default();
        // What was refused would be refused at every poll.
        listed.retain(|name| !refused.contains(name));
        out.memory.remember_sequences(database, listed);
        Ok(out)
    }
}
