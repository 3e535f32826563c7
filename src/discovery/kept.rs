//! Which databases need not be read again because what was published of them still holds. Pure.

use std::collections::BTreeMap;

use super::poll::{Poll, UNSETTLED};
use crate::schema::{Database, ServerFacts};

/// What was published last, read back and found whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The server it was read from.
    pub server: ServerFacts,
    /// Fingerprint by database, as in [`super::Discovered::fingerprints`].
    pub fingerprints: BTreeMap<String, String>,
    /// Every published database, filtered by the globs that hold now.
    pub databases: Vec<Database>,
}

/// Databases to take as they were published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The server they were read from; a server that tells another thing of itself keeps nothing.
    server: Option<ServerFacts>,
    /// Fingerprint and content by name.
    databases: BTreeMap<String, (String, Database)>,
}

impl Kept {
    /// Those of `published` whose fingerprint is the one just seen. Not one with DDL running, whose content depends on how
    /// far it got, and none that was published without a table: the globs may have left out what it has.
    #[must_use]
    pub fn of(published: Published, seen: &Poll) -> Self {
        let Published { server, fingerprints, databases } = published;
        let keep = |database: Database| {
            let fingerprint = fingerprints.get(&database.name)?;
            let same = *fingerprint != UNSETTLED && seen.fingerprints.get(&database.name) == Some(fingerprint);
            let idle = !seen.changing.contains(&database.name);
            let filled = !database.is_empty();
            (same && idle && filled).then(|| (database.name.clone(), (fingerprint.clone(), database)))
        };
        Self { server: Some(server), databases: databases.into_iter().filter_map(keep).collect() }
    }

    /// What may be kept of a server that says this of itself: fingerprint and content by name.
    #[must_use]
    pub fn on(self, server: &ServerFacts) -> BTreeMap<String, (String, Database)> {
        if self.server.as_ref() == Some(server) { self.databases } else { BTreeMap::new() }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::schema::{Engine, View};

    fn server() -> ServerFacts {
        ServerFacts {
            dialect: Engine::Mariadb,
            version: "10.11.19-MariaDB".into(),
            lower_case_table_names: 0,
            sql_mode: vec!["ANSI".into()],
            time_zone: "UTC".into(),
            fk_checks: true,
        }
    }

    fn database(name: &str, views: usize) -> Database {
        let view: View = serde_json::from_value(serde_json::json!({"name": "v"})).unwrap();
        Database { name: name.to_owned(), views: vec![view; views], ..Database::default() }
    }

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn published() -> Published {
        let fingerprints =
            map(&[("same", "1"), ("changed", "1"), ("gone", "1"), ("ddl", "1"), ("young", UNSETTLED), ("empty", "1")]);
        let filled = ["same", "changed", "gone", "ddl", "young", "unknown"].map(|name| database(name, 1));
        let databases = filled.into_iter().chain([database("empty", 0)]).collect();
        Published { server: server(), fingerprints, databases }
    }

    #[test]
    fn only_a_settled_database_with_the_same_fingerprint_is_kept() {
        let fingerprints = map(&[
            ("same", "1"),
            ("changed", "2"),
            ("ddl", "1"),
            ("young", UNSETTLED),
            ("empty", "1"),
            ("unknown", "1"),
            ("new", "1"),
        ]);
        let kept = Kept::of(published(), &Poll { fingerprints, changing: vec!["ddl".into()] });
        let names: Vec<_> = kept.databases.keys().collect();
        assert_eq!(names, ["same"]);
    }

    #[test]
    fn a_server_that_tells_another_thing_of_itself_keeps_nothing() {
        let seen = Poll { fingerprints: map(&[("same", "1")]), changing: vec![] };
        let kept = Kept::of(published(), &seen);
        assert_eq!(kept.clone().on(&server()).len(), 1);
        for other in [
            ServerFacts { version: "11.4".into(), ..server() },
            ServerFacts { lower_case_table_names: 2, ..server() },
            ServerFacts { sql_mode: vec![], ..server() },
            ServerFacts { time_zone: "+02:00".into(), ..server() },
        ] {
            assert!(kept.clone().on(&other).is_empty(), "{other:?}");
        }
    }
}
