//! Compares one table with itself as it was: its name and attributes here, its parts in the neighbouring files. Pure.

use super::change::{Affected, Dependent, RenameOf};
use super::collect::{Collector, Draft, Place, said};
use super::databases::Context;
use super::dependents::affected;
use super::kinds::ChangeKind;
use super::matching::TablePair;
use super::{columns, constraints, describe, keys, ttl};
use crate::schema::verdict::Verdict::{Ok, Risky};
use crate::schema::{Table, TableKind};

/// Facts that only SHOW CREATE TABLE tells, of options that stand among others.
const TOLD_OPTIONS: [&str; 2] = ["temporary", "auto_id_cache"];

/// One comparison: the table, where it is, and what may be compared.
pub(super) struct Comparison<'a, 'o> {
    pub(super) context: &'o Context<'a, 'o>,
    pub(super) pair: &'o TablePair<'a>,
    pub(super) place: Place<'o>,
    /// One side could not read what only SHOW CREATE TABLE tells.
    pub(super) extras_unknown: bool,
    /// One side may not see all columns, so that what is missing there need not be gone.
    pub(super) partly_hidden: bool,
}

impl Comparison<'_, '_> {
    /// What depended on a column, as it was called.
    pub(super) fn on_column(&self, column: &str) -> Vec<Affected> {
        let TablePair { old_database, old, .. } = self.pair;
        self.context.dependents.of_column(&old_database.name, &old.name, column, &old.foreign_keys)
    }

    /// A part of this table that changed along with something else.
    pub(super) fn part(&self, kind: Dependent, name: &str) -> Affected {
        affected(kind, &self.place.object(name))
    }
}

pub(super) fn compare(context: &Context<'_, '_>, pair: &TablePair<'_>, out: &mut Collector<'_>) {
    let (old, new) = (pair.old, pair.new);
    let place = Place { database: &pair.new_database.name, table: Some(&new.name) };
    let hides = context.old.hides_columns(&pair.old_database.name, &old.name)
        || context.new.hides_columns(&pair.new_database.name, &new.name);
    let extras_unknown = old.tidb.extras_unknown || new.tidb.extras_unknown;
    let comparison = Comparison { context, pair, place, extras_unknown, partly_hidden: hides };
    if hides {
        out.unknown(place, "", "it has columns that are not visible; only what both sides show is compared");
    }
    if old.tidb.extras_unknown != new.tidb.extras_unknown {
        out.unknown(place, "", "what only SHOW CREATE TABLE tells is visible on one side only and not compared");
    }
    renamed(&comparison, out);
    attributes(&comparison, out);
    stored(&comparison, out);
    let forced = keys::forced(&comparison).into_iter().chain(constraints::forced(&comparison)).collect::<Vec<_>>();
    columns::compare(&comparison, &forced, out);
    keys::compare(&comparison, out);
    constraints::compare(&comparison, out);
}

fn renamed(comparison: &Comparison<'_, '_>, out: &mut Collector<'_>) {
    let TablePair { old_database, old, new, renamed, .. } = comparison.pair;
    if old.name == new.name && renamed.is_none() {
        return;
    }
    let (place, dependents) = (comparison.place, comparison.context.dependents);
    let object = format!("{}.{}", old_database.name, old.name);
    let draft = Draft::new(ChangeKind::TableRenamed, "").from(object.clone()).to(place.object(""));
    let draft = draft.says(format!("{} renamed to {}", describe::named(&object), describe::named(&new.name)));
    out.add(
        place,
        match renamed {
            Some((confidence, evidence)) => {
                let rename_of = RenameOf { object, confidence: *confidence, evidence: (*evidence).to_owned() };
                draft.renames(rename_of).affects(dependents.of_table(&old_database.name, &old.name))
            }
            // Only its spelling changed, and the server takes both.
            None => draft.readers(Risky).writers(Ok).seed_severity(super::Severity::Low),
        },
    );
}

