//! Every kind of change, with what it means by default, in one table: who breaks, why, what to do, and the type and
//! severity the seed knew it by. A difference that means less or more than its kind says so where it is found.

use serde::{Deserialize, Serialize};

use super::Severity::{self, Critical, High, Low, Medium};
use crate::schema::verdict::Verdict::{self, Breaking, Ok, Risky};

/// What a kind means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// To readers, unless the difference itself says otherwise.
    pub readers: Verdict,
    /// To writers, unless the difference itself says otherwise.
    pub writers: Verdict,
    /// `change_type` of the seed.
    pub seed_type: &'static str,
    /// Severity of the seed.
    pub seed_severity: Severity,
    /// Why it breaks whom, in a few words.
    pub why: &'static str,
}

macro_rules! kinds {
    ($($name:ident $word:literal: $readers:ident $writers:ident, $seed:literal $severity:ident, $why:literal;)*) => {
        /// What happened to an object.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ChangeKind { $(#[doc = concat!("`", $word, "`: ", $why, ".")] $name,)* }

        impl ChangeKind {
            /// Every kind there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word in JSON, reports and `ignore` rules.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What it means.
            #[must_use]
            pub const fn meaning(self) -> Meaning {
                match self {
                    $(Self::$name => Meaning {
                        readers: $readers, writers: $writers, seed_type: $seed, seed_severity: $severity, why: $why,
                    },)*
                }
            }
        }
    };
}

