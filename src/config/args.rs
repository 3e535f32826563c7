//! The flags of `run` on the command line, made from the table of settings. Pure.

use std::collections::BTreeMap;

use clap::{Arg, ArgMatches, Command};

use super::{SETTINGS, SWITCH, Setting};

/// The flags of `run` as given on the command line, not yet checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunArgs {
    pub(super) given: BTreeMap<&'static str, String>,
}

impl clap::Args for RunArgs {
    fn augment_args(command: Command) -> Command {
        let arg = |s: &Setting| {
            let help = format!("{} [env: {}] [default: {}]", s.help, s.env, s.default);
            let arg = Arg::new(s.flag).long(s.flag).value_name(s.value_name).help(help);
            // A switch may stand alone.
            if s.value_name == SWITCH { arg.num_args(0..=1).default_missing_value("true") } else { arg }
        };
        command.args(SETTINGS.iter().map(arg))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for RunArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let value = |s: &Setting| Some((s.flag, matches.get_one::<String>(s.flag)?.clone()));
        Ok(Self { given: SETTINGS.iter().filter_map(value).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
