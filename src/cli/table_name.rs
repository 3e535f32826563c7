//! `DB.TABLE` as people type it: a name that holds a dot, or a backquote, goes into backquotes.

/// The name of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableName {
    /// The database.
    pub database: String,
    /// The table.
    pub table: String,
}

impl TableName {
    /// Reads `DB.TABLE`.
    ///
    /// # Errors
    /// When it is not exactly two names; says how to write it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parsed = name(text).and_then(|(database, rest)| {
            let (table, rest) = name(rest.strip_prefix('.')?)?;
            rest.is_empty().then_some(Self { database, table })
        });
        parsed.ok_or_else(|| {
            "write DB.TABLE, as in shop.orders; a name with a dot goes into backquotes: `my.db`.orders".to_owned()
        })
    }
}

/// The first name and what follows it.
fn name(text: &str) -> Option<(String, &str)> {
    let Some(mut rest) = text.strip_prefix('`') else {
        let end = text.find(['.', '`']).unwrap_or(text.len());
        return (end > 0).then(|| text.split_at(end)).map(|(name, rest)| (name.to_owned(), rest));
    };
    let mut out = String::new();
    loop {
        let (part, after) = rest.split_once('`')?;
        out.push_str(part);
        match after.strip_prefix('`') {
            Some(more) => {
                out.push('`');
                rest = more;
            }
            None => return (!out.is_empty()).then_some((out, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_names_are_read_with_and_without_backquotes() {
        for (text, read) in [
            ("shop.orders", Some(("shop", "orders"))),
            ("`my.db`.t", Some(("my.db", "t"))),
            ("db.`a``b`", Some(("db", "a`b"))),
            ("täble.列", Some(("täble", "列"))),
            ("shop", None),
            ("shop.", None),
            (".orders", None),
            ("a.b.c", None),
            ("`a.b", None),
            ("``.b", None),
            ("`a`b.c", None),
            ("", None),
        ] {
            let parsed = TableName::parse(text).ok();
            assert_eq!(parsed.as_ref().map(|name| (name.database.as_str(), name.table.as_str())), read, "{text}");
        }
    }
}
