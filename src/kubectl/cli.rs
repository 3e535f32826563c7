//! The command line of `kubectl schema`: which commands there are, what they are told, and what `--help` says. Does
//! nothing itself.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::cli::diff::{DiffFormat, ProtectArg};
use crate::duration;

/// Shows what the SchemaSnapshots of a cluster hold, what changed, and asks the operator for a look or a publication.
///
/// SNAPSHOT is the name of a SchemaSnapshot; it may be left out where the namespace has exactly one. The cluster is that of
/// the kubeconfig, as for kubectl.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "kubectl-schema",
    bin_name = "kubectl schema",
    version,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 nothing to report, 1 findings, 2 usage, input or connection error.\n\n\
        Examples:\n  \
        kubectl schema tree -n shop\n  \
        kubectl schema show shop.orders -n shop\n  \
        kubectl schema status orders -n shop"
)]
pub struct Cli {
    /// Which snapshot of which cluster.
    #[command(flatten)]
    pub options: Options,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Where the snapshot is; every command takes these.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Cluster")]
pub struct Options {
    /// Namespace of the snapshot [default: that of the kubeconfig's context]
    #[arg(short, long, global = true, value_name = "NAMESPACE")]
    pub namespace: Option<String>,
    /// Name of the snapshot [default: the only one of the namespace]
    #[arg(long, global = true, value_name = "NAME")]
    pub snapshot: Option<String>,
    /// Context of the kubeconfig [default: its current one]
    #[arg(long, global = true, value_name = "NAME")]
    pub context: Option<String>,
    /// Kubeconfig file [default: KUBECONFIG, else ~/.kube/config, else the pod's service account]
    #[arg(long, global = true, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// List databases, tables, views and sequences
    #[command(after_help = "Examples:\n  kubectl schema tree\n  kubectl schema tree orders -n shop")]
    Tree(SnapshotArgs),
    /// Show one table, view or sequence: columns, keys, checks, partitioning
    Show(ShowArgs),
    /// List the revisions that were published, newest first
    #[command(after_help = "Examples:\n  kubectl schema history\n  kubectl schema history orders -n shop")]
    History(SnapshotArgs),
    /// Tell what changed between two revisions, and who breaks
    Diff(DiffArgs),
    /// Print an ER diagram of one database, for Mermaid
    Erd(ErdArgs),
    /// Have the operator look at the database now
    Refresh(RefreshArgs),
    /// Publish exactly the content that is held
    Approve(ApproveArgs),
    /// Show how the snapshot is doing, what is wrong first
    #[command(
        after_help = "Exit codes: 0 all is well, 1 a condition says that something is not, 2 it cannot be read.\n\n\
        Examples:\n  kubectl schema status\n  kubectl schema status orders -n shop --context prod"
    )]
    Status(SnapshotArgs),
}

impl Command {
    /// The word for it, and the snapshot named beside it.
    pub(super) fn name(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Tree(args) => ("tree", args.name.as_deref()),
            Self::Show(args) => ("show", args.name.as_deref()),
            Self::History(args) => ("history", args.name.as_deref()),
            Self::Diff(_) => ("diff", None),
            Self::Erd(_) => ("erd", None),
            Self::Refresh(_) => ("refresh", None),
            Self::Approve(_) => ("approve", None),
            Self::Status(args) => ("status", args.name.as_deref()),
        }
    }
}

/// A command that needs no more than the snapshot.
#[derive(Args, Clone, Debug)]
pub struct SnapshotArgs {
    /// Name of the snapshot, as --snapshot
    #[arg(value_name = "SNAPSHOT")]
    pub name: Option<String>,
}

/// `show`: one object.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  \
    kubectl schema show shop.orders\n  \
    kubectl schema show shop.orders orders -n shop\n  \
    kubectl schema show '`odd.name`.orders'")]
pub struct ShowArgs {
    /// Its name with that of its database; in backquotes where a name has a dot. TABLE alone where only one database has it
    #[arg(value_name = "DB.TABLE")]
    pub object: String,
    /// Name of the snapshot, as --snapshot
    #[arg(value_name = "SNAPSHOT")]
    pub name: Option<String>,
}

/// `diff`: two revisions.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "A REV is a revision or its first digits, at least 4; a content hash; or one of the words published \
    (what applications see) and held (what waits for approval). kubectl schema history lists them.\n\n\
    Exit codes: 0 nobody who is protected breaks, 1 somebody does, 2 a revision cannot be read.\n\n\
    Examples:\n  \
    kubectl schema diff 3f9c\n  \
    kubectl schema diff published held\n  \
    kubectl schema diff 3f9c1a77be20 11aa04d2c9e1 --protect readers --format json"
)]
pub struct DiffArgs {
    /// The older schema
    #[arg(value_name = "REV")]
    pub old: String,
    /// The newer schema
    #[arg(value_name = "REV", default_value = "published")]
    pub new: String,
    /// Who must not break
    #[arg(long, value_enum, ignore_case = true, default_value_t = ProtectArg::Clients)]
    pub protect: ProtectArg,
    /// What is printed
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub format: DiffFormat,
}