kinds! {
    // The taxonomy knows no change of a whole database; without these three an empty one would come and go unseen.
    DatabaseCreated "database_created": Ok Ok, "table_created" Medium, "a new database stands in nobody's way";
    DatabaseDropped "database_dropped": Breaking Breaking, "table_dropped" Critical, "every statement that names it fails";
    DatabaseRenamed "database_renamed": Risky Ok, "table_renamed" Low, "the server takes both spellings, a file name does not";
    DatabaseDefaultCollationChanged "database_default_collation_changed": Ok Risky, "table_modified" Medium, "tables made from now on compare text otherwise";
    TableCreated "table_created": Ok Ok, "table_created" Medium, "a new table stands in nobody's way";
    TableDropped "table_dropped": Breaking Breaking, "table_dropped" Critical, "every statement that names it fails";
    TableRenamed "table_renamed": Breaking Breaking, "table_renamed" Critical, "every statement that names it as before fails";
    TableKindChanged "table_kind_changed": Breaking Breaking, "table_dropped" Critical, "it is another kind of object under the same name";
    TableCommentChanged "table_comment_changed": Ok Ok, "comment_changed" Low, "a comment changes nothing";
    TableEngineChanged "table_engine_changed": Risky Risky, "table_modified" Medium, "transactions, locks and limits are another engine's";
    TableOptionsChanged "table_options_changed": Ok Ok, "table_modified" Low, "rows are kept otherwise and mean the same";
    TableDefaultCollationChanged "table_default_collation_changed": Ok Risky, "table_modified" Medium, "columns added from now on compare text otherwise";
    ClusteredChanged "clustered_changed": Ok Ok, "table_modified" Low, "rows are kept otherwise and mean the same";
    PlacementChanged "placement_changed": Ok Ok, "table_modified" Low, "rows lie elsewhere and mean the same";
    TiflashReplicasChanged "tiflash_replicas_changed": Ok Ok, "table_modified" Low, "only analytical reads are faster or slower";
    ShardBitsChanged "shard_bits_changed": Ok Ok, "table_modified" Low, "rows are spread otherwise and mean the same";
    PartitionAdded "partition_added": Ok Ok, "table_modified" Low, "more rows have a place";
    PartitionDropped "partition_dropped": Risky Ok, "table_modified" High, "its rows may be gone";
    PartitionSchemeChanged "partition_scheme_changed": Risky Risky, "table_modified" Medium, "other queries are fast, other keys are allowed";
    PartitionRangeReduced "partition_range_reduced": Ok Breaking, "table_modified" High, "rows above the last bound are refused";
    TtlAdded "ttl_added": Risky Ok, "table_modified" High, "rows vanish once they are old";
    TtlShortened "ttl_shortened": Risky Ok, "table_modified" High, "rows vanish earlier";
    TtlRemoved "ttl_removed": Ok Ok, "table_modified" Low, "rows do not vanish any more";
    TtlLengthened "ttl_lengthened": Ok Ok, "table_modified" Low, "rows vanish later";
    TtlPaused "ttl_paused": Ok Ok, "table_modified" Low, "rows do not vanish for now";
    ViewCreated "view_created": Ok Ok, "table_created" Medium, "a new view stands in nobody's way";
    ViewDefinitionChanged "view_definition_changed": Risky Risky, "table_modified" Medium, "it may show other rows or columns";
    ViewDropped "view_dropped": Breaking Breaking, "table_dropped" Critical, "every statement that names it fails";
    SequenceCreated "sequence_created": Ok Ok, "table_created" Medium, "a new sequence stands in nobody's way";
    SequenceChanged "sequence_changed": Ok Risky, "table_modified" Medium, "writers draw other numbers";
    SequenceDropped "sequence_dropped": Ok Breaking, "table_dropped" Critical, "writers that draw numbers from it fail";
    ColumnAdded "column_added": Ok Ok, "column_added" Low, "writers may leave it out";
    ColumnAddedRequired "column_added_required": Ok Breaking, "column_added" Medium, "inserts that leave it out are refused";
    ColumnAddedImplicitDefault "column_added_implicit_default": Ok Risky, "column_added" Medium, "inserts that leave it out store the first member silently";
    ColumnDropped "column_dropped": Breaking Breaking, "column_dropped" High, "statements that name it fail";
    ColumnRenamed "column_renamed": Breaking Breaking, "column_renamed" Critical, "statements that name it as before fail";
    ColumnReordered "column_reordered": Risky Risky, "column_modified" Low, "SELECT * and INSERT without a column list go by position";
    ColumnCommentChanged "column_comment_changed": Ok Ok, "comment_changed" Low, "a comment changes nothing";
    TypeWidened "type_widened": Risky Ok, "data_type_changed" High, "values may be larger than readers expect";
    TypeNarrowed "type_narrowed": Ok Breaking, "data_type_changed" High, "values that were accepted are refused or cut";
    TypeChanged "type_changed": Breaking Breaking, "data_type_changed" High, "values are read and written otherwise";
    EnumValuesAppended "enum_values_appended": Risky Ok, "data_type_changed" High, "readers meet members they do not know";
    EnumValuesReordered "enum_values_reordered": Risky Risky, "data_type_changed" High, "members have other numbers, which sort and compare";
    EnumValuesRemoved "enum_values_removed": Ok Breaking, "data_type_changed" High, "the members that are gone are refused";
    BoolHintChanged "bool_hint_changed": Risky Ok, "data_type_changed" High, "clients take tinyint(1) for a boolean";
    NullabilityRelaxed "nullability_relaxed": Breaking Ok, "column_modified" Low, "readers meet NULL";
    NullabilityTightened "nullability_tightened": Ok Breaking, "column_modified" High, "NULL is refused";
    DefaultAdded "default_added": Ok Ok, "column_modified" Low, "writers may leave it out";
    DefaultChanged "default_changed": Ok Risky, "column_modified" Low, "inserts that leave it out store another value";
    DefaultRemoved "default_removed": Ok Breaking, "column_modified" Medium, "inserts that leave it out are refused";
    OnUpdateChanged "on_update_changed": Risky Risky, "column_modified" Low, "an update sets it, or does not any more";
    AutoIncrementAdded "auto_increment_added": Ok Ok, "column_modified" Medium, "writers may leave it out";
    AutoIncrementRemoved "auto_increment_removed": Ok Breaking, "column_modified" Medium, "nobody draws the value of an insert that leaves it out";
    AutoIncrementChanged "auto_increment_changed": Ok Breaking, "column_modified" Medium, "values are drawn otherwise, and given ones may be refused";
    GeneratedAdded "generated_added": Risky Breaking, "column_modified" High, "writes that give it a value are refused";
    GeneratedRemoved "generated_removed": Risky Risky, "column_modified" High, "nobody computes it any more";
    GeneratedExprChanged "generated_expr_changed": Risky Risky, "column_modified" High, "it is computed otherwise";
    GeneratedStorageChanged "generated_storage_changed": Ok Ok, "column_modified" Low, "it is kept otherwise and means the same";
    ColumnCharsetChanged "column_charset_changed": Breaking Breaking, "column_modified" Medium, "it holds other characters";
    ColumnCollationChanged "column_collation_changed": Risky Risky, "column_modified" Medium, "other values are equal, and sort otherwise";
    ColumnVisibilityChanged "column_visibility_changed": Risky Risky, "column_modified" Low, "SELECT * and INSERT without a column list gain or lose it";
    SridChanged "srid_changed": Breaking Breaking, "data_type_changed" High, "coordinates are in another system";
    IndexAdded "index_added": Ok Ok, "index_added" Low, "reads may be faster";
    IndexRenamed "index_renamed": Ok Ok, "index_added" Low, "only index hints name it";
    IndexCommentChanged "index_comment_changed": Ok Ok, "comment_changed" Low, "a comment changes nothing";
    IndexDropped "index_dropped": Risky Ok, "index_dropped" High, "reads that used it are slow";
    IndexHidden "index_hidden": Risky Ok, "index_dropped" High, "reads that used it are slow";
    IndexTypeChanged "index_type_changed": Risky Ok, "index_dropped" High, "reads that used it may be slow";
    IndexColumnsChanged "index_columns_changed": Risky Ok, "index_dropped" High, "reads that used it may be slow";
    UniqueAdded "unique_added": Ok Breaking, "index_added" Low, "duplicates are refused";
    UniqueTightened "unique_tightened": Ok Breaking, "index_added" Low, "more rows count as duplicates and are refused";
    UniqueDropped "unique_dropped": Risky Risky, "index_dropped" High, "duplicates appear; REPLACE and ON DUPLICATE KEY insert instead";
    UniqueLoosened "unique_loosened": Risky Risky, "index_dropped" High, "duplicates appear; REPLACE and ON DUPLICATE KEY insert instead";
    PrimaryKeyAdded "primary_key_added": Ok Breaking, "constraint_added" Medium, "duplicates and NULL are refused";
    PrimaryKeyChanged "primary_key_changed": Breaking Breaking, "column_modified" Critical, "a row is known by something else";
    PrimaryKeyDropped "primary_key_dropped": Risky Risky, "column_modified" Critical, "rows have no identity any more";
    ForeignKeyAdded "foreign_key_added": Ok Breaking, "foreign_key_added" Medium, "rows without a parent are refused";
    ForeignKeyValidated "foreign_key_validated": Ok Breaking, "foreign_key_added" Medium, "rows without a parent are refused from now on";
    ForeignKeyDropped "foreign_key_dropped": Risky Ok, "foreign_key_dropped" Critical, "rows without a parent appear";
    ForeignKeyInvalidated "foreign_key_invalidated": Risky Ok, "foreign_key_dropped" Critical, "rows without a parent appear";
    ForeignKeyActionChanged "foreign_key_action_changed": Risky Risky, "foreign_key_dropped" Critical, "children are deleted, changed or kept otherwise";
    ForeignKeyTargetChanged "foreign_key_target_changed": Risky Breaking, "foreign_key_dropped" Critical, "rows need another parent";
    ForeignKeyRenamed "foreign_key_renamed": Ok Ok, "constraint_added" Low, "only error messages name it";
    CheckRenamed "check_renamed": Ok Ok, "constraint_added" Low, "only error messages name it";
    CheckAdded "check_added": Ok Breaking, "constraint_added" Medium, "rows that fail it are refused";
    CheckEnforced "check_enforced": Ok Breaking, "constraint_added" Medium, "rows that fail it are refused from now on";
    CheckDropped "check_dropped": Risky Ok, "constraint_dropped" High, "rows appear that it refused";
    CheckUnenforced "check_unenforced": Risky Ok, "constraint_dropped" High, "rows appear that it refused";
    CheckChanged "check_changed": Risky Breaking, "constraint_dropped" High, "other rows are refused, and other rows appear";
}

