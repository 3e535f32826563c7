//! SQL that makes a database again, on the same engine: sequences, tables with parents before children, foreign keys that
//! close a circle, views. Without CREATE DATABASE and USE: which database it is loaded into is the reader's choice. Pure.
//! What the model does not know is never invented; a comment says what is missing.

mod column;
mod keys;
mod objects;
mod order;
mod partition;
mod session;
mod table;
mod words;

use super::{MAX_TEXT, parts};
use crate::schema::{Database, ForeignKey, ServerFacts, Table};

/// The text, in one part or, past [`MAX_TEXT`], in several that are to be run in order; each sets its session up.
#[must_use]
pub fn texts(server: &ServerFacts, database: &Database) -> Vec<String> {
    texts_within(server, database, MAX_TEXT)
}

/// The statement that chooses the database, for a script of several.
#[must_use]
pub fn select(database: &Database) -> String {
    format!("USE {};\n", words::name(&database.name))
}

fn texts_within(server: &ServerFacts, database: &Database, most: usize) -> Vec<String> {
    let (head, foot) = (session::head(server, database), session::foot());
    let groups = parts::groups(statements(server, database), String::len, head.len() + foot.len(), most);
    groups.into_iter().map(|group| format!("{head}{}{foot}", group.concat())).collect()
}

/// Every statement with its notes, in an order in which they can be run.
fn statements(server: &ServerFacts, database: &Database) -> Vec<String> {
    let mut out: Vec<String> = database.sequences.iter().map(objects::sequence).collect();
    tables(server, database, &mut out);
    views(database, &mut out);
    // A blank line between two of them, for people.
    out.iter_mut().for_each(|statement| statement.push('\n'));
    out
}

fn tables(server: &ServerFacts, database: &Database, out: &mut Vec<String>) {
    let at = order::positions(database.tables.iter().map(|table| table.name.as_str()));
    let parent = |key: &ForeignKey| match key.ref_database {
        None => at.get(key.ref_table.as_str()).copied(),
        Some(_) => None,
    };
    let needs: Vec<Vec<usize>> =
        database.tables.iter().map(|table| table.foreign_keys.iter().filter_map(parent).collect()).collect();
    let mut made = vec![false; database.tables.len()];
    let mut later = Vec::new();
    for at in order::after_needs(&needs) {
        let Some(table) = database.tables.get(at) else { continue };
        if let Some(made) = made.get_mut(at) {
            *made = true;
        }
        // A table may point to itself; what is made later, or elsewhere, is another matter.
        let ready = |key: &ForeignKey| parent(key).is_none_or(|parent| made.get(parent).copied().unwrap_or(false));
        out.push(table::create(server.dialect, table, ready));
        later.extend(table.foreign_keys.iter().filter(|key| !ready(key)).map(|key| (table, key)));
    }
    let add = |(table, key): (&Table, &ForeignKey)| table::add_foreign_key(table, key);
    out.extend(later.into_iter().map(add));
}

fn views(database: &Database, out: &mut Vec<String>) {
    let at = order::positions(database.views.iter().map(|view| view.name.as_str()));
    let needs: Vec<Vec<usize>> = database
        .views
        .iter()
        .map(|view| order::qualified(&view.definition, &database.name))
        .map(|names| names.iter().filter_map(|name| at.get(name.as_str()).copied()).collect())
        .collect();
    let ordered = order::after_needs(&needs);
    out.extend(ordered.into_iter().filter_map(|at| database.views.get(at)).map(objects::view));
}

#[cfg(test)]
mod tests;