/// `erd`: a diagram.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  \
    kubectl schema erd > shop.mmd\n  \
    kubectl schema erd shop --snapshot orders -n shop | mmdc -i - -o shop.svg")]
pub struct ErdArgs {
    /// The database [default: the only one of the snapshot]
    #[arg(value_name = "DB")]
    pub database: Option<String>,
    /// Which part of a diagram that is too large for one
    #[arg(long, value_name = "NUMBER")]
    pub part: Option<NonZeroUsize>,
}

/// `refresh`: a look now.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Exit codes: 0 asked for, or with --wait done and well; 1 done, and a condition says that something is \
    not well; 2 it was not done in time, or cannot be asked for.\n\n\
    Examples:\n  \
    kubectl schema refresh\n  \
    kubectl schema refresh shop.orders --wait\n  \
    kubectl schema refresh databases --snapshot orders -n shop --wait --timeout 5m"
)]
pub struct RefreshArgs {
    /// What is read anew: all, databases (their list), tables, DB or DB.TABLE; a name that is one of these words, or has a
    /// dot, in backquotes [default: all]
    #[arg(value_name = "SCOPE")]
    pub scope: Option<String>,
    /// Wait until it is done, and print the Ready condition
    #[arg(long)]
    pub wait: bool,
    /// How long to wait
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_or_seconds, default_value = "60s", requires = "wait")]
    pub timeout: Duration,
}

/// `approve`: what is held is published.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Look first: kubectl schema status says what is held and why. If the database changes again before the \
    operator acts, nothing is published.\n\n\
    Exit codes: 0 approved, 2 nothing is held, or something else than REV.\n\n\
    Examples:\n  \
    kubectl schema approve\n  \
    kubectl schema approve 3f9c1a77be20 --snapshot orders -n shop"
)]
pub struct ApproveArgs {
    /// Revision, its first digits (at least 4), or content hash of what you mean to approve; refused when something else is
    /// held by now [default: whatever is held]
    #[arg(value_name = "REV")]
    pub revision: Option<String>,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent_and_every_command_shows_examples() {
        let mut cli = Cli::command();
        cli.clone().debug_assert();
        let commands = cli.get_subcommands_mut().filter(|command| command.get_name() != "help");
        let mut names: Vec<String> = Vec::new();
        for command in commands {
            let help = command.render_long_help().to_string();
            assert!(help.contains("Examples:\n  kubectl schema "), "{help}");
            names.push(command.get_name().to_owned());
        }
        assert_eq!(names, ["tree", "show", "history", "diff", "erd", "refresh", "approve", "status"]);
        assert!(cli.render_long_help().to_string().contains("Examples:"));
    }

    #[test]
    fn every_example_is_accepted() {
        let mut cli = Cli::command();
        let mut texts = vec![cli.render_long_help().to_string()];
        texts.extend(cli.get_subcommands_mut().map(|command| command.render_long_help().to_string()));
        let lines: Vec<String> = texts
            .iter()
            .flat_map(|text| text.split_once("Examples:").map(|(_, rest)| rest.lines().map(str::to_owned)))
            .flatten()
            .filter(|line| line.starts_with("  kubectl schema "))
            .collect();
        assert!(lines.len() > 15, "{lines:?}");
        for line in lines {
            let words = line.trim().split([' ']).map(|word| word.trim_matches('\''));
            let words: Vec<&str> = words.skip(1).take_while(|word| !["|", ">"].contains(word)).collect();
            Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }

    #[test]
    fn the_options_stand_before_or_after_the_command() {
        for (line, good) in [
            ("schema -n shop tree", true),
            ("schema tree orders -n shop --context prod --kubeconfig f", true),
            ("schema show shop.orders", true),
            ("schema show", false),
            ("schema diff", false),
            ("schema diff a b c", false),
            ("schema diff a --format yaml", false),
            ("schema diff a --protect CLIENTS", true),
            ("schema erd shop --part 0", false),
            ("schema refresh --timeout 5s", false),
            ("schema refresh --wait --timeout soon", false),
            ("schema refresh shop --wait --timeout 1.5", true),
            ("schema approve", true),
            ("schema", false),
        ] {
            assert_eq!(Cli::try_parse_from(line.split(' ')).is_ok(), good, "{line}");
        }
        let cli = Cli::try_parse_from(["schema", "diff", "3f9c", "--snapshot", "orders"]).unwrap();
        let Command::Diff(args) = cli.command else { panic!("another command") };
        assert_eq!((args.new.as_str(), cli.options.snapshot.as_deref()), ("published", Some("orders")));
    }
}
