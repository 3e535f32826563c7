//! Names as a person types them, DB.TABLE with backquotes where needed, and what they stand for in a schema. Pure.

use super::text::listed;
use crate::schema::{Database, Sequence, Snapshot, Table, View};
use crate::validation::query::suggest::nearest;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object<'a> {
    /// A base table.
    Table(&'a Table),
    /// A view.
    View(&'a View),
    /// A sequence.
    Sequence(&'a Sequence),
}

/// A name as it is typed: in backquotes where a dot or backquote in it would say something else.
pub(super) fn quoted(name: &str) -> String {
    if name.contains(['.', '`']) { format!("`{}`", name.replace('`', "``")) } else { name.to_owned() }
}

/// The one or two parts of a name.
pub(super) fn parse(text: &str) -> Result<(Option<String>, String), String> {
    let mut parts = parts(text)?.into_iter();
    match (parts.next(), parts.next(), parts.next()) {
        (Some(only), None, _) => Ok((None, only)),
        (Some(database), Some(name), None) => Ok((Some(database), name)),
        _ => Err(format!(
            "{text} has more than two parts: put backquotes around a name that holds a dot, as in '`a.b`.orders'"
        )),
    }
}

fn parts(text: &str) -> Result<Vec<String>, String> {
    let (mut parts, mut chars) = (Vec::new(), text.chars().peekable());
    loop {
        let mut part = String::new();
        if chars.next_if_eq(&'`').is_some() {
            loop {
                match chars.next() {
                    Some('`') if chars.next_if_eq(&'`').is_some() => part.push('`'),
                    Some('`') => break,
                    Some(c) => part.push(c),
                    None => return Err(format!("{text}: a backquote is not closed")),
                }
            }
        } else {
            while let Some(c) = chars.next_if(|c| *c != '.') {
                part.push(c);
            }
        }
        if part.is_empty() {
            return Err(format!("'{text}' has an empty part: give DB.TABLE, as in shop.orders"));
        }
        parts.push(part);
        match chars.next() {
            None => return Ok(parts),
            Some('.') => {}
            Some(_) => return Err(format!("{text}: after a backquote comes a dot or nothing")),
        }
    }
}

/// The database of that name.
pub(super) fn database<'a>(snapshot: &'a Snapshot, name: &str) -> Result<&'a Database, String> {
    let all = || snapshot.databases.iter();
    let found = all().find(|one| one.name == name).or_else(|| all().find(|one| same(snapshot, &one.name, name)));
    found.ok_or_else(|| {
        let names = || all().map(|one| one.name.as_str());
        let hint = nearest(name, names()).unwrap_or_else(|| match snapshot.databases.len() {
            0 => "the snapshot holds none".to_owned(),
            _ => format!("there are: {}", listed(names())),
        });
        format!("there is no database `{name}` in this snapshot; {hint}")
    })
}

/// The table, view or sequence a name stands for, with its database.
pub(super) fn find<'a>(snapshot: &'a Snapshot, text: &str) -> Result<(&'a Database, Object<'a>), String> {
    let (first, name) = parse(text)?;
    let Some(first) = first else { return alone(snapshot, &name) };
    let database = database(snapshot, &first)?;
    object(snapshot, database, &name).map(|object| (database, object)).ok_or_else(|| {
        let hint = nearest(&name, names_of(database)).unwrap_or_else(|| elsewhere(snapshot, &name));
        format!("there is no table, view or sequence `{name}` in database `{}`; {hint}", database.name)
    })
}

/// A name without database: there may be one thing of that name only.
fn alone<'a>(snapshot: &'a Snapshot, name: &str) -> Result<(&'a Database, Object<'a>), String> {
    let found = snapshot.databases.iter().filter_map(|database| Some((database, object(snapshot, database, name)?)));
    let found: Vec<_> = found.collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => {
            let hint = nearest(name, snapshot.databases.iter().flat_map(names_of));
            let hint = hint.unwrap_or_else(|| "kubectl schema tree lists what there is".to_owned());
            Err(format!("there is no table, view or sequence `{name}` in this snapshot; {hint}"))
        }
        several => {
            let databases = listed(several.iter().map(|(database, _)| database.name.as_str()));
            Err(format!("`{name}` is in several databases ({databases}): give DB.TABLE"))
        }
    }
}

/// Where else a name that is not here can be found.
fn elsewhere(snapshot: &Snapshot, name: &str) -> String {
    match snapshot.databases.iter().find(|database| object(snapshot, database, name).is_some()) {
        Some(database) => format!("database `{}` has one", database.name),
        None => "kubectl schema tree lists what there is".to_owned(),
    }
}

