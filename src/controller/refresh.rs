//! What the annotation `mcpschema.io/refresh` asks for: any new value, then, after a space, what is to be read anew. Pure.

use crate::cache::Anew;

/// The scope of an annotation's value; without one, everything. What is no scope is the name of a database, as in `shop`,
/// or of a table, as in `shop.orders`; backquoted where the name holds a dot or is a word of ours. A table is read with
/// its database, since that is what is read as a whole. A name that is none of the snapshot's databases is taken for a
/// part of the value, and everything is read.
#[must_use]
pub fn scope(value: &str) -> Anew {
    let Some((_, scope)) = value.trim().split_once(char::is_whitespace) else { return Anew::Everything };
    match scope.trim() {
        "" | "all" => Anew::Everything,
        "databases" => Anew::List,
        "tables" => Anew::Tables,
        name => Anew::Database(first_name(name)),
    }
}

/// The first part of `db` or `db.table`, either of them perhaps in backquotes, which are doubled inside.
fn first_name(text: &str) -> String {
    let Some(quoted) = text.strip_prefix('`') else {
        return text.split_once('.').map_or(text, |(database, _)| database).to_owned();
    };
    let (mut name, mut chars) = (String::new(), quoted.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '`' if chars.peek() == Some(&'`') => name.extend(chars.next()),
            '`' => break,
            other => name.push(other),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scope_follows_the_first_space() {
        let database = |name: &str| Anew::Database(name.to_owned());
        for (value, want) in [
            ("1", Anew::Everything),
            ("", Anew::Everything),
            ("2026-11-27T10:00:00Z", Anew::Everything),
            ("1 all", Anew::Everything),
            ("1 ", Anew::Everything),
            (" 1   databases ", Anew::List),
            ("now tables", Anew::Tables),
            ("1 shop", database("shop")),
            ("1 shop.orders", database("shop")),
            ("1 `tables`", database("tables")),
            ("1 `a.b`.`c`", database("a.b")),
            ("1 `a``b`", database("a`b")),
            ("1 my shop.x", database("my shop")),
            ("1 `unclosed", database("unclosed")),
        ] {
            assert_eq!(scope(value), want, "{value}");
        }
    }
}
