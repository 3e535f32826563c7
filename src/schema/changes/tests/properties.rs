//! Whatever two schemas are: equal ones give nothing, different ones something, and the way back mirrors the way there.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::edits::{EDITS, edit};
use super::schemas::any_database;
use super::*;
use crate::schema::canonical;
use crate::schema::changes::ChangeKind as K;

fn bytes(database: &Database) -> Vec<u8> {
    canonical::bytes(database).unwrap()
}

fn of(old: &Database, new: &Database) -> Changes {
    changes(std::slice::from_ref(old), std::slice::from_ref(new))
}

/// What the way back calls a change, one of these; none where one way tells less than the other.
fn mirror(kind: ChangeKind) -> &'static [ChangeKind] {
    match kind {
        K::DatabaseCreated => &[K::DatabaseDropped],
        K::DatabaseDropped => &[K::DatabaseCreated],
        K::TableCreated => &[K::TableDropped],
        K::TableDropped => &[K::TableCreated],
        K::ViewCreated => &[K::ViewDropped],
        K::ViewDropped => &[K::ViewCreated],
        K::SequenceCreated => &[K::SequenceDropped],
        K::SequenceDropped => &[K::SequenceCreated],
        K::TtlAdded => &[K::TtlRemoved, K::TtlPaused],
        K::TtlRemoved | K::TtlPaused => &[K::TtlAdded],
        K::TtlShortened => &[K::TtlLengthened, K::TtlShortened],
        K::TtlLengthened => &[K::TtlShortened],
        K::ColumnAdded | K::ColumnAddedRequired | K::ColumnAddedImplicitDefault => &[K::ColumnDropped],
        K::ColumnDropped => &[K::ColumnAdded, K::ColumnAddedRequired, K::ColumnAddedImplicitDefault],
        K::TypeWidened => &[K::TypeNarrowed],
        K::TypeNarrowed => &[K::TypeWidened],
        K::EnumValuesAppended => &[K::EnumValuesRemoved],
        K::EnumValuesRemoved => &[K::EnumValuesAppended, K::EnumValuesReordered],
        K::EnumValuesReordered => &[K::EnumValuesReordered, K::EnumValuesRemoved],
        K::NullabilityRelaxed => &[K::NullabilityTightened],
        K::NullabilityTightened => &[K::NullabilityRelaxed],
        K::DefaultAdded => &[K::DefaultRemoved],
        K::DefaultRemoved => &[K::DefaultAdded],
        K::AutoIncrementAdded => &[K::AutoIncrementRemoved],
        K::AutoIncrementRemoved => &[K::AutoIncrementAdded],
        K::GeneratedAdded => &[K::GeneratedRemoved],
        K::GeneratedRemoved => &[K::GeneratedAdded],
        K::IndexAdded => &[K::IndexDropped, K::IndexHidden],
        K::IndexDropped | K::IndexHidden => &[K::IndexAdded],
        K::UniqueAdded => &[K::UniqueDropped],
        K::UniqueDropped => &[K::UniqueAdded],
        K::UniqueTightened => &[K::UniqueLoosened],
        K::UniqueLoosened => &[K::UniqueTightened],
        K::PrimaryKeyAdded => &[K::PrimaryKeyDropped],
        K::PrimaryKeyDropped => &[K::PrimaryKeyAdded],
        K::ForeignKeyAdded => &[K::ForeignKeyDropped],
        K::ForeignKeyDropped => &[K::ForeignKeyAdded],
        K::ForeignKeyValidated => &[K::ForeignKeyInvalidated],
        K::ForeignKeyInvalidated => &[K::ForeignKeyValidated],
        K::CheckAdded => &[K::CheckDropped],
        K::CheckDropped => &[K::CheckAdded],
        K::CheckEnforced => &[K::CheckUnenforced],
        K::CheckUnenforced => &[K::CheckEnforced],
        K::PartitionAdded | K::PartitionDropped | K::PartitionRangeReduced => &[],
        // The rest are their own way back.
        K::DatabaseRenamed => &[K::DatabaseRenamed],
        K::DatabaseDefaultCollationChanged => &[K::DatabaseDefaultCollationChanged],
        K::TableRenamed => &[K::TableRenamed],
        K::TableKindChanged => &[K::TableKindChanged],
        K::TableCommentChanged => &[K::TableCommentChanged],
        K::TableEngineChanged => &[K::TableEngineChanged],
        K::TableOptionsChanged => &[K::TableOptionsChanged],
        K::TableDefaultCollationChanged => &[K::TableDefaultCollationChanged],
        K::ClusteredChanged => &[K::ClusteredChanged],
        K::PlacementChanged => &[K::PlacementChanged],
        K::TiflashReplicasChanged => &[K::TiflashReplicasChanged],
        K::ShardBitsChanged => &[K::ShardBitsChanged],
        K::PartitionSchemeChanged => &[K::PartitionSchemeChanged],
        K::ViewDefinitionChanged => &[K::ViewDefinitionChanged],
        K::SequenceChanged => &[K::SequenceChanged],
        K::ColumnRenamed => &[K::ColumnRenamed],
        K::ColumnReordered => &[K::ColumnReordered],
        K::ColumnCommentChanged => &[K::ColumnCommentChanged],
        K::TypeChanged => &[K::TypeChanged],
        K::BoolHintChanged => &[K::BoolHintChanged],
        K::DefaultChanged => &[K::DefaultChanged],
        K::OnUpdateChanged => &[K::OnUpdateChanged],
        K::AutoIncrementChanged => &[K::AutoIncrementChanged],
        K::GeneratedExprChanged => &[K::GeneratedExprChanged],
        K::GeneratedStorageChanged => &[K::GeneratedStorageChanged],
        K::ColumnCharsetChanged => &[K::ColumnCharsetChanged],
        K::ColumnCollationChanged => &[K::ColumnCollationChanged],
        K::ColumnVisibilityChanged => &[K::ColumnVisibilityChanged],
        K::SridChanged => &[K::SridChanged],
        K::IndexRenamed => &[K::IndexRenamed],
        K::IndexCommentChanged => &[K::IndexCommentChanged],
        K::IndexTypeChanged => &[K::IndexTypeChanged],
        K::IndexColumnsChanged => &[K::IndexColumnsChanged],
        K::PrimaryKeyChanged => &[K::PrimaryKeyChanged],
        K::ForeignKeyActionChanged => &[K::ForeignKeyActionChanged],
        K::ForeignKeyTargetChanged => &[K::ForeignKeyTargetChanged],
        K::ForeignKeyRenamed => &[K::ForeignKeyRenamed],
        K::CheckRenamed => &[K::CheckRenamed],
        K::CheckChanged => &[K::CheckChanged],
    }
}

