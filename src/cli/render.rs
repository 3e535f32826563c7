//! What `render` is told, and the formats it shares with `discover`. Does nothing itself.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `render`: the forms of a schema, from a snapshot file.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  \
    mcp-schema-operator render --schema shop.json --format ddl > shop.sql\n  \
    mcp-schema-operator render --schema shop.json --format mermaid --database shop > shop.mmd\n  \
    mcp-schema-operator render --schema shop.json --format jsonschema --table shop.orders > orders.schema.json\n  \
    mcp-schema-operator render --schema shop.json --format jsonschema --output schemas/")]
pub struct RenderArgs {
    /// Snapshot file, as `discover --format json` prints it
    #[arg(long, value_name = "FILE")]
    pub schema: PathBuf,
    /// What is printed
    #[arg(long, value_enum)]
    pub format: Format,
    /// Name or glob of a database of the file; may be given several times
    #[arg(long = "database", value_name = "GLOB", default_value = "*")]
    pub databases: Vec<String>,
    /// Glob on TABLE or DB.TABLE [default: every table]
    #[arg(long = "table", value_name = "GLOB")]
    pub tables: Vec<String>,
    /// Write the files that would be published as ConfigMap keys into this directory; ddl, mermaid and jsonschema are then
    /// not printed
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// What is printed on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The whole schema as one JSON document
    Json,
    /// A JSON Schema 2020-12 for the rows of each table, one document a line
    #[value(alias = "json-schema")]
    Jsonschema,
    /// SQL that makes the database again
    Ddl,
    /// An ER diagram of one database
    Mermaid,
    /// One line per database, for people
    Summary,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use clap::FromArgMatches;

    use super::*;

    #[test]
    fn render_needs_a_file_and_a_format() {
        let parse = |flags: &[&str]| {
            let command = RenderArgs::augment_args(clap::Command::new("render").no_binary_name(true));
            RenderArgs::from_arg_matches(&command.try_get_matches_from(flags)?)
        };
        for (flags, good) in [
            (&["--schema", "f", "--format", "ddl"][..], true),
            (&["--schema", "f", "--format", "jsonschema", "--table", "a.b", "--output", "d"], true),
            (&["--schema", "f", "--format", "json-schema", "--database", "a", "--database", "b"], true),
            (&["--schema", "f"], false),
            (&["--format", "ddl"], false),
            (&["--schema", "f", "--format", "sql"], false),
        ] {
            assert_eq!(parse(flags).is_ok(), good, "{flags:?}");
        }
        assert_eq!(parse(&["--schema", "f", "--format", "mermaid"]).unwrap().databases, ["*"]);
    }
}
