//! `show`: one table, view or sequence in full.

use super::Printed;
use super::cluster::Target;
use super::names::{Object, find, quoted};
use super::text::{aligned, row};
use crate::schema::changes::describe::{action, default, generated, index_type, key_parts, partitioning, sequence};
use crate::schema::summary::printable;
use crate::schema::{
    Check, Column, DefaultValue, ForeignKey, Index, KeyPart, ReferentialAction, Snapshot, Table, TableKind, View,
};

/// Prints one object of what is published.
pub(super) async fn run(target: &Target, name: &str) -> Result<Printed, String> {
    render(&target.published().await?.snapshot, name).map(Printed::clean)
}

fn render(snapshot: &Snapshot, name: &str) -> Result<String, String> {
    let (database, object) = find(snapshot, name)?;
    let title = |name: &str, what: &str| {
        format!("{}.{}: {what}\n", printable(&quoted(&database.name)), printable(&quoted(name)))
    };
    Ok(match object {
        Object::Table(one) => title(&one.name, &kind(one)) + &table(one),
        Object::View(one) => title(&one.name, "view") + &view(one),
        Object::Sequence(one) if one.unknown => title(&one.name, "sequence; how it counts could not be read"),
        Object::Sequence(one) => {
            title(&one.name, "sequence") + &comment(&one.comment) + &printable(&sequence(one)) + "\n"
        }
    })
}

fn kind(table: &Table) -> String {
    let kind = match table.kind {
        TableKind::Base => "table",
        TableKind::SystemVersioned => "table with system versioning",
    };
    let words = [kind, &table.engine, &table.collation];
    printable(&words.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join(", "))
}

fn comment(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{}\n", printable(text)) }
}

fn table(table: &Table) -> String {
    let mut out = comment(&table.comment);
    if table.tidb.extras_unknown {
        out.push_str("what only SHOW CREATE TABLE tells of it could not be read\n");
    }
    out.push('\n');
    out.push_str(&columns(&table.columns, Some(table)));
    section(&mut out, ["INDEX", "COLUMNS", "KIND", "NOTE", "COMMENT"], indexes(table));
    let foreign = table.foreign_keys.iter().map(foreign_key).collect();
    section(&mut out, ["FOREIGN KEY", "COLUMNS", "REFERENCES", "ON DELETE", "ON UPDATE", "NOTE"], foreign);
    section(&mut out, ["CHECK", "CONDITION", "NOTE"], table.checks.iter().map(check).collect());
    if let Some(scheme) = &table.partitioning {
        out.push_str(&format!("\nPARTITIONED {}\n", printable(&partitioning(Some(scheme)))));
    }
    out
}

fn view(view: &View) -> String {
    let mut out = match (view.invalid, view.definition.as_str()) {
        (true, _) => "names something that is gone\n".to_owned(),
        (false, "") => "its SELECT is not visible to the account\n".to_owned(),
        (false, definition) => format!("{}\n", printable(definition)),
    };
    if !view.columns.is_empty() {
        out.push('\n');
        out.push_str(&columns(&view.columns, None));
    }
    out
}

/// A headed table, or nothing when it has no rows.
fn section<const N: usize>(out: &mut String, head: [&str; N], mut rows: Vec<Vec<String>>) {
    if rows.is_empty() {
        return;
    }
    rows.insert(0, row(head));
    out.push('\n');
    out.push_str(&aligned(&rows, &[], ""));
}