/// The changes that the way back does not mirror: neither as a change of the same object nor in the impact of one.
fn unmirrored(there: &Changes, back: &Changes) -> Vec<String> {
    let renamed = [K::TableRenamed, K::ColumnRenamed, K::IndexRenamed, K::ForeignKeyRenamed, K::CheckRenamed];
    let moved = there.items.iter().any(|change| renamed.contains(&change.kind));
    let folded: BTreeSet<&str> =
        back.items.iter().flat_map(|change| &change.impact.affected).map(|one| one.object.as_str()).collect();
    let mirrored = |change: &Change| {
        let wanted = mirror(change.kind);
        // Under another name the object is called otherwise on the way back.
        back.items
            .iter()
            .any(|other| wanted.contains(&other.kind) && (moved || same(&other.object(), &change.object())))
            // Which of the columns moved is a matter of taste, that some did is not.
            || (change.kind == K::ColumnReordered && back.items.iter().any(|other| other.kind == change.kind))
            || (change.kind != K::ColumnDropped && (moved || folded.contains(change.object().as_str())))
    };
    there
        .items
        .iter()
        .filter(|change| !mirrored(change))
        .map(|change| format!("{:?} {}", change.kind, change.object()))
        .collect()
}

fn same(a: &str, b: &str) -> bool {
    names::same(a, b)
}

fn edited_at_random(edits: usize) -> impl Strategy<Value = (Database, Database)> {
    let edits = prop::collection::vec((0..EDITS, 0..1000_usize, 0..1000_u32), edits..=edits);
    (any_database(), edits).prop_map(|(old, edits)| {
        let new = edits.iter().fold(old.clone(), |new, (which, target, seed)| edit(new, *which, *target, *seed));
        (old, new)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_schema_does_not_differ_from_itself(database in any_database(), fold in 0..3_u8) {
        let (server, databases) = (server(fold), [database]);
        let side = Side::new(&server, &databases);
        let changes = diff(&side, &side, &[]);
        prop_assert!(changes.is_empty() && changes.unknown.is_empty(), "{:?}", found(&changes));
        prop_assert_eq!(changes, Changes::default());
    }

    #[test]
    fn an_edit_is_a_change_and_no_edit_is_none((old, new) in edited_at_random(1)) {
        let changes = of(&old, &new);
        let differs = bytes(&old) != bytes(&new);
        prop_assert_eq!(!changes.is_empty(), differs, "{:?}", found(&changes));
        prop_assert!(changes.unknown.is_empty());
    }

    #[test]
    fn the_way_back_mirrors_one_edit((old, new) in edited_at_random(1)) {
        let (there, back) = (of(&old, &new), of(&new, &old));
        let (forth, backwards) = (unmirrored(&there, &back), unmirrored(&back, &there));
        prop_assert!(forth.is_empty() && backwards.is_empty(), "{forth:?} {backwards:?}");
    }

    #[test]
    fn many_edits_keep_the_promises((old, new) in edited_at_random(6)) {
        let (there, back) = (of(&old, &new), of(&new, &old));
        prop_assert_eq!(there.is_empty(), bytes(&old) == bytes(&new), "{:?}", found(&there));
        prop_assert_eq!(there.is_empty(), back.is_empty());
        let ids: BTreeSet<_> = there.items.iter().map(|change| &change.id).collect();
        prop_assert_eq!(ids.len(), there.items.len(), "an id stands for one change: {:?}", found(&there));
        let total = there.counts.total();
        prop_assert_eq!(total, there.items.len());
        for change in &there.items {
            prop_assert_eq!(change.class, Class::of(change.readers, change.writers));
            prop_assert!(change.message.len() <= MESSAGE && !change.message.contains(char::is_control));
            prop_assert!(change.kind.in_model());
        }
        prop_assert!(there.items.is_sorted_by_key(Change::rank));
    }
}
