//! The outputs in the hands of those they are for: DDL runs on a real database and gives the same schema, JSON Schemas
//! compile in two validators that agree on rows, diagrams are read by Mermaid, and `render` prints exactly these texts.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod cli;
mod ddl;
mod golden;
mod json_schema;
mod live_rows;
mod mermaid;
mod rows;
mod show_create;
mod support;
