//! A filled-in example of every variable: what an expression may name is read off it. Plain data.

use serde_json::{Value, json};

use super::view::{change, column, database, database_name, foreign_key, index, params, query, table};
use crate::api::policy::{Params, Scope};
use crate::schema::{
    Check, CheckLevel, Column, Database, ForeignKey, Index, IndexType, KeyPart, PrimaryKey, ReferentialAction, Table,
    TableKind, TableTidb, Type,
};
use crate::validation::policy::{ChangeFacts, QueryFacts};

/// A filled-in example of every variable of a scope.
#[must_use]
pub(super) fn examples(scope: Scope) -> Vec<(&'static str, Value)> {
    let mut out = vec![
        ("server", example_server()),
        (
            "params",
            params(&Params { max: Some(0), values: vec![String::new()], names: vec![String::new()], pattern: None }),
        ),
    ];
    let table = example_table();
    let database = Database { name: String::new(), tables: vec![table.clone()], ..Database::default() };
    let mut whole = self::database(&database);
    (whole["views"], whole["sequences"]) = (json!([""]), json!([""]));
    let of_table = |out: &mut Vec<(&'static str, Value)>| {
        out.push(("db", whole.clone()));
        out.push(("table", self::table(&table)));
    };
    match scope {
        Scope::Database => out.push(("db", whole.clone())),
        Scope::Table => of_table(&mut out),
        Scope::Column => {
            of_table(&mut out);
            out.extend(table.columns.first().map(|c| ("column", column(c))));
        }
        Scope::Index => {
            of_table(&mut out);
            out.extend(table.indexes.first().map(|i| ("index", index(i))));
        }
        Scope::ForeignKey => {
            of_table(&mut out);
            out.extend(table.foreign_keys.first().map(|key| ("fk", foreign_key(key))));
        }
        Scope::Change => {
            out.push(("db", database_name("")));
            out.push(("change", change(&ChangeFacts::default())));
        }
        Scope::Query => {
            let facts =
                QueryFacts { tables: vec![String::new()], columns: vec![String::new()], ..QueryFacts::default() };
            out.push(("db", database_name("")));
            out.push(("query", query(&facts)));
        }
    }
    out
}

fn example_server() -> Value {
    json!({"dialect": "", "version": "", "lowerCaseTableNames": 0, "sqlMode": [""], "timeZone": "", "fkChecks": true})
}

/// One of everything a table can have.
fn example_table() -> Table {
    let part = KeyPart { column: Some(String::new()), ..KeyPart::default() };
    let column = Column {
        name: String::new(),
        ordinal: 1,
        r#type: Type { values: vec![String::new()], ..Type::bare("enum") },
        nullable: true,
        default: None,
        on_update: None,
        auto_increment: false,
        auto_random: None,
        generated: None,
        invisible: false,
        charset: String::new(),
        collation: String::new(),
        srid: None,
        comment: String::new(),
    };
    let index = Index {
        name: String::new(),
        unique: false,
        r#type: IndexType::Btree,
        parts: vec![part.clone()],
        invisible: false,
        global: false,
        multi_valued: false,
        predicate: String::new(),
        comment: String::new(),
    };
    let key = ForeignKey {
        name: String::new(),
        columns: vec![String::new()],
        ref_database: None,
        ref_table: String::new(),
        ref_columns: vec![String::new()],
        on_delete: ReferentialAction::Restrict,
        on_update: ReferentialAction::Restrict,
        valid: None,
    };
    let check = Check {
        name: String::new(),
        expr: String::new(),
        columns: vec![String::new()],
        enforced: None,
        level: CheckLevel::Table,
    };
    Table {
        name: String::new(),
        kind: TableKind::Base,
        engine: String::new(),
        collation: String::new(),
        comment: String::new(),
        columns: vec![column],
        primary_key: Some(PrimaryKey { columns: vec![part], clustered: false }),
        indexes: vec![index],
        foreign_keys: vec![key],
        checks: vec![check],
        partitioning: None,
        options: [(String::new(), String::new())].into(),
        generated_pk: false,
        tidb: TableTidb::default(),
    }
}
