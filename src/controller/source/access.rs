//! Who may use a server that belongs to the platform team: globs on namespaces, and for each the databases. Nobody may
//! unless an entry says so. Pure.

use crate::api::cluster_source;
use crate::config::default_server;
use crate::schema::select::{GlobError, Globs};

/// The list of who may use a server.
#[derive(Clone, Debug, Default)]
pub struct Access(Vec<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    namespaces: Globs,
    databases: Globs,
    rows: bool,
}

/// What one namespace may read.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The databases whose schema it may read.
    pub databases: Globs,
    /// Those of which it may also read rows.
    pub rows: Globs,
}

impl Access {
    /// The access of a ClusterSchemaSource.
    ///
    /// # Errors
    /// A text that is no glob.
    pub fn of_cluster_source(rules: &[cluster_source::AccessRule]) -> Result<Self, GlobError> {
        let fields = ["access.namespaces", "access.databases"];
        let entries =
            rules.iter().map(|rule| Entry::new(fields, &rule.namespaces, &rule.databases, rule.rows == Some(true)));
        entries.collect::<Result<_, _>>().map(Self)
    }

    /// The access of the default server.
    ///
    /// # Errors
    /// A text that is no glob.
    pub fn of_default_server(rules: &[default_server::AccessRule]) -> Result<Self, GlobError> {
        let fields = ["--default-source-access namespaces", "--default-source-access databases"];
        let entries = rules.iter().map(|rule| Entry::new(fields, &rule.namespaces, &rule.databases, rule.rows));
        entries.collect::<Result<_, _>>().map(Self)
    }

    /// What a namespace may read: what all entries that name it allow together; `None` when none does.
    #[must_use]
    pub fn of(&self, namespace: &str) -> Option<Grant> {
        let mine = || self.0.iter().filter(|entry| entry.namespaces.matches(namespace, false));
        let databases = mine().map(|entry| entry.databases.clone()).reduce(Globs::or)?;
        let rows = mine().filter(|entry| entry.rows).map(|entry| entry.databases.clone()).reduce(Globs::or);
        Some(Grant { databases, rows: rows.unwrap_or_default() })
    }
}

impl Entry {
    fn new(
        fields: [&'static str; 2],
        namespaces: &[String],
        databases: &[String],
        rows: bool,
    ) -> Result<Self, GlobError> {
        let [of_namespaces, of_databases] = fields;
        let namespaces = Globs::new(of_namespaces, namespaces)?;
        Ok(Self { namespaces, databases: Globs::new(of_databases, databases)?, rows })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn rule(namespaces: &[&str], databases: &[&str], rows: Option<bool>) -> cluster_source::AccessRule {
        let own = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect();
        cluster_source::AccessRule { namespaces: own(namespaces), databases: own(databases), rows }
    }

    #[test]
    fn a_namespace_gets_what_its_entries_allow_together_and_nothing_else() {
        let list = [
            rule(&["shop", "team-*"], &["shop*"], None),
            rule(&["team-a"], &["billing"], Some(true)),
            rule(&["audit"], &["*"], Some(false)),
            rule(&["[xy]?"], &["x"], None),
        ];
        let access = Access::of_cluster_source(&list).unwrap();
        for (namespace, database, want, rows) in [
            ("shop", "shop", true, false),
            ("shop", "shop_eu", true, false),
            ("shop", "billing", false, false),
            ("team-a", "billing", true, true),
            ("team-a", "shop", true, false),
            ("team-b", "billing", false, false),
            ("team-", "shop", true, false),
            ("team", "shop", false, false),
            ("shop2", "shop", false, false),
            ("myshop", "shop", false, false),
            ("Shop", "shop", false, false),
            ("audit", "anything", true, false),
            ("x1", "x", true, false),
            ("z1", "x", false, false),
            ("", "shop", false, false),
        ] {
            let grant = access.of(namespace);
            let may = |globs: fn(&Grant) -> &Globs| grant.as_ref().is_some_and(|g| globs(g).matches(database, false));
            assert_eq!((may(|g| &g.databases), may(|g| &g.rows)), (want, rows), "{namespace} {database}");
        }
    }

    #[test]
    fn an_empty_list_is_for_nobody() {
        for access in [Access::of_cluster_source(&[]).unwrap(), Access::of_default_server(&[]).unwrap()] {
            assert!(access.of("shop").is_none());
        }
        // Of an object that is older than the rule against it.
        for half in [rule(&[], &["*"], None), rule(&["*"], &[], None)] {
            let grant = Access::of_cluster_source(&[half]).unwrap().of("shop");
            assert!(grant.is_none_or(|grant| !grant.databases.matches("shop", false)));
        }
    }

    #[test]
    fn a_broken_glob_is_told_with_the_list_it_stands_in() {
        let error = Access::of_cluster_source(&[rule(&["shop"], &["[a"], None)]).unwrap_err();
        assert!(error.to_string().starts_with("access.databases: \"[a\" is not a valid glob"), "{error}");
        let rule =
            default_server::AccessRule { namespaces: vec!["{".into()], databases: vec!["a".into()], rows: false };
        let error = Access::of_default_server(&[rule]).unwrap_err();
        assert!(error.to_string().starts_with("--default-source-access namespaces: \"{\" is not"), "{error}");
    }
}
