//! A contract as it is checked: the policy's words with types parsed and defaults filled in. Plain data.

use crate::api::policy::contract::{Match, Role};
use crate::schema::{ReferentialAction, Type};

/// What one consumer relies on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Its name.
    pub name: String,
    /// Who to talk to.
    pub owner: String,
    /// The database of its tables.
    pub database: String,
    /// What the consumer does with the rows.
    pub role: Role,
    /// Tables it does not name must not be there.
    pub forbids_extra_tables: bool,
    /// Columns of its tables it does not name must not be there.
    pub forbids_extra_columns: bool,
    /// Tables and views.
    pub tables: Vec<ExpectedTable>,
}

/// What is expected of one table or view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedTable {
    /// Its name.
    pub name: String,
    /// Columns it must have.
    pub columns: Vec<ExpectedColumn>,
    /// Columns of its primary key; empty when it does not matter.
    pub primary_key: Vec<String>,
    /// Indexes it must have.
    pub indexes: Vec<ExpectedIndex>,
    /// Foreign keys it must have.
    pub foreign_keys: Vec<ExpectedForeignKey>,
    /// Columns it must not have.
    pub absent_columns: Vec<String>,
}

/// What is expected of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedColumn {
    /// Its name.
    pub name: String,
    /// Its type; none when only the column must be there.
    pub r#type: Option<ExpectedType>,
    /// How close the type must be.
    pub matching: Match,
    /// Whether NULL occurs; none when it does not matter.
    pub nullable: Option<bool>,
}

/// A type a contract names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedType {
    /// The type.
    pub r#type: Type,
    /// Its character set; empty when it does not matter.
    pub charset: String,
}

/// An index the consumer relies on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedIndex {
    /// Its first columns, in order.
    pub columns: Vec<String>,
    /// Whether it allows no duplicates; none when it does not matter.
    pub unique: Option<bool>,
}

/// A foreign key the consumer relies on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedForeignKey {
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// The parent's database.
    pub ref_database: String,
    /// The parent.
    pub ref_table: String,
    /// The parent's columns, in order.
    pub ref_columns: Vec<String>,
    /// What happens when the parent row goes; none when it does not matter.
    pub on_delete: Option<ReferentialAction>,
    /// What happens when the parent's key changes; none when it does not matter.
    pub on_update: Option<ReferentialAction>,
}

impl Contract {
    /// Its consumer selects rows.
    #[must_use]
    pub const fn reads(&self) -> bool {
        matches!(self.role, Role::Reader | Role::Both)
    }

    /// Its consumer inserts and updates rows.
    #[must_use]
    pub const fn writes(&self) -> bool {
        matches!(self.role, Role::Writer | Role::Both)
    }
}