impl ChangeKind {
    /// The model tells it. Of partitions it holds the scheme alone, so that rolling ones are no drift; the kinds that
    /// speak of single partitions have their place in the taxonomy and never occur.
    #[must_use]
    pub const fn in_model(self) -> bool {
        !matches!(self, Self::PartitionAdded | Self::PartitionDropped | Self::PartitionRangeReduced)
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    /// What to do before such a change, or after it; empty where there is nothing to do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::DatabaseDropped | Self::TableDropped | Self::ViewDropped | Self::SequenceDropped => {
                "let every client stop using it first, then drop it"
            }
            Self::TableRenamed | Self::ColumnRenamed => {
                "add the new name first (a view, or a column written twice), move the clients, then drop the old one"
            }
            Self::ColumnDropped => "let every client stop naming it first, then drop it",
            Self::ColumnAddedRequired | Self::DefaultRemoved => "give it a default, or let every writer name it first",
            Self::ColumnAddedImplicitDefault => "give it a default of its own, so that what is stored is meant",
            Self::TypeNarrowed | Self::EnumValuesRemoved => {
                "let writers stop sending the values that go, and correct stored rows first"
            }
            Self::TypeChanged | Self::SridChanged | Self::GeneratedAdded => {
                "add a new column of that kind, move the clients, then drop the old one"
            }
            Self::NullabilityRelaxed => "let readers accept NULL first",
            Self::NullabilityTightened => "let writers stop sending NULL, and fill stored rows first",
            Self::TypeWidened | Self::EnumValuesAppended => {
                "let readers accept the new values before writers send them"
            }
            Self::EnumValuesReordered => "add new members at the end, and keep the order of the others",
            Self::UniqueAdded | Self::UniqueTightened | Self::PrimaryKeyAdded => "remove duplicates first",
            Self::ForeignKeyAdded | Self::ForeignKeyValidated | Self::ForeignKeyTargetChanged => {
                "remove rows without a parent first"
            }
            Self::CheckAdded | Self::CheckEnforced | Self::CheckChanged => "correct the rows that fail it first",
            Self::IndexDropped | Self::UniqueDropped => "hide the index first, and drop it when nothing got slower",
            _ => "",
        }
    }
}