fn columns(columns: &[Column], table: Option<&Table>) -> String {
    let mut rows = vec![row(["COLUMN", "TYPE", "NULL", "DEFAULT", "KEY", "EXTRA", "COMMENT"])];
    rows.extend(columns.iter().map(|column| {
        let nullable = if column.nullable { "yes" } else { "no" };
        let keys = table.map(|table| keys(table, &column.name)).unwrap_or_default();
        let told =
            [&value(column), &keys, &extra(column, table.map(|table| table.collation.as_str())), &column.comment];
        let [value, keys, extra, comment] = told;
        row([&column.name, &column.r#type.to_string(), nullable, value, keys, extra, comment])
    }));
    aligned(&rows, &[], "")
}

/// The default; a column that may be NULL and says nothing has NULL, one that may not has none.
fn value(column: &Column) -> String {
    match &column.default {
        _ if column.generated.is_some() => "-".to_owned(),
        Some(DefaultValue::Literal { value }) if column.r#type.is_numeric() => value.clone(),
        Some(value) => default(value),
        None if column.nullable => "NULL".to_owned(),
        None => "-".to_owned(),
    }
}

/// PK, UK, FK as in diagrams, and IX for any other index.
fn keys(table: &Table, column: &str) -> String {
    let holds = |parts: &[KeyPart]| parts.iter().any(|part| part.column.as_deref() == Some(column));
    let index = |unique: bool| table.indexes.iter().any(|index| index.unique == unique && holds(&index.parts));
    let foreign = table.foreign_keys.iter().any(|key| key.columns.iter().any(|name| name == column));
    let primary = table.primary_key.as_ref().is_some_and(|key| holds(&key.columns));
    let marks = [("PK", primary), ("UK", index(true)), ("FK", foreign), ("IX", index(false))];
    marks.iter().filter(|(_, is)| *is).map(|(mark, _)| *mark).collect::<Vec<_>>().join(",")
}

fn extra(column: &Column, collation: Option<&str>) -> String {
    let mut words: Vec<String> = Vec::new();
    if column.auto_increment {
        words.push("auto_increment".to_owned());
    }
    words.extend(column.auto_random.map(|random| format!("auto_random({}, {})", random.shard_bits, random.range_bits)));
    words.extend(column.generated.as_ref().map(generated));
    words.extend(column.on_update.as_ref().map(|value| format!("on update {}", default(value))));
    if column.invisible {
        words.push("invisible".to_owned());
    }
    if !column.collation.is_empty() && collation != Some(column.collation.as_str()) {
        words.push(format!("collate {}", column.collation));
    }
    words.extend(column.srid.map(|srid| format!("srid {srid}")));
    words.join(", ")
}

fn indexes(table: &Table) -> Vec<Vec<String>> {
    let primary = table.primary_key.iter().map(|key| {
        let notes = [("clustered", key.clustered), ("made by the server", table.generated_pk)];
        row(["PRIMARY", &key_parts(&key.columns), "primary key", &noted(&notes), ""])
    });
    primary.chain(table.indexes.iter().map(index)).collect()
}

fn index(index: &Index) -> Vec<String> {
    let unique = if index.unique { "unique " } else { "" };
    let predicate = format!("where {}", index.predicate);
    let notes = [
        ("invisible", index.invisible),
        ("global", index.global),
        ("several entries per row", index.multi_valued),
        (predicate.as_str(), !index.predicate.is_empty()),
    ];
    let kind = format!("{unique}{}", index_type(index.r#type));
    row([&index.name, &key_parts(&index.parts), &kind, &noted(&notes), &index.comment])
}

fn foreign_key(key: &ForeignKey) -> Vec<String> {
    let database = key.ref_database.as_deref().map(|database| format!("{}.", quoted(database))).unwrap_or_default();
    let references = format!("{database}{} ({})", quoted(&key.ref_table), key.ref_columns.join(", "));
    let columns = format!("({})", key.columns.join(", "));
    let notes = [
        ("not enforced", key.valid == Some(false)),
        ("rules not visible to the account", key.on_delete == ReferentialAction::Unknown),
    ];
    row([&key.name, &columns, &references, action(key.on_delete), action(key.on_update), &noted(&notes)])
}

fn check(check: &Check) -> Vec<String> {
    let unknown = check.expr == "unknown";
    let notes = [("not enforced", check.enforced == Some(false)), ("condition not visible to the account", unknown)];
    row([&check.name, if unknown { "-" } else { &check.expr }, &noted(&notes)])
}

fn noted(notes: &[(&str, bool)]) -> String {
    notes.iter().filter(|(_, is)| *is).map(|(note, _)| *note).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::super::testing::shop;
    use super::*;

    #[test]
    fn a_table_is_shown_with_everything_it_has() {
        let want = "\
shop.orders: table, InnoDB, utf8mb4_bin
what was bought

COLUMN    TYPE                NULL  DEFAULT               KEY    EXTRA                            COMMENT
id        bigint unsigned     no    -                     PK     auto_increment
customer  int                 yes   NULL                  UK,FK
state     enum('new','paid')  no    'new'                 IX     collate latin1_bin               how far it is
changed   datetime(3)         no    current_timestamp(3)         on update current_timestamp(3)
twice     int                 yes   -                            as (`id` * 2) stored, invisible

INDEX     COLUMNS                 KIND         NOTE       COMMENT
PRIMARY   (id)                    primary key  clustered
by_state  (state(3) desc)         btree
once      (customer, (`id` + 1))  unique hash  invisible  one each

FOREIGN KEY  COLUMNS     REFERENCES      ON DELETE  ON UPDATE  NOTE
fk_customer  (customer)  customers (id)  set null   restrict

CHECK  CONDITION  NOTE
ck     `id` > 0   not enforced

PARTITIONED by range (`id`)
";
        assert_eq!(render(&shop(), "shop.orders").unwrap(), want);
    }

    #[test]
    fn views_sequences_and_unknown_names_are_told_apart() {
        let mut snapshot = shop();
        let view = json!({"name": "a.view", "definition": "select 1\nas `x`", "columns": [
            {"name": "x", "ordinal": 1, "type": {"base": "int"}, "nullable": false, "default": {"kind": "literal", "value": "0"}}]});
        let views = &mut snapshot.databases[1].views;
        views.push(serde_json::from_value(view).unwrap());
        for (name, want) in [
            ("shop.broken", Ok("shop.broken: view\nnames something that is gone\n".to_owned())),
            (
                "shop.`a.view`",
                Ok("shop.`a.view`: view\nselect 1\u{FFFD}as `x`\n\n\
                    COLUMN  TYPE  NULL  DEFAULT  KEY  EXTRA  COMMENT\nx       int   no    0\n"
                    .to_owned()),
            ),
            ("numbers", Ok("shop.numbers: sequence\nstart 1 increment 5 min 1 max 99 cache 10\n".to_owned())),
            (
                "shop.numbrs",
                Err("there is no table, view or sequence `numbrs` in database `shop`; did you mean `numbers`?"
                    .to_owned()),
            ),
        ] {
            assert_eq!(render(&snapshot, name), want, "{name}");
        }
        snapshot.databases[1].sequences[0].unknown = true;
        assert_eq!(render(&snapshot, "numbers").unwrap(), "shop.numbers: sequence; how it counts could not be read\n");
    }

    #[test]
    fn what_an_account_may_not_see_is_said() {
        let key = json!({"name": "fk", "columns": ["a"], "refDatabase": "o.d", "refTable": "t", "refColumns": ["b"],
            "onDelete": "unknown", "onUpdate": "unknown", "valid": false});
        let hidden = json!({"name": "ck", "expr": "unknown"});
        assert_eq!(
            foreign_key(&serde_json::from_value(key).unwrap()),
            ["fk", "(a)", "`o.d`.t (b)", "unknown", "unknown", "not enforced, rules not visible to the account"]
        );
        assert_eq!(
            check(&serde_json::from_value(hidden).unwrap()),
            ["ck", "-", "condition not visible to the account"]
        );
    }
}
