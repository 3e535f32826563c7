//! The tables of a database and their foreign keys as a Mermaid `erDiagram`. Pure.
//! Mermaid has no way to escape anything, so that a character that a word cannot hold becomes `_`, with the name
//! itself beside it, and texts lose what would end them.

use std::collections::{BTreeMap, BTreeSet};

use super::{MAX_TEXT, parts};
use crate::schema::{Column, Database, ForeignKey, KeyPart, Table, Type};

const HEAD: &str = "erDiagram\n";

/// Words that Mermaid's lexer takes for something else where an entity may stand, in lower case; the last three are also
/// the keys of a column.
const RESERVED: [&str; 18] = [
    "one",
    "many",
    "only",
    "zero",
    "to",
    "optionally",
    "u",
    "title",
    "style",
    "class",
    "classdef",
    "direction",
    "acctitle",
    "accdescr",
    "erdiagram",
    "pk",
    "fk",
    "uk",
];

/// Most characters of a comment; a diagram is no place for more.
const MAX_COMMENT: usize = 120;

/// The diagram, in one part or, past [`MAX_TEXT`], in several that each stand alone: a table stands with the edges to its
/// parents, which are then boxes without columns where they belong to another part.
#[must_use]
pub fn texts(database: &Database) -> Vec<String> {
    texts_within(database, MAX_TEXT)
}

fn texts_within(database: &Database, most: usize) -> Vec<String> {
    let entities = Entities::of(database);
    let pieces: Vec<Piece> = database.tables.iter().map(|table| piece(table, &entities)).collect();
    let groups = parts::groups(pieces, Piece::bytes, HEAD.len(), most);
    groups.into_iter().map(|group| whole(&group)).collect()
}

/// A table with its edges, and the boxes those edges end at.
struct Piece {
    id: String,
    text: String,
    parents: BTreeMap<String, String>,
}

impl Piece {
    fn bytes(&self) -> usize {
        self.text.len() + self.parents.values().map(String::len).sum::<usize>()
    }
}

fn whole(group: &[Piece]) -> String {
    let own: BTreeSet<&String> = group.iter().map(|piece| &piece.id).collect();
    let parents: BTreeMap<&String, &String> = group.iter().flat_map(|piece| &piece.parents).collect();
    let elsewhere = parents.into_iter().filter(|(id, _)| !own.contains(id)).map(|(_, text)| text.as_str());
    let tables = group.iter().map(|piece| piece.text.as_str());
    std::iter::once(HEAD).chain(elsewhere).chain(tables).collect()
}

/// The word in the diagram for each table, those of other databases and missing ones among them.
struct Entities(BTreeMap<(String, String), String>);

impl Entities {
    fn of(database: &Database) -> Self {
        let own = database.tables.iter().map(|table| (String::new(), table.name.clone()));
        let keys = database.tables.iter().flat_map(|table| &table.foreign_keys).map(parent);
        let (mut ids, mut taken) = (BTreeMap::new(), BTreeSet::new());
        for entity in own.chain(keys) {
            if ids.contains_key(&entity) {
                continue;
            }
            let word = word(&title(&entity), true);
            let mut id = word.clone();
            let mut number = 2;
            // Ids that differ by case alone would be hard to tell apart, and are the same to nobody.
            while !taken.insert(id.clone()) {
                id = format!("{word}_{number}");
                number += 1;
            }
            ids.insert(entity, id);
        }
        Self(ids)
    }

    fn id(&self, entity: &(String, String)) -> &str {
        self.0.get(entity).map_or("_", String::as_str)
    }

    /// The id, with the name as a label where the id does not say it.
    fn declared(&self, entity: &(String, String)) -> String {
        let (id, title) = (self.id(entity), title(entity));
        if id == title { id.to_owned() } else { format!("{id}[\"{}\"]", label(&title)) }
    }
}

fn parent(key: &ForeignKey) -> (String, String) {
    (key.ref_database.clone().unwrap_or_default(), key.ref_table.clone())
}

fn title((database, table): &(String, String)) -> String {
    if database.is_empty() { table.clone() } else { format!("{database}.{table}") }
}

