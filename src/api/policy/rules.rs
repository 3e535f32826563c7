//! `spec.rules` of a policy: which built in rules run, and rules of one's own. The built in ones are an enum, so that a
//! typo is refused with the list; what each does stands in `validation::rules`.
#![expect(unreachable_pub, reason = "the schema derive puts a copy of each type into a function body")]

use std::fmt;

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A rule that runs: a built in one, or an expression of your own.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[x_kube(
    validation = Rule::new("has(self.builtin) != has(self.expression)")
        .message("set exactly one of builtin and expression"),
    validation = Rule::new("has(self.builtin) || !has(self.expression) || (has(self.name) && has(self.scope) && has(self.message))")
        .message("a rule with an expression needs name, scope and message"),
    validation = Rule::new("has(self.expression) || !has(self.builtin) || !(has(self.name) || has(self.scope) || has(self.message))")
        .message("name, scope and message go with an expression; a builtin rule brings its own")
)]
#[serde(rename_all = "camelCase")]
pub struct PolicyRule {
    /// A built in rule, as in table-has-primary-key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub builtin: Option<BuiltinRule>,
    /// Name of your own rule, as in money-is-decimal; reports and exceptions use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 63))]
    pub name: Option<String>,
    /// What your rule is asked about, one at a time: Database, Table, Column, Index, ForeignKey, Change or Query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Globs on TABLE or DB.TABLE: only these are judged. Left out: every table and view.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50), inner(length(min = 1, max = 256)))]
    pub tables: Vec<String>,
    /// A CEL expression that is true where all is well, at most 4096 bytes, as in column.type.base != 'float'.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4096))]
    pub expression: Option<String>,
    /// What is wrong where the expression is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 512))]
    pub message: Option<String>,
    /// Error fails the policy, Warn and Info report, Off runs nothing. Left out: the default of the built in rule, Error
    /// for an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What the rule measures with; the documentation of each rule says which it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<Params>,
}

/// What a rule measures with.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    /// Most that is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 4_294_967_295_i64))]
    pub max: Option<i64>,
    /// A regular expression names must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 512))]
    pub pattern: Option<String>,
    /// Values the rule allows or forbids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100), inner(length(min = 1, max = 128)))]
    pub values: Vec<String>,
    /// Names or globs the rule looks at, compared without case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100), inner(length(min = 1, max = 128)))]
    pub names: Vec<String>,
}

/// How much a broken rule matters.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
pub enum Severity {
    Off,
    Info,
    Warn,
    Error,
}

/// What a rule is asked about.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
pub enum Scope {
    Database,
    Table,
    Column,
    Index,
    ForeignKey,
    Change,
    Query,
}

macro_rules! builtin_rules {
    ($($name:ident = $text:literal,)*) => {
        /// A built in rule.
        #[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; docs/rules.md explains them")]
        pub enum BuiltinRule { $(#[serde(rename = $text)] $name,)* }

        impl BuiltinRule {
            /// Every one, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name users write.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

builtin_rules! {
    TableHasPrimaryKey = "table-has-primary-key",
    PrimaryKeyNotNullUniqueStable = "primary-key-not-null-unique-stable",
    PrimaryKeyType = "primary-key-type",
    AutoIncrementHeadroom = "auto-increment-headroom",
    TidbAutoIncrementHotspot = "tidb-auto-increment-hotspot",
    TableNamePattern = "table-name-pattern",
    ColumnNamePattern = "column-name-pattern",
    IndexNamePattern = "index-name-pattern",
    FkNamePattern = "fk-name-pattern",
    NameLength = "name-length",
    NameReservedWord = "name-reserved-word",
    NameLowerCase = "name-lower-case",
    NameCaseCollision = "name-case-collision",
    TableCommentRequired = "table-comment-required",
    ColumnCommentRequired = "column-comment-required",
    ForbiddenTypes = "forbidden-types",
    NoFloatForMoney = "no-float-for-money",
    NoEnum = "no-enum",
    NoSet = "no-set",
    NoZeroDateDefault = "no-zero-date-default",
    NoTimestamp2038 = "no-timestamp-2038",
    NoDisplayWidth = "no-display-width",
    NoZerofill = "no-zerofill",
    CharsetAllowed = "charset-allowed",
    CollationAllowed = "collation-allowed",
    CollationConsistent = "collation-consistent",
    EngineAllowed = "engine-allowed",
    FkIndexed = "fk-indexed",
    FkTypeMatch = "fk-type-match",
    FkParentUnique = "fk-parent-unique",
    FkParentExists = "fk-parent-exists",
    FkNoCycle = "fk-no-cycle",
    NoForeignKeys = "no-foreign-keys",
    FkCascadeAllowed = "fk-cascade-allowed",
    FkValid = "fk-valid",
    DuplicateIndex = "duplicate-index",
    RedundantIndex = "redundant-index",
    IndexCountMax = "index-count-max",
    IndexWidthMax = "index-width-max",
    IndexInvisibleStale = "index-invisible-stale",
    UniqueNullableColumn = "unique-nullable-column",
    ColumnCountMax = "column-count-max",
    RowWidthMax = "row-width-max",
    VarcharMaxLength = "varchar-max-length",
    TextWithoutNeed = "text-without-need",
    NotNullNeedsDefaultOrWriterContract = "not-null-needs-default-or-writer-contract",
    NullableBoolean = "nullable-boolean",
    ColumnTypeConsistent = "column-type-consistent",
    CheckEnforced = "check-enforced",
    PartitionKeyInUniqueKeys = "partition-key-in-unique-keys",
    PartitionHasMaxvalue = "partition-has-maxvalue",
    TtlColumnIndexedNote = "ttl-column-indexed-note",
    TtlAllowed = "ttl-allowed",
    VectorHasDimension = "vector-has-dimension",
    JsonHasValidity = "json-has-validity",
    ViewDefinerAllowed = "view-definer-allowed",
    ViewNoSelectStar = "view-no-select-star",
    GeneratedColumnDeterministic = "generated-column-deterministic",
    PiiNameWithoutCommentTag = "pii-name-without-comment-tag",
    MaxTables = "max-tables",
}

impl fmt::Display for BuiltinRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
