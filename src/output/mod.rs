//! The schema in the forms people and programs use: JSON Schema for rows, DDL to make the database again, a diagram.
//! Pure: the same model gives the same bytes. Canonical JSON is written by `schema::canonical`; which text goes into which
//! ConfigMap is decided by `store::layout`.

pub mod ddl;
pub mod json_schema;
pub mod mermaid;
mod parts;
#[cfg(test)]
mod testing;

/// Most bytes of one DDL or Mermaid text; a longer one is cut between tables, so that each part fits into a ConfigMap.
pub const MAX_TEXT: usize = 700 * 1024;
