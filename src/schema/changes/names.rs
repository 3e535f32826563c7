//! When two names are one: columns, indexes and constraints without case; tables and databases only where the server
//! says so. Pure.

use std::borrow::Cow;

/// A database and a table by what they are compared by.
pub(super) type Key<'a> = (Cow<'a, str>, Cow<'a, str>);

/// How the names of tables and databases compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// Without case: `lower_case_table_names` is not 0.
    pub(super) fold: bool,
}

impl Names {
    /// What a name of a table or database is compared by.
    pub(super) fn table(self, name: &str) -> Cow<'_, str> {
        if self.fold { folded(name) } else { Cow::Borrowed(name) }
    }

    /// The same of a table and its database, without copying what need not be folded.
    pub(super) fn key<'a>(self, database: &'a str, table: &'a str) -> Key<'a> {
        (self.table(database), self.table(table))
    }

    /// What a table of a database is compared by.
    pub(super) fn pair(self, database: &str, table: &str) -> (String, String) {
        (self.table(database).into_owned(), self.table(table).into_owned())
    }
}

/// Simple lower case, one character for one character: what columns, indexes and constraints are compared by.
pub(super) fn folded(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(name);
    }
    let simple = |c: char| match c {
        // The only character whose full lower case is two.
        'İ' => 'i',
        c => c.to_lowercase().next().unwrap_or(c),
    };
    Cow::Owned(name.chars().map(simple).collect())
}

/// Two names of columns, indexes or constraints are one.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || folded(a) == folded(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_one_character_for_one() {
        for (name, want) in [("id", "id"), ("Id", "id"), ("ÄÖ", "äö"), ("İx", "ix"), ("ΑΣ", "ασ"), ("ß", "ß"), ("", "")]
        {
            assert_eq!(folded(name), want, "{name}");
        }
        assert!(same("ID", "id") && !same("é", "e"));
    }

    #[test]
    fn tables_fold_only_where_the_server_does() {
        assert_eq!(Names { fold: false }.pair("Shop", "Orders"), ("Shop".to_owned(), "Orders".to_owned()));
        assert_eq!(Names { fold: true }.pair("Shop", "Orders"), ("shop".to_owned(), "orders".to_owned()));
    }
}