/// Names of databases and tables compare without case where the server does so.
fn same(snapshot: &Snapshot, a: &str, b: &str) -> bool {
    a == b || (snapshot.server.lower_case_table_names != 0 && a.to_lowercase() == b.to_lowercase())
}

fn object<'a>(snapshot: &Snapshot, database: &'a Database, name: &str) -> Option<Object<'a>> {
    let by = |same: &dyn Fn(&str) -> bool| {
        let table = database.tables.iter().find(|one| same(&one.name)).map(Object::Table);
        let view = || database.views.iter().find(|one| same(&one.name)).map(Object::View);
        let sequence = || database.sequences.iter().find(|one| same(&one.name)).map(Object::Sequence);
        table.or_else(view).or_else(sequence)
    };
    by(&|one| one == name).or_else(|| by(&|one| same(snapshot, one, name)))
}

fn names_of(database: &Database) -> impl Iterator<Item = &str> {
    let tables = database.tables.iter().map(|one| one.name.as_str());
    let views = database.views.iter().map(|one| one.name.as_str());
    tables.chain(views).chain(database.sequences.iter().map(|one| one.name.as_str()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn snapshot(lower_case: u8) -> Snapshot {
        let table = |name: &str| json!({"name": name, "kind": "base"});
        serde_json::from_value(json!({"modelVersion": 1,
        "server": {"dialect": "mariadb", "version": "10", "lowerCaseTableNames": lower_case},
        "databases": [
            {"name": "a.b", "tables": [table("x`y"), table("only")]},
            {"name": "shop", "tables": [table("customers"), table("orders"), table("both")],
                "views": [{"name": "v"}], "sequences": [{"name": "s"}]},
            {"name": "shop2", "tables": [table("both")]},
        ]}))
        .unwrap()
    }

    #[test]
    fn a_name_has_one_or_two_parts() {
        let two = |a: &str, b: &str| Some((Some(a.to_owned()), b.to_owned()));
        for (text, want) in [
            ("orders", Some((None, "orders".to_owned()))),
            ("shop.orders", two("shop", "orders")),
            ("`a.b`.c", two("a.b", "c")),
            ("`a``b`.`c d`", two("a`b", "c d")),
            ("a`b.c", two("a`b", "c")),
            ("a.b.c", None),
            ("a.", None),
            (".a", None),
            ("", None),
            ("``.a", None),
            ("`a", None),
            ("`a`b", None),
        ] {
            assert_eq!(parse(text).ok(), want, "{text}");
        }
    }

    #[test]
    fn what_is_there_is_found_and_what_is_not_is_explained() {
        let schema = snapshot(0);
        let found = |text: &str| match find(&schema, text) {
            Ok((database, Object::Table(table))) => format!("table {}/{}", database.name, table.name),
            Ok((database, Object::View(view))) => format!("view {}/{}", database.name, view.name),
            Ok((database, Object::Sequence(sequence))) => format!("sequence {}/{}", database.name, sequence.name),
            Err(message) => message,
        };
        for (text, want) in [
            ("shop.orders", "table shop/orders"),
            ("orders", "table shop/orders"),
            ("shop.v", "view shop/v"),
            ("s", "sequence shop/s"),
            ("`a.b`.`x``y`", "table a.b/x`y"),
            ("shop.ordres", "there is no table, view or sequence `ordres` in database `shop`; did you mean `orders`?"),
            ("shop.only", "there is no table, view or sequence `only` in database `shop`; database `a.b` has one"),
            ("shop.nothing", "there is no table, view or sequence `nothing` in database `shop`; kubectl schema tree"),
            ("shpo.orders", "there is no database `shpo` in this snapshot; did you mean `shop`?"),
            ("elsewhere.x", "there is no database `elsewhere` in this snapshot; there are: a.b, shop, shop2"),
            ("customer", "there is no table, view or sequence `customer` in this snapshot; did you mean `customers`?"),
            ("both", "`both` is in several databases (shop, shop2): give DB.TABLE"),
            ("shop.ORDERS", "there is no table, view or sequence `ORDERS` in database `shop`; did you mean `orders`?"),
        ] {
            assert!(found(text).starts_with(want), "{text}: {}", found(text));
        }
        let folded = snapshot(1);
        assert!(matches!(find(&folded, "SHOP.Orders"), Ok((_, Object::Table(table))) if table.name == "orders"));
    }

    proptest! {
        #[test]
        fn a_quoted_name_reads_back(database in "[a-c.`\u{e4} ]{1,6}", table in "[a-c.`\u{e4} ]{1,6}") {
            let text = format!("{}.{}", quoted(&database), quoted(&table));
            prop_assert_eq!(parse(&text), Ok((Some(database), table)));
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,12}|[`.a]{0,8}") {
            let schema = snapshot(1);
            let _ = find(&schema, &text);
        }
    }
}