/// Attributes that everybody sees.
fn attributes(comparison: &Comparison<'_, '_>, out: &mut Collector<'_>) {
    let (place, old, new) = (comparison.place, comparison.pair.old, comparison.pair.new);
    let texts = [
        (ChangeKind::TableEngineChanged, &old.engine, &new.engine),
        (ChangeKind::TableDefaultCollationChanged, &old.collation, &new.collation),
        (ChangeKind::TableCommentChanged, &old.comment, &new.comment),
        (ChangeKind::PlacementChanged, &old.tidb.placement, &new.tidb.placement),
    ];
    for (kind, from, to) in texts {
        if from != to {
            out.add(place, Draft::new(kind, "").from(from.as_str()).to(to.as_str()));
        }
    }
    if old.kind != new.kind {
        let word = |table: &Table| match table.kind {
            TableKind::Base => "no system versioning",
            TableKind::SystemVersioned => "system versioning",
        };
        // TRUNCATE is refused from now on, or FOR SYSTEM_TIME does not work any more.
        let draft = Draft::new(ChangeKind::TableOptionsChanged, "").readers(Risky).writers(Risky);
        out.add(place, draft.from(word(old)).to(word(new)));
    }
    if old.generated_pk != new.generated_pk {
        let word =
            |table: &Table| if table.generated_pk { "primary key of the server" } else { "primary key of its own" };
        out.add(place, Draft::new(ChangeKind::TableOptionsChanged, "").from(word(old)).to(word(new)));
    }
}

/// How rows are kept.
fn stored(comparison: &Comparison<'_, '_>, out: &mut Collector<'_>) {
    let (place, old, new) = (comparison.place, comparison.pair.old, comparison.pair.new);
    let told = !comparison.extras_unknown;
    let options = |table: &Table| {
        let seen = table.options.iter().filter(|(key, _)| told || !TOLD_OPTIONS.contains(&key.as_str()));
        let pairs = seen.map(|(key, value)| format!("{key}={value}"));
        let affinity = Some(&table.tidb.affinity).filter(|affinity| told && !affinity.is_empty());
        pairs.chain(affinity.map(|affinity| format!("affinity={affinity}"))).collect::<Vec<_>>()
    };
    let same = (&old.options, &old.tidb.affinity) == (&new.options, &new.tidb.affinity);
    let (before, after) = if same { Default::default() } else { (options(old), options(new)) };
    if before != after {
        let only = |these: &[String], those: &[String]| {
            these.iter().filter(|option| !those.contains(option)).cloned().collect::<Vec<_>>().join(" ")
        };
        let draft = Draft::new(ChangeKind::TableOptionsChanged, "");
        let draft = draft.from(only(&before, &after)).to(only(&after, &before));
        // What is no option of storage: rows of a temporary table vanish with the session.
        let lives = |options: &[String]| options.iter().any(|option| option.starts_with("temporary="));
        let risky = lives(&before) != lives(&after);
        out.add(place, if risky { draft.readers(Risky).writers(Risky) } else { draft });
    }
    let replicas = |table: &Table| table.tidb.tiflash_replicas;
    if replicas(old) != replicas(new) {
        let draft = Draft::new(ChangeKind::TiflashReplicasChanged, "");
        out.add(place, draft.from(replicas(old).to_string()).to(replicas(new).to_string()));
    }
    let shards = |table: &Table| (table.tidb.shard_row_id_bits, if told { table.tidb.pre_split } else { 0 });
    if shards(old) != shards(new) {
        let words = |(bits, split)| format!("shard_row_id_bits={bits} pre_split_regions={split}");
        out.add(place, Draft::new(ChangeKind::ShardBitsChanged, "").from(words(shards(old))).to(words(shards(new))));
    }
    if told {
        ttl::compare(place, old.tidb.ttl.as_ref(), new.tidb.ttl.as_ref(), out);
    }
    partitioned(comparison, out);
}

fn partitioned(comparison: &Comparison<'_, '_>, out: &mut Collector<'_>) {
    let (place, pair) = (comparison.place, comparison.pair);
    let (old, new) = (pair.old.partitioning.as_ref(), pair.new.partitioning.as_ref());
    if old == new || partitioning_follows(pair) {
        return;
    }
    let hidden = |scheme: Option<&crate::schema::Partitioning>| scheme.is_some_and(|scheme| scheme.method == "unknown");
    if hidden(old) || hidden(new) {
        return out.unknown(place, "", "how it is partitioned is visible on one side only");
    }
    let (from, to) = (describe::partitioning(old), describe::partitioning(new));
    let message = said(Some(&from), Some(&to));
    out.add(place, Draft::new(ChangeKind::PartitionSchemeChanged, "").from(from).to(to).says(message));
}

/// The partitioning names a renamed column by its new name, and is otherwise what it was.
pub(super) fn partitioning_follows(pair: &TablePair<'_>) -> bool {
    let (Some(old), Some(new)) = (&pair.old.partitioning, &pair.new.partitioning) else { return false };
    let rewritten = |expression: &str| pair.columns.rewritten(expression).unwrap_or_else(|| expression.to_owned());
    let follows = crate::schema::Partitioning {
        expression: rewritten(&old.expression),
        sub_expression: rewritten(&old.sub_expression),
        ..old.clone()
    };
    old != new && follows == *new
}
