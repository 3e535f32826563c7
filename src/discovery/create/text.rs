//! Reads the answer of TiDB's SHOW CREATE TABLE for the few facts that information_schema does not hold, and for
//! nothing else: it prints some things inexactly (a default of the text `CURRENT_TIMESTAMP` comes unquoted). Pure.
//! TiDB writes one definition a line and escapes line breaks in comments and defaults; a text of any other form is
//! not guessed at.

use std::collections::{BTreeMap, BTreeSet};

use super::tokens::{Token, enclosed, name, tokens};
use crate::schema::Ttl;

/// What SHOW CREATE TABLE tells of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::discovery) struct CreateFacts {
    /// ZEROFILL columns.
    pub(in crate::discovery) zerofill: BTreeSet<String>,
    /// CHECK constraints and whether each is enforced.
    pub(in crate::discovery) checks: BTreeMap<String, bool>,
    /// Foreign keys made while they were switched off: shown, never enforced.
    pub(in crate::discovery) invalid_keys: BTreeSet<String>,
    /// Vector indexes and their expression, which names the metric.
    pub(in crate::discovery) metrics: BTreeMap<String, String>,
    /// Partial indexes and their condition.
    pub(in crate::discovery) predicates: BTreeMap<String, String>,
    /// A global temporary table, whose rows go with the transaction.
    pub(in crate::discovery) temporary: bool,
    /// AUTO_ID_CACHE.
    pub(in crate::discovery) auto_id_cache: Option<String>,
    /// PRE_SPLIT_REGIONS.
    pub(in crate::discovery) pre_split: u32,
    /// TTL.
    pub(in crate::discovery) ttl: Option<Ttl>,
    /// AFFINITY.
    pub(in crate::discovery) affinity: String,
}

/// Reads the text; `None` when it is not what TiDB writes.
pub(in crate::discovery) fn parse(text: &str) -> Option<CreateFacts> {
    let mut lines = text.split('\n');
    let first = lines.next()?.strip_suffix(" (")?;
    let (temporary, table) = match first.strip_prefix("CREATE TABLE ") {
        Some(table) => (false, table),
        None => (true, first.strip_prefix("CREATE GLOBAL TEMPORARY TABLE ")?),
    };
    name(table).filter(|(_, rest)| rest.is_empty())?;
    let mut facts = CreateFacts { temporary, ..CreateFacts::default() };
    for line in lines {
        if let Some(options) = line.strip_prefix(") ENGINE=") {
            table_options(options, &mut facts)?;
            return Some(facts);
        }
        let line = line.strip_prefix("  ")?;
        definition(line.strip_suffix(',').unwrap_or(line), &mut facts)?;
    }
    None
}

/// One line between the parentheses.
fn definition(line: &str, facts: &mut CreateFacts) -> Option<()> {
    if let Some((column, rest)) = name(line) {
        if is_zerofill(rest) {
            facts.zerofill.insert(column);
        }
        return Some(());
    }
    if line.starts_with("PRIMARY KEY ") {
        return Some(());
    }
    if let Some(rest) = line.strip_prefix("CONSTRAINT ") {
        let (constraint, rest) = name(rest)?;
        return constraint_of(constraint, rest, facts);
    }
    if let Some(rest) = line.strip_prefix("VECTOR INDEX ") {
        let (index, rest) = name(rest)?;
        let (expression, _) = enclosed(rest)?;
        facts.metrics.insert(index, expression.to_owned());
        return Some(());
    }
    let kinds = ["KEY ", "UNIQUE KEY ", "FULLTEXT INDEX ", "COLUMNAR INDEX "];
    let (index, rest) = name(kinds.iter().find_map(|kind| line.strip_prefix(kind))?)?;
    if let Some(condition) = condition(rest)? {
        facts.predicates.insert(index, condition);
    }
    Some(())
}

fn constraint_of(name: String, rest: &str, facts: &mut CreateFacts) -> Option<()> {
    if rest.starts_with(" FOREIGN KEY (") {
        if rest.ends_with(" /* FOREIGN KEY INVALID */") {
            facts.invalid_keys.insert(name);
        }
        return Some(());
    }
    let check = rest.strip_prefix(" CHECK ((")?;
    let enforced = check.strip_suffix(" /*!80016 NOT ENFORCED */");
    enforced.unwrap_or(check).ends_with("))").then_some(())?;
    facts.checks.insert(name, enforced.is_none());
    Some(())
}

/// After a column's name: a number type, its attributes, and ZEROFILL among them.
fn is_zerofill(rest: &str) -> bool {
    const NUMBERS: [&str; 8] = ["tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double"];
    let mut words = rest.trim_start().split(' ');
    let Some(word) = words.next() else { return false };
    let (base, size) = word.split_once('(').unwrap_or((word, ""));
    let plain = size.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b')'));
    NUMBERS.contains(&base) && plain && words.take(2).any(|word| word == "zerofill")
}

/// After an index's name: its parts, and then the condition of a partial index. `None` when that is not what stands there.
fn condition(rest: &str) -> Option<Option<String>> {
    let (_, rest) = enclosed(rest.trim_start())?;
    let Some((_, condition)) = rest.split_once(" WHERE ").filter(|(before, _)| !before.contains('\'')) else {
        return Some(None);
    };
    let mut kept = String::new();
    for token in tokens(condition) {
        match token {
            Token::Open | Token::Word("COMMENT") => break,
            other => kept.push_str(&other.to_string()),
        }
    }
    Some(Some(kept.trim().to_owned()))
}

/// What stands after the closing parenthesis. Partitions come on later lines.
fn table_options(text: &str, facts: &mut CreateFacts) -> Option<()> {
    let all: Vec<Token<'_>> = tokens(text).into_iter().filter(|token| *token != Token::Space).collect();
    // Words in comments are strings, so that a word is one of TiDB's own.
    let value = |word: &str| {
        let at = all.windows(2).position(|pair| matches!(pair, [Token::Word(w), Token::Mark('=')] if *w == word))?;
        all.get(at + 2)
    };
    let text_of = |word: &str| match value(word) {
        Some(Token::Text(text)) => text.clone(),
        _ => String::new(),
    };
    if let Some(Token::Word(number)) = value("AUTO_ID_CACHE") {
        facts.auto_id_cache = Some((*number).to_owned());
    }
    if let Some(Token::Word(number)) = value("PRE_SPLIT_REGIONS") {
        facts.pre_split = number.parse().ok()?;
    }
    facts.affinity = text_of("AFFINITY");
    let ttl = all.windows(2).position(|pair| matches!(pair, [Token::Word("TTL"), Token::Mark('=')]));
    if let Some(at) = ttl {
        let [Token::Name(column), Token::Mark('+'), Token::Word("INTERVAL"), interval @ ..] = all.get(at + 2..)? else {
            return None;
        };
        let interval: Vec<String> =
            interval.iter().take_while(|token| **token != Token::Close).map(ToString::to_string).collect();
        facts.ttl = Some(Ttl {
            column: column.clone(),
            interval: interval.join(" "),
            enabled: text_of("TTL_ENABLE") == "ON",
            job_interval: text_of("TTL_JOB_INTERVAL"),
        });
    }
    Some(())
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
