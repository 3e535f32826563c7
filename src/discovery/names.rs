//! Names in statements that must name an object itself, where no hex literal can stand for it. Pure. A name that a
//! server on the way would take for something else is not sent at all.

use crate::mcp::Dialect;

/// A table's name with its database's, in backquotes; `None` when it cannot be sent through this server unaltered.
pub(super) fn qualified(database: &str, table: &str, dialect: Dialect) -> Option<String> {
    let quote = |name: &str| format!("`{}`", name.replace('`', "``"));
    let text = format!("{}.{}", quote(database), quote(table));
    // The servers we know send a percent sign as it is; others may format with it.
    let percent = |c: char| c == '%' && dialect == Dialect::Custom;
    if text.contains(|c: char| c.is_control() || matches!(c, ';' | '\\') || percent(c)) {
        return None;
    }
    let binds = binds(&text);
    match dialect {
        _ if binds.is_empty() => Some(text),
        // SQLAlchemy sends `\:` as `:`.
        Dialect::Pytidb => Some(binds.iter().rev().fold(text, |mut text, at| {
            text.insert(*at, '\\');
            text
        })),
        Dialect::Custom => None,
        // Their drivers know no bind parameters in a text without arguments.
        Dialect::Dbhub | Dialect::Toolbox | Dialect::Benborla | Dialect::RestTools => Some(text),
    }
}

/// Where SQLAlchemy sees a bind parameter: a colon and a word, neither right behind a word or another colon nor right
/// before one.
fn binds(text: &str) -> Vec<usize> {
    let of_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let starts = |at: usize| !text[..at].ends_with(|c: char| of_word(c) || c == ':');
    let ends = |at: usize| {
        let rest = &text[at + 1..];
        let after = rest.trim_start_matches(of_word);
        after.len() < rest.len() && !after.starts_with(':')
    };
    text.match_indices(':').map(|(at, _)| at).filter(|at| starts(*at) && ends(*at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_or_not_sent() {
        for (database, table, pytidb, others, custom) in [
            ("shop", "order", Some("`shop`.`order`"), true, true),
            ("a`b", "täble列", Some("`a``b`.`täble列`"), true, true),
            ("d", "Nasty Bx.1-`é$", Some("`d`.`Nasty Bx.1-``é$`"), true, true),
            ("d", "col:on", Some("`d`.`col:on`"), true, true),
            ("d", "a: b", Some("`d`.`a: b`"), true, true),
            ("d", "::x", Some("`d`.`::x`"), true, true),
            ("d", ":a:b", Some("`d`.`:a:b`"), true, true),
            ("d", ":word", Some(r"`d`.`\:word`"), true, false),
            ("x :y", "a :b :é", Some(r"`x \:y`.`a \:b \:é`"), true, false),
            ("d", "100%", Some("`d`.`100%`"), true, false),
            ("d", r"a\b", None, false, false),
            ("d", "a;b", None, false, false),
            ("d", "a\nb", None, false, false),
        ] {
            assert_eq!(qualified(database, table, Dialect::Pytidb).as_deref(), pytidb, "{database} {table}");
            for dialect in [Dialect::Dbhub, Dialect::Toolbox, Dialect::Benborla, Dialect::RestTools] {
                assert_eq!(qualified(database, table, dialect).is_some(), others, "{database} {table} {dialect}");
            }
            assert_eq!(qualified(database, table, Dialect::Custom).is_some(), custom, "{database} {table}");
        }
    }
}
