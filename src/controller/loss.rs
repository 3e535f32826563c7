//! Is what came a change, or a grant that was lost? An account that may no longer see a table looks exactly like a table
//! that was dropped, and nothing in the answers tells them apart. So what takes away too much at once is not published:
//! it is held until it comes back or a person approves that very content. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::discovery::{Discovered, Nothing};
use crate::schema::Database;
use crate::schema::canonical::sha256_hex;
use crate::schema::select::Selection;
use crate::store::layout::Placement;

/// Of fewer published tables, more than half may go without suspicion.
const FEW: usize = 5;
/// Names listed in a message.
const SHOWN: usize = 5;

/// What applications see now.
#[derive(Clone, Debug, Default)]
pub struct Published<'a> {
    /// The published databases; those without tables are in no placement.
    pub databases: Vec<&'a str>,
    /// The published tables, views and sequences.
    pub objects: Placement,
    /// [`account_hash`] of the account they were read by; `None` when that is not known.
    pub account: Option<&'a str>,
}

/// What is written down of an account, to tell that it is another one: its name is nobody's business.
#[must_use]
pub fn account_hash(user: &str) -> String {
    sha256_hex(&[b"account\n", user.as_bytes()]).chars().take(16).collect()
}

/// Why the content should be held: one sentence, or `None` when nothing looks like a lost grant. `changed` says whether
/// the content differs from the published one. What the globs no longer select was given up on purpose.
#[must_use]
pub fn suspect(
    published: &Published<'_>,
    discovered: &Discovered,
    selection: &Selection,
    changed: bool,
) -> Option<String> {
    let fold = discovered.server.lower_case_table_names != 0;
    let key = |name: &str| if fold { name.to_lowercase() } else { name.to_owned() };
    let found: BTreeMap<String, BTreeSet<String>> =
        discovered.databases.iter().map(|d| (key(&d.name), names(d).map(&key).collect())).collect();
    let kept = |database: &&str| selection.database(database, fold);
    let gone: Vec<_> =
        published.databases.iter().copied().filter(kept).filter(|d| !found.contains_key(&key(d))).collect();
    if !gone.is_empty() {
        return Some(format!("published databases are gone: {}", list(&gone)));
    }
    let wanted = published.objects.keys().filter(|(d, t)| kept(&d.as_str()) && selection.table(d, t, fold));
    let wanted: Vec<_> = wanted.collect();
    let there = |(d, t): &&&(String, String)| found.get(&key(d)).is_some_and(|tables| tables.contains(&key(t)));
    let lost: Vec<String> = wanted.iter().filter(|it| !there(it)).map(|(d, t)| format!("{d}.{t}")).collect();
    let had = wanted.len();
    let many = had >= FEW && lost.len() * 2 > had;
    if had > 0 && (lost.len() == had || many) {
        return Some(format!(
            "{} of the {had} published tables, views and sequences are gone: {}",
            lost.len(),
            list(&lost)
        ));
    }
    let other = published.account.is_some_and(|before| before != account_hash(&discovered.user));
    (other && changed).then(|| "the MCP server's account is another one, and sees another schema".to_owned())
}

/// As [`suspect`], when no more is known than how many tables and views were published.
#[must_use]
pub fn suspect_without_names(had: u32, discovered: &Discovered) -> Option<String> {
    let objects: usize = discovered.databases.iter().map(Database::objects).sum();
    let gone = had > 0 && objects == 0 && discovered.nothing() != Some(Nothing::Table);
    gone.then(|| format!("all {had} published tables, views and sequences are gone"))
}

/// Why there is nothing to publish, where nothing was published that could be lost.
#[must_use]
pub fn nothing_selected(discovered: &Discovered) -> Option<&'static str> {
    match discovered.nothing() {
        Some(Nothing::Database) => Some(
            "no database matches databases.include: correct the globs, or have the access of a clusterSource or of the default server extended, or grant the MCP server's account SELECT, SHOW VIEW, REFERENCES on it; what was published before stays",
        ),
        Some(Nothing::Table) => Some(
            "no table, view or sequence is left by tables.include and tables.exclude: correct the globs; what was published before stays",
        ),
        None => None,
    }
}

fn names(database: &Database) -> impl Iterator<Item = &str> {
    let tables = database.tables.iter().map(|t| t.name.as_str());
    let views = database.views.iter().map(|v| v.name.as_str());
    tables.chain(views).chain(database.sequences.iter().map(|s| s.name.as_str()))
}

fn list<S: AsRef<str>>(names: &[S]) -> String {
    let mut text = names.iter().take(SHOWN).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

#[cfg(test)]
mod tests;
