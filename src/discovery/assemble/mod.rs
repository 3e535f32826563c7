//! Rows in, model out: groups the rows of a database by table and puts each object together. Pure; asks nothing and
//! knows no clock. What the rows cannot tell exactly comes back as a warning.

mod columns;
mod constraints;
mod indexes;
mod sequences;
mod tables;
mod tidb;
mod views;

use std::collections::BTreeMap;

use super::create::Creates;
use super::error::DiscoveryError;
use super::facts::Attributes;
use super::fingerprint::Ddl;
use super::normalize::temporal::Zone;
use super::queries::Part;
use super::warning::{Warning, WarningCode};
use crate::mcp::McpError;
use crate::mcp::rows::{Row, Rows};
use crate::schema::{Database, Engine, TableKind};

/// Every row read of a database, one list per part.
pub(super) type DatabaseRows = BTreeMap<Part, Rows>;

/// The rows of a part; none when it was not read.
pub(super) fn rows_of(rows: &DatabaseRows, part: Part) -> &[Row] {
    rows.get(&part).map_or(&[], Vec::as_slice)
}

/// What must be known to read the rows right.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    /// The database's name.
    pub(super) database: &'a str,
    /// The engine.
    pub(super) engine: Engine,
    /// Table and database names compare without case.
    pub(super) fold: bool,
    /// The session's time zone.
    pub(super) zone: Zone,
    /// Whether half-built objects may be in the rows.
    pub(super) ddl: Ddl,
    /// What SHOW CREATE TABLE told (TiDB).
    pub(super) creates: &'a Creates,
    /// Parts this version of the server does not have.
    pub(super) missing: &'a [Part],
}

impl Context<'_> {
    fn warning(&self, object: &str, element: &str, code: WarningCode) -> Warning {
        Warning { database: self.database.to_owned(), object: object.to_owned(), element: element.to_owned(), code }
    }

    /// Both name the same table or database.
    fn same(&self, a: &str, b: &str) -> bool {
        a == b || (self.fold && a.to_lowercase() == b.to_lowercase())
    }
}

/// What a row of the list of tables is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObjectKind {
    /// A base table.
    Table(TableKind),
    /// A view.
    View,
    /// A sequence.
    Sequence,
}

/// The name and kind of a row of the list of tables; `None` for what is not published here (temporary tables, the
/// server's own views).
pub(super) fn object(row: &Row, engine: Engine) -> Result<Option<(String, ObjectKind)>, McpError> {
    if engine == Engine::Mariadb && row.text_or_null("tmp")?.as_deref() == Some("Y") {
        return Ok(None);
    }
    let kind = match row.text("typ")?.to_ascii_uppercase().as_str() {
        "BASE TABLE" => ObjectKind::Table(TableKind::Base),
        "SYSTEM VERSIONED" => ObjectKind::Table(TableKind::SystemVersioned),
        "VIEW" => ObjectKind::View,
        "SEQUENCE" => ObjectKind::Sequence,
        _ => return Ok(None),
    };
    Ok(Some((row.text("t")?, kind)))
}

/// Rows by part and table (HEX of its name).
struct Grouped<'r>(BTreeMap<(Part, String), Vec<&'r Row>>);

impl<'r> Grouped<'r> {
    fn new(rows: &'r DatabaseRows) -> Result<Self, McpError> {
        let mut out: BTreeMap<_, Vec<&Row>> = BTreeMap::new();
        for (part, list) in rows.iter().filter(|(part, _)| **part != Part::Tables) {
            for row in list {
                out.entry((*part, row.text("k")?)).or_default().push(row);
            }
        }
        Ok(Self(out))
    }

    fn of(&self, part: Part, table: &str) -> &[&'r Row] {
        self.0.get(&(part, table.to_owned())).map_or(&[], Vec::as_slice)
    }
}

/// Puts the wanted objects of a database together. `attributes` are empty where the account cannot see them.
///
/// # Errors
/// Rows that lack a cell, or a table without a single column, which no engine allows: the account cannot see it whole.
pub(super) fn database(
    context: &Context<'_>,
    attributes: Attributes,
    rows: &DatabaseRows,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<(Database, Vec<Warning>), DiscoveryError> {
    let parts = Grouped::new(rows)?;
    let (mut tables, mut views, mut sequences, mut warnings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in rows_of(rows, Part::Tables) {
        match object(row, context.engine)?.filter(|(name, _)| wanted(name)) {
            Some((name, ObjectKind::Table(kind))) => {
                tables.push(tables::table(context, row, (name, kind), &parts, &mut warnings)?);
            }
            Some((name, ObjectKind::View)) => views.push(views::view(context, row, name, &parts, &mut warnings)?),
            Some((name, ObjectKind::Sequence)) => {
                sequences.push(sequences::sequence(context, row, name, &parts, &mut warnings)?);
            }
            None => {}
        }
    }
    tables.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    views.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    sequences.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    if tables.iter().any(|table| table.tidb.extras_unknown) {
        warnings.push(context.warning("", "", WarningCode::ExtrasUnknown));
    }
    constraints::spell_parents(context, rows_of(rows, Part::Tables), &mut tables)?;
    let Attributes { charset, collation, placement } = attributes;
    let name = context.database.to_owned();
    Ok((Database { name, charset, collation, placement, tables, views, sequences }, warnings))
}

#[cfg(test)]
mod tests;
