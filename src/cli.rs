//! The command line: which commands there are, what they are told, and what `--help` says. Does nothing itself.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use url::Url;

pub mod check;
pub mod connect;
pub mod diff;
pub mod render;
pub mod table_name;
pub mod validate;

use self::check::CheckArgs;
use self::connect::ConnectArgs;
use self::render::{Format, RenderArgs};
use self::validate::ValidateArgs;

/// Keeps a live, versioned copy of a database's schema inside Kubernetes, read through an MCP server.
///
/// Exit codes: 0 nothing to report, 1 findings, 2 usage, input or connection error.
#[derive(Clone, Debug, Parser)]
#[command(name = "mcp-schema-operator", version, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Print the CustomResourceDefinitions as YAML
    #[command(after_help = "Example:\n  mcp-schema-operator crds | kubectl apply --server-side -f -")]
    Crds,
    /// Run the controllers, probes and metrics
    #[command(after_help = "Example:\n  mcp-schema-operator run --server-url http://tidb-mcp-server:8000/mcp")]
    Run(crate::config::RunArgs),
    /// Read a database's schema once, without a cluster
    Discover(Box<DiscoverArgs>),
    /// Tell what changed between two schema files, and who breaks
    Diff(diff::DiffArgs),
    /// Print the DDL, JSON Schemas or diagram of a schema that was read before
    Render(RenderArgs),
    /// Judge rows and queries by a snapshot file, without a server
    Validate(ValidateArgs),
    /// Evaluate a SchemaValidationPolicy against a schema file, without a cluster
    Check(CheckArgs),
}

/// `discover`: one discovery with the operator's own engine, without a cluster.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  \
    mcp-schema-operator discover --url http://127.0.0.1:8000/mcp --database shop --format summary\n  \
    mcp-schema-operator discover --url https://mcp.test/mcp --token-file token --ca-file ca.crt --database shop\n  \
    mcp-schema-operator discover --url http://127.0.0.1:8000/mcp --database shop --record shop.ndjson > shop.json\n  \
    mcp-schema-operator discover --url http://127.0.0.1:8000/mcp --database shop --format ddl > shop.sql\n  \
    mcp-schema-operator discover --replay shop.ndjson --database shop --output schemas/")]
pub struct DiscoverArgs {
    /// MCP server, an absolute http or https URL without user name and password
    #[arg(long, value_name = "URL", value_parser = UrlParser, required_unless_present = "replay", conflicts_with = "replay")]
    pub url: Option<Url>,
    /// Name or glob of a database to read; may be given several times
    #[arg(long = "database", value_name = "GLOB", default_value = "*")]
    pub databases: Vec<String>,
    /// Name or glob of a database to leave out
    #[arg(long = "exclude-database", value_name = "GLOB")]
    pub exclude_databases: Vec<String>,
    /// Glob on TABLE or DB.TABLE to read [default: every table]
    #[arg(long = "table", value_name = "GLOB")]
    pub tables: Vec<String>,
    /// Glob on TABLE or DB.TABLE to leave out [default: ghost tables of online migration tools]
    #[arg(long = "exclude-table", value_name = "GLOB")]
    pub exclude_tables: Vec<String>,
    /// Write every answer of the server to this file
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    pub record: Option<PathBuf>,
    /// Read the answers from a recorded file instead of a server
    #[arg(long, value_name = "FILE")]
    pub replay: Option<PathBuf>,
    /// What is printed
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub format: Format,
    /// Write the files that would be published as ConfigMap keys into this directory; ddl, mermaid and jsonschema are then
    /// not printed
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// How the server is reached
    #[command(flatten)]
    pub connect: ConnectArgs,
}

/// Parses a URL and, other than clap's own refusals, never repeats the value: it may hold a password.
#[derive(Clone)]
struct UrlParser;

impl TypedValueParser for UrlParser {
    type Value = Url;

    fn parse_ref(&self, command: &clap::Command, _: Option<&clap::Arg>, value: &OsStr) -> Result<Url, clap::Error> {
        let good = |url: &Url| {
            let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
            matches!(url.scheme(), "http" | "https") && url.has_host() && bare
        };
        value.to_str().and_then(|text| Url::parse(text).ok()).filter(good).ok_or_else(|| {
            let text = "--url must be an absolute http or https URL without user name, password and fragment\n";
            clap::Error::raw(ErrorKind::ValueValidation, text).with_cmd(command)
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::time::Duration;

    use clap::{CommandFactory, FromArgMatches};

    use super::*;

    fn discover(flags: &[&str]) -> Result<DiscoverArgs, clap::Error> {
        let command = DiscoverArgs::augment_args(clap::Command::new("discover").no_binary_name(true));
        DiscoverArgs::from_arg_matches(&command.try_get_matches_from(flags)?)
    }

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
        DiscoverArgs::augment_args(clap::Command::new("discover")).debug_assert();
    }

    #[test]
    fn the_version_is_name_and_number() {
        let error = Cli::try_parse_from(["mcp-schema-operator", "--version"]).unwrap_err();
        assert_eq!(error.to_string(), "mcp-schema-operator 0.1.0\n");
    }

    #[test]
    fn every_command_shows_an_example() {
        let mut cli = Cli::command();
        let mut commands: Vec<_> = cli.get_subcommands_mut().collect();
        while let Some(command) = commands.pop() {
            // clap's own, made while help is rendered.
            if command.get_name() == "help" {
                continue;
            }
            let help = command.render_long_help().to_string();
            assert!(help.contains("Example"), "{help}");
            commands.extend(command.get_subcommands_mut());
        }
    }

    #[test]
    fn a_password_in_the_url_is_not_repeated() {
        let error = discover(&["--url", "http://root:secret@a/mcp", "--database", "shop"]).unwrap_err();
        let text = error.to_string();
        assert!(!text.contains("secret") && text.contains("without user name"), "{text}");
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn discover_needs_a_server_or_a_recording() {
        for (flags, good) in [
            (&["--url", "http://a/mcp", "--database", "shop", "--record", "f"][..], true),
            (&["--replay", "f", "--database", "shop", "--database", "b*", "--format", "summary"], true),
            (&["--database", "shop"], false),
            (&["--url", "http://a/mcp"], true),
            (&["--url", "http://a/mcp", "--replay", "f", "--database", "shop"], false),
            (&["--replay", "f", "--record", "g", "--database", "shop"], false),
            (&["--url", "ftp://a/mcp", "--database", "shop"], false),
            (&["--url", "http://a/mcp", "--database", "shop", "--max-retries", "11"], false),
            (&["--url", "http://a/mcp", "--transport", "stdio"], false),
            (&["--url", "http://a/mcp", "--dialect", "postgres"], false),
            (&["--url", "http://a/mcp", "--dialect", "custom", "--custom-tool", "t"], false),
            (&["--url", "http://a/mcp", "--allow-insecure-auth"], false),
            (&["--replay", "f", "--token-file", "t"], false),
            (&["--url", "http://a/mcp", "--database", "shop", "--request-timeout", "soon"], false),
        ] {
            assert_eq!(discover(flags).is_ok(), good, "{flags:?}");
        }
        let args = discover(&["--replay", "f", "--database", "shop", "--request-timeout", "1.5"]).unwrap();
        let connect = args.connect;
        assert_eq!((connect.request_timeout, args.format), (Duration::from_millis(1500), Format::Json));
        assert_eq!((connect.connection_timeout, connect.max_retries), (Duration::from_secs(30), 3));
    }
}