fn piece(table: &Table, entities: &Entities) -> Piece {
    let entity = (String::new(), table.name.clone());
    let id = entities.id(&entity).to_owned();
    let mut text = format!("  {} {{\n", entities.declared(&entity));
    for column in &table.columns {
        text.push_str(&attribute(table, column));
    }
    text.push_str("  }\n");
    let mut parents = BTreeMap::new();
    for key in &table.foreign_keys {
        let parent = parent(key);
        text.push_str(&format!(
            "  {} {} {id} : \"{}\"\n",
            entities.id(&parent),
            cardinality(table, key),
            label(&key.name)
        ));
        parents.insert(entities.id(&parent).to_owned(), format!("  {}\n", entities.declared(&parent)));
    }
    Piece { id, text, parents }
}

fn attribute(table: &Table, column: &Column) -> String {
    let name = &column.name;
    let in_key = |parts: &[KeyPart]| parts.iter().any(|part| part.column.as_ref() == Some(name));
    let primary = table.primary_key.as_ref().is_some_and(|key| in_key(&key.columns));
    let foreign = table.foreign_keys.iter().any(|key| key.columns.contains(name));
    let unique = table.indexes.iter().any(|index| index.unique && in_key(&index.parts));
    let keys = [("PK", primary), ("FK", foreign), ("UK", unique)];
    let keys: Vec<&str> = keys.into_iter().filter(|(_, is)| *is).map(|(key, _)| key).collect();
    let said = word(name, false);
    let remarks = [Some(name).filter(|name| **name != said), Some(&column.comment)];
    let remarks: Vec<&str> =
        remarks.into_iter().flatten().map(String::as_str).filter(|text| !text.is_empty()).collect();
    let mut line = format!("    {} {said}", type_word(&column.r#type));
    if !keys.is_empty() {
        line.push_str(&format!(" {}", keys.join(", ")));
    }
    if !remarks.is_empty() {
        line.push_str(&format!(" \"{}\"", label(&remarks.join(": "))));
    }
    line.push('\n');
    line
}

/// `decimal_10_2`, `bigint_unsigned`; the members of an enum stand in the schema and not here.
fn type_word(r#type: &Type) -> String {
    let shown = Type { values: Vec::new(), ..r#type.clone() }.to_string();
    let parts: Vec<&str> = shown.split(['(', ')', ',', ' ']).filter(|part| !part.is_empty()).collect();
    // Of a type that nobody told us about there may be nothing left.
    if parts.is_empty() { "unknown".to_owned() } else { word(&parts.join("_"), false) }
}

/// Parent side: exactly one when every column is NOT NULL. Child side: at most one when the columns are unique.
fn cardinality(table: &Table, key: &ForeignKey) -> &'static str {
    let column = |name: &String| table.columns.iter().find(|column| column.name == *name);
    let required = key.columns.iter().all(|name| column(name).is_some_and(|column| !column.nullable));
    let covers = |parts: &[KeyPart]| {
        let all =
            |part: &KeyPart| part.prefix.is_none() && part.column.as_ref().is_some_and(|c| key.columns.contains(c));
        !parts.is_empty() && parts.iter().all(all)
    };
    let primary = table.primary_key.as_ref().is_some_and(|primary| covers(&primary.columns));
    let unique = primary || table.indexes.iter().any(|index| index.unique && covers(&index.parts));
    match (required, unique) {
        (true, false) => "||--o{",
        (true, true) => "||--o|",
        (false, false) => "|o--o{",
        (false, true) => "|o--o|",
    }
}

/// A name as one word: letters, digits, `_` and `-`, beginning with a letter or `_`, and none of Mermaid's own.
fn word(name: &str, entity: bool) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
    let word: String = name.chars().map(plain).collect();
    let lower = word.to_ascii_lowercase();
    let starts_well = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let reserved = RESERVED.contains(&lower.as_str()) && (entity || lower.len() == 2);
    if starts_well && !reserved { word } else { format!("_{word}") }
}

/// A text between double quotes: without what ends it, without `%`, which may begin a comment or directive, and without
/// the backslash and the tilde, which labels do not take.
fn label(text: &str) -> String {
    let plain = |c: char| match c {
        '"' => '\'',
        '%' | '\\' | '~' => '_',
        c if c.is_control() => ' ',
        c => c,
    };
    let mut out: String = text.chars().map(plain).take(MAX_COMMENT).collect();
    if text.chars().nth(MAX_COMMENT).is_some() {
        out.push('…');
    }
    // A label that is empty is no label.
    if out.trim().is_empty() { "_".to_owned() } else { out }
}

#[cfg(test)]
#[path = "mermaid_tests.rs"]
mod tests;
