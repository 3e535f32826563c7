//! Rows in, model out: groups the rows of a database by table and puts each object together. Pure; asks nothing and
//! knows no clock. What the rows cannot tell exactly comes back as a warning.

mod columns;
mod constraints;
mod indexes;

use std::collections::BTreeMap;

use super::error::DiscoveryError;
use super::fingerprint::Ddl;
use super::normalize::temporal::Zone;
use super::normalize::{charset, options};
use super::queries::Part;
use super::warning::{Warning, WarningCode};
use crate::mcp::McpError;
use crate::mcp::rows::{Row, Rows};
use crate::schema::{Check, Column, Database, Engine, Table, TableKind, Type, View};

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
}

impl Context<'_> {
    fn warning(&self, object: &str, element: &str, code: WarningCode) -> Warning {
        Warning { database: self.database.to_owned(), object: object.to_owned(), element: element.to_owned(), code }
    }
}

/// What a row of the list of tables is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObjectKind {
    /// A base table.
    Table(TableKind),
    /// A view.
    View,
}

/// The name and kind of a row of the list of tables; `None` for what is not published here (sequences, temporary
/// tables, the server's own views).
pub(super) fn object(row: &Row, engine: Engine) -> Result<Option<(String, ObjectKind)>, McpError> {
    if engine == Engine::Mariadb && row.text_or_null("tmp")?.as_deref() == Some("Y") {
        return Ok(None);
    }
    let kind = match row.text("typ")?.to_ascii_uppercase().as_str() {
        "BASE TABLE" => ObjectKind::Table(TableKind::Base),
        "SYSTEM VERSIONED" => ObjectKind::Table(TableKind::SystemVersioned),
        "VIEW" => ObjectKind::View,
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

/// Puts the wanted tables and views of a database together. `charset` and `collation` are empty where the account
/// cannot see them.
///
/// # Errors
/// Rows that lack a cell, or a table without a single column, which no engine allows: the account cannot see it whole.
pub(super) fn database(
    context: &Context<'_>,
    attributes: (String, String),
    rows: &DatabaseRows,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<(Database, Vec<Warning>), DiscoveryError> {
    let parts = Grouped::new(rows)?;
    let (charset, collation) = attributes;
    let (mut tables, mut views, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows_of(rows, Part::Tables) {
        match object(row, context.engine)? {
            Some((name, ObjectKind::Table(kind))) if wanted(&name) => {
                tables.push(table(context, row, (name, kind), &parts, &mut warnings)?);
            }
            Some((name, ObjectKind::View)) if wanted(&name) => {
                views.push(view(context, row, name, &parts, &mut warnings)?);
            }
            _ => {}
        }
    }
    tables.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    views.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok((Database { name: context.database.to_owned(), charset, collation, tables, views }, warnings))
}

fn table(
    context: &Context<'_>,
    row: &Row,
    (name, kind): (String, TableKind),
    parts: &Grouped<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Table, DiscoveryError> {
    let key = row.text("k")?;
    let read = columns::of_table(context, &name, parts.of(Part::Columns, &key), warnings)?;
    if read.columns.is_empty() {
        return Err(DiscoveryError::Incomplete {
            database: context.database.to_owned(),
            part: format!("table {name}"),
            problem: "no column of it is visible: grant SELECT on it, repair it, or leave it out by tables.exclude"
                .to_owned(),
        });
    }
    let mut columns = read.columns;
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let mut checks = constraints::checks(context, parts.of(Part::Checks, &key), &names)?;
    if context.engine == Engine::Mariadb {
        json_columns(&mut columns, &mut checks);
    }
    let hidden = |column: &str| kind == TableKind::SystemVersioned && !names.iter().any(|name| name == column);
    let public = parts.of(Part::PublicIndexes, &key);
    let (primary_key, indexes) = indexes::indexes(context, parts.of(Part::IndexParts, &key), public, &hidden)?;
    let rules = parts.of(Part::ForeignKeyRules, &key);
    let foreign_keys =
        constraints::foreign_keys(context, &name, parts.of(Part::ForeignKeyParts, &key), rules, warnings)?;
    let mut options = options::parse(&row.text_or_null("opts")?.unwrap_or_default());
    if !read.compressed.is_empty() {
        options.insert("compressed".to_owned(), read.compressed.join(","));
    }
    Ok(Table {
        name,
        kind,
        engine: row.text_or_null("eng")?.unwrap_or_default(),
        collation: charset(&row.text_or_null("coll")?.unwrap_or_default()),
        comment: row.text_or_null("cmt")?.unwrap_or_default(),
        columns,
        primary_key,
        indexes,
        foreign_keys,
        checks,
        options,
    })
}

/// MariaDB's JSON is longtext and a check `json_valid` named as the column: both together are the type.
fn json_columns(columns: &mut [Column], checks: &mut Vec<Check>) {
    for column in columns.iter_mut().filter(|column| column.r#type.base == "longtext") {
        let valid = format!("json_valid(`{}`)", column.name.replace('`', "``"));
        let before = checks.len();
        checks.retain(|check| !(check.name == column.name && check.expr == valid));
        if checks.len() < before {
            column.r#type = Type::bare("json");
            column.charset.clear();
            column.collation.clear();
        }
    }
}

fn view(
    context: &Context<'_>,
    row: &Row,
    name: String,
    parts: &Grouped<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<View, DiscoveryError> {
    let key = row.text("k")?;
    let columns = columns::of_view(context, &name, parts.of(Part::Columns, &key), warnings)?;
    let invalid = columns.is_empty();
    if invalid {
        warnings.push(context.warning(&name, "", WarningCode::ViewInvalid));
    }
    let own = parts.of(Part::Views, &key).first();
    let cell = |label: &str| own.map_or(Ok(None), |row| row.text_or_null(label)).map(Option::unwrap_or_default);
    // TiDB says CASCADED and NO of every view.
    let told = context.engine != Engine::Tidb;
    let definition = cell("def")?;
    if definition.is_empty() {
        warnings.push(context.warning(&name, "", WarningCode::ViewHidden));
    }
    let check_option = cell("chk")?.to_ascii_lowercase();
    Ok(View {
        name,
        definition,
        check_option: if told && check_option != "none" { check_option } else { String::new() },
        security: cell("sec")?.to_ascii_lowercase(),
        updatable: told && cell("upd")?.eq_ignore_ascii_case("yes"),
        invalid,
        columns,
    })
}

#[cfg(test)]
mod tests;
