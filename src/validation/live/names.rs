//! Names in statements, in backquotes. A name that something between us and the database may take for a bind parameter, a
//! format, a comment or a second statement is not sent at all: which server will get it is not known here. Pure.

/// Why a name is not sent; to be put behind what has the name.
pub(super) const UNSENDABLE: &str = "has a name that MCP servers may take for something else (one of : % \\ ; # -- /* or \
    a control character is in it), so that it cannot be asked for";

/// The name in backquotes; `None` when it cannot be sent.
pub(super) fn quoted(name: &str) -> Option<String> {
    let bad = |c: char| c.is_control() || matches!(c, ':' | '%' | '\\' | ';' | '#');
    let comments = ["--", "/*", "*/"];
    let good = !name.is_empty() && !name.contains(bad) && !comments.iter().any(|mark| name.contains(mark));
    good.then(|| format!("`{}`", name.replace('`', "``")))
}

/// A word that stands in a statement as it is: the name of a character set or collation.
pub(super) fn is_word(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A table's name with its database's.
pub(super) fn qualified(database: &str, table: &str) -> Option<String> {
    Some(format!("{}.{}", quoted(database)?, quoted(table)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_or_not_sent() {
        for (name, want) in [
            ("order", Some("`order`")),
            ("a`b", Some("`a``b`")),
            ("täble列", Some("`täble列`")),
            ("a.b-c 'd' \"e\"", Some("`a.b-c 'd' \"e\"`")),
            ("x ? y", Some("`x ? y`")),
            ("", None),
            ("a:b", None),
            ("100%", None),
            ("a\\b", None),
            ("a;b", None),
            ("a#b", None),
            ("a--b", None),
            ("a/*b", None),
            ("a*/b", None),
            ("a\nb", None),
            ("a\0b", None),
        ] {
            assert_eq!(quoted(name).as_deref(), want, "{name:?}");
        }
        assert_eq!(qualified("a", "b").as_deref(), Some("`a`.`b`"));
        assert_eq!(qualified("a:", "b"), None);
    }
}
