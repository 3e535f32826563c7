//! Of every kind, who shows it in these tests; what no server here can make is shown by model values
//! (`src/schema/changes/tests/kinds.rs`).

use std::collections::BTreeSet;

use mcp_schema_operator::schema::changes::ChangeKind as K;

/// Who shows a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// DDL on a real MariaDB.
    MariaDb,
    /// The recordings of TiDB.
    TiDb,
    /// Model values, since of the two only others can make it or tell it.
    Model,
    /// Nobody: the model does not hold it.
    Never,
}

/// A kind that is added to the taxonomy does not compile before it stands here.
pub(crate) fn origin(kind: K) -> Origin {
    match kind {
        K::DatabaseCreated
        | K::DatabaseDropped
        | K::DatabaseDefaultCollationChanged
        | K::TableCreated
        | K::TableDropped
        | K::TableRenamed
        | K::TableKindChanged
        | K::TableCommentChanged
        | K::TableEngineChanged
        | K::TableOptionsChanged
        | K::TableDefaultCollationChanged
        | K::PartitionSchemeChanged
        | K::ViewCreated
        | K::ViewDefinitionChanged
        | K::ViewDropped
        | K::SequenceCreated
        | K::SequenceChanged
        | K::SequenceDropped
        | K::ColumnAdded
        | K::ColumnAddedRequired
        | K::ColumnAddedImplicitDefault
        | K::ColumnDropped
        | K::ColumnRenamed
        | K::ColumnReordered
        | K::ColumnCommentChanged
        | K::TypeWidened
        | K::TypeNarrowed
        | K::TypeChanged
        | K::EnumValuesAppended
        | K::EnumValuesReordered
        | K::EnumValuesRemoved
        | K::BoolHintChanged
        | K::NullabilityRelaxed
        | K::NullabilityTightened
        | K::DefaultAdded
        | K::DefaultChanged
        | K::DefaultRemoved
        | K::OnUpdateChanged
        | K::AutoIncrementAdded
        | K::AutoIncrementRemoved
        | K::GeneratedAdded
        | K::GeneratedRemoved
        | K::GeneratedExprChanged
        | K::GeneratedStorageChanged
        | K::ColumnCharsetChanged
        | K::ColumnCollationChanged
        | K::ColumnVisibilityChanged
        | K::IndexAdded
        | K::IndexRenamed
        | K::IndexCommentChanged
        | K::IndexDropped
        | K::IndexHidden
        | K::IndexTypeChanged
        | K::IndexColumnsChanged
        | K::UniqueAdded
        | K::UniqueTightened
        | K::UniqueDropped
        | K::UniqueLoosened
        | K::PrimaryKeyAdded
        | K::PrimaryKeyChanged
        | K::PrimaryKeyDropped
        | K::ForeignKeyAdded
        | K::ForeignKeyDropped
        | K::ForeignKeyActionChanged
        | K::ForeignKeyTargetChanged
        | K::ForeignKeyRenamed
        | K::CheckRenamed
        | K::CheckAdded
        | K::CheckDropped
        | K::CheckChanged => Origin::MariaDb,
        K::TtlLengthened => Origin::TiDb,
        // TiDB alone, and in none of its recordings.
        K::ClusteredChanged
        | K::PlacementChanged
        | K::TiflashReplicasChanged
        | K::ShardBitsChanged
        | K::TtlAdded
        | K::TtlShortened
        | K::TtlRemoved
        | K::TtlPaused
        | K::AutoIncrementChanged
        | K::ForeignKeyValidated
        | K::ForeignKeyInvalidated => Origin::Model,
        // MySQL alone; and a database cannot be renamed, only spelled otherwise.
        K::SridChanged | K::CheckEnforced | K::CheckUnenforced | K::DatabaseRenamed => Origin::Model,
        K::PartitionAdded | K::PartitionDropped | K::PartitionRangeReduced => Origin::Never,
    }
}

/// The words of all kinds of one origin.
pub(crate) fn kinds_of(wanted: Origin) -> BTreeSet<&'static str> {
    K::ALL.iter().filter(|kind| origin(**kind) == wanted).map(|kind| kind.as_str()).collect()
}

#[test]
fn what_nobody_can_show_is_what_the_model_does_not_hold() {
    let outside = K::ALL.iter().filter(|kind| !kind.in_model()).map(|kind| kind.as_str()).collect::<BTreeSet<_>>();
    assert_eq!(kinds_of(Origin::Never), outside);
}
