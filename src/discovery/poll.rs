//! The cheap look between two discoveries: which databases are there, and does any fingerprint differ.

use std::collections::BTreeMap;

use super::Settings;
use super::error::DiscoveryError;
use super::facts;
use super::fingerprint::{Ddl, look};
use super::memory::Memory;
use super::pages::PageSize;
use super::sequences;
use crate::mcp::SqlSource;
use crate::schema::select::Selection;
use crate::schema::{Engine, ServerFacts};

/// Kept in place of a fingerprint that may hide a change (TiDB counts the last DDL of a table in whole seconds): it
/// equals no fingerprint, so the next poll reads the database again.
pub const UNSETTLED: &str = "unsettled";

/// What a poll saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Poll {
    /// Fingerprint of each selected database that is there.
    pub fingerprints: BTreeMap<String, String>,
    /// Those on which DDL is running.
    pub changing: Vec<String>,
}

impl Poll {
    /// Nothing needs to be read again.
    #[must_use]
    pub fn unchanged(&self, known: &BTreeMap<String, String>) -> bool {
        self.fingerprints == *known
    }

    /// The databases whose fingerprint differs from what is known, those that are new and those that are gone.
    #[must_use]
    pub fn changed(&self, known: &BTreeMap<String, String>) -> Vec<String> {
        let all = known.keys().chain(self.fingerprints.keys());
        let mut names: Vec<_> = all.filter(|n| known.get(*n) != self.fingerprints.get(*n)).cloned().collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Looks at the selected databases again. `server` and `known` (fingerprint by database, as in
/// [`super::Discovered::fingerprints`]) are those of the last discovery. Databases are listed only when a glob asks for it;
/// literal names are asked for as they are. `memory` is what the last discovery remembered, for sequences that no
/// fingerprint covers (MariaDB).
///
/// # Errors
/// A failed call, or an answer that is not about the databases asked for.
pub async fn poll(
    source: &dyn SqlSource,
    server: &ServerFacts,
    known: &BTreeMap<String, String>,
    selection: &Selection,
    settings: &Settings,
    memory: &Memory,
) -> Result<Poll, DiscoveryError> {
    let fold = server.lower_case_table_names != 0;
    let listed: Vec<String> = match selection.literal_databases() {
        Some(names) => spelled(names, known, fold),
        None => {
            let mut size = PageSize::new(settings.page_size);
            facts::names(source, server.dialect, &mut size).await?.into_iter().collect()
        }
    };
    let asked: Vec<&str> = listed.iter().map(String::as_str).filter(|name| selection.database(name, fold)).collect();
    let mut out = Poll::default();
    for (name, fingerprint) in look(source, server.dialect, &asked).await? {
        if fingerprint.ddl == Ddl::Running {
            out.changing.push(name.clone());
        }
        out.fingerprints.insert(name, fingerprint.value);
    }
    if server.dialect == Engine::Mariadb {
        sequences::extend_all(source, &mut out.fingerprints, memory, selection, fold).await?;
    }
    Ok(out)
}

/// Literal names in the server's spelling where a discovery has learnt it, each once.
fn spelled(names: &[String], known: &BTreeMap<String, String>, fold: bool) -> Vec<String> {
    let same = |a: &str, b: &str| if fold { a.to_lowercase() == b.to_lowercase() } else { a == b };
    let mut out: Vec<String> = Vec::new();
    for name in names {
        let name = known.keys().find(|seen| same(seen, name)).unwrap_or(name);
        if !out.iter().any(|before| same(before, name)) {
            out.push(name.clone());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn a_poll_names_what_changed_came_and_went() {
        let known = map(&[("a", "1"), ("b", "2"), ("c", UNSETTLED)]);
        let poll = Poll { fingerprints: map(&[("a", "1"), ("c", "3"), ("d", "4")]), changing: vec![] };
        assert_eq!(poll.changed(&known), ["b", "c", "d"]);
        assert!(!poll.unchanged(&known));
        assert!(poll.unchanged(&poll.fingerprints));
        assert!(poll.changed(&poll.fingerprints).is_empty());
    }

    #[test]
    fn a_literal_name_is_asked_for_in_the_servers_spelling() {
        let names = ["SHOP".to_owned(), "shop".to_owned(), "new".to_owned()];
        assert_eq!(spelled(&names, &map(&[("shop", "1")]), true), ["shop", "new"]);
        assert_eq!(spelled(&names, &map(&[("shop", "1")]), false), ["SHOP", "shop", "new"]);
    }
}
