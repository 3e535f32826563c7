//! Short words for parts of a schema, as messages show them. Pure.

use crate::schema::{
    Check, Column, DefaultValue, ForeignKey, Generated, GeneratedKind, Index, IndexType, KeyPart, Partitioning,
    PrimaryKey, ReferentialAction, Sequence, Table, View,
};

/// A column as it would be declared.
pub(super) fn column(column: &Column) -> String {
    let mut out = column.r#type.to_string();
    if !column.nullable {
        out.push_str(" not null");
    }
    if let Some(value) = &column.default {
        out.push_str(" default ");
        out.push_str(&default(value));
    }
    if column.auto_increment {
        out.push_str(" auto_increment");
    }
    if column.auto_random.is_some() {
        out.push_str(" auto_random");
    }
    if let Some(rule) = &column.generated {
        out.push(' ');
        out.push_str(&generated(rule));
    }
    out
}

pub(crate) fn default(value: &DefaultValue) -> String {
    match value {
        DefaultValue::Literal { value } => format!("'{value}'"),
        DefaultValue::Expression { value } => format!("({value})"),
        DefaultValue::CurrentTimestamp { fsp: 0 } => "current_timestamp".to_owned(),
        DefaultValue::CurrentTimestamp { fsp } => format!("current_timestamp({fsp})"),
    }
}

pub(crate) fn generated(rule: &Generated) -> String {
    format!("as ({}) {}", rule.expr, generated_kind(rule.kind))
}

pub(super) const fn generated_kind(kind: GeneratedKind) -> &'static str {
    match kind {
        GeneratedKind::Stored => "stored",
        GeneratedKind::Virtual => "virtual",
    }
}

pub(super) const fn nullability(nullable: bool) -> &'static str {
    if nullable { "null" } else { "not null" }
}

pub(crate) fn key_parts(parts: &[KeyPart]) -> String {
    let part = |part: &KeyPart| {
        let name = match (&part.column, &part.expression) {
            (Some(column), _) => column.clone(),
            (None, Some(expression)) => format!("({expression})"),
            (None, None) => "?".to_owned(),
        };
        let prefix = part.prefix.map(|prefix| format!("({prefix})")).unwrap_or_default();
        format!("{name}{prefix}{}", if part.desc { " desc" } else { "" })
    };
    format!("({})", parts.iter().map(part).collect::<Vec<_>>().join(", "))
}

pub(super) fn primary_key(key: &PrimaryKey) -> String {
    format!("primary key {}", key_parts(&key.columns))
}

pub(super) fn index(index: &Index) -> String {
    let unique = if index.unique { "unique " } else { "" };
    let kind = if index.r#type == IndexType::Btree { String::new() } else { format!("{} ", index_type(index.r#type)) };
    let predicate = match index.predicate.as_str() {
        "" => String::new(),
        predicate => format!(" where {predicate}"),
    };
    format!("{unique}{kind}index {}{predicate}", key_parts(&index.parts))
}

pub(crate) const fn index_type(kind: IndexType) -> &'static str {
    match kind {
        IndexType::Btree => "btree",
        IndexType::Hash => "hash",
        IndexType::Fulltext => "fulltext",
        IndexType::Spatial => "spatial",
        IndexType::Vector => "vector",
        IndexType::Columnar => "columnar",
    }
}

pub(super) fn foreign_key(key: &ForeignKey) -> String {
    let database = key.ref_database.as_deref().map(|database| format!("{database}.")).unwrap_or_default();
    format!(
        "foreign key ({}) references {database}{} ({})",
        key.columns.join(", "),
        key.ref_table,
        key.ref_columns.join(", ")
    )
}

pub(super) fn actions(key: &ForeignKey) -> String {
    format!("on delete {} on update {}", action(key.on_delete), action(key.on_update))
}

pub(crate) const fn action(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::Restrict => "restrict",
        ReferentialAction::Cascade => "cascade",
        ReferentialAction::SetNull => "set null",
        ReferentialAction::SetDefault => "set default",
        ReferentialAction::Unknown => "unknown",
    }
}

pub(super) fn check(check: &Check) -> String {
    format!("check ({})", check.expr)
}

pub(crate) fn partitioning(scheme: Option<&Partitioning>) -> String {
    let part = |method: &str, expression: &str| format!("{method} ({expression})");
    scheme.map_or_else(
        || "not partitioned".to_owned(),
        |scheme| {
            let sub = match scheme.sub_method.as_str() {
                "" => String::new(),
                method => format!(", each by {}", part(method, &scheme.sub_expression)),
            };
            format!("by {}{sub}", part(&scheme.method, &scheme.expression))
        },
    )
}

pub(super) fn table(table: &Table) -> String {
    format!("table of {}", counted(table.columns.len(), "column"))
}

pub(super) fn view(view: &View) -> String {
    format!("view of {}", counted(view.columns.len(), "column"))
}

pub(crate) fn sequence(sequence: &Sequence) -> String {
    let Sequence { start, increment, min, max, cache, cycle, .. } = sequence;
    let cycle = if *cycle { " cycle" } else { "" };
    format!("start {start} increment {increment} min {min} max {max} cache {cache}{cycle}")
}

/// A number and its noun.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A name in a sentence.
pub(super) fn named(name: &str) -> String {
    format!("`{name}`")
}
