//! What the server's kind, version and sql_mode decide about values.

use super::options::Options;
use crate::schema::{Engine, ServerFacts};

/// The server's ways, decided once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) engine: Engine,
    /// 0000-00-00 is stored.
    pub(super) zero_date: bool,
    /// A month or day of 0 is stored.
    pub(super) zero_in_date: bool,
    /// Every day up to 31 is stored.
    pub(super) invalid_dates: bool,
    /// 0 is stored in an AUTO_INCREMENT column instead of drawing a value.
    pub(super) auto_value_on_zero: bool,
    /// No strict mode: values are cut or moved to the nearest one with a warning.
    pub(super) lax: bool,
    /// Which offsets a date and time may carry.
    pub(super) offsets: Offsets,
    /// Last second of a TIMESTAMP, in UTC since 1970.
    pub(super) timestamp_max: i64,
    /// Foreign keys are enforced.
    pub(super) foreign_keys: bool,
    /// Offset of the session from UTC in seconds.
    pub(super) zone: i64,
    /// Deepest nesting of a JSON value.
    pub(super) json_depth: usize,
    pub(super) options: Options,
}

/// Which offsets a date and time may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offsets {
    None,
    /// `+05:30` (MySQL since 8.0.19).
    Numeric,
    /// `Z` too (TiDB).
    All,
}

impl Rules {
    pub(super) fn new(server: &ServerFacts, options: Options) -> Self {
        let mode = |name: &str| server.sql_mode.iter().any(|mode| mode.eq_ignore_ascii_case(name));
        let strict = mode("STRICT_TRANS_TABLES") || mode("STRICT_ALL_TABLES") || mode("TRADITIONAL");
        let version = version(&server.version);
        let late = server.dialect == Engine::Mariadb && version >= [11, 5, 0];
        Self {
            engine: server.dialect,
            zero_date: !(options.strict || strict && mode("NO_ZERO_DATE")),
            zero_in_date: !(options.strict || strict && mode("NO_ZERO_IN_DATE")),
            invalid_dates: mode("ALLOW_INVALID_DATES"),
            auto_value_on_zero: mode("NO_AUTO_VALUE_ON_ZERO"),
            // A mode nobody told us about is not taken for a lax one.
            lax: !options.strict && !server.sql_mode.is_empty() && !strict,
            offsets: match server.dialect {
                Engine::Mariadb => Offsets::None,
                Engine::Mysql if version < [8, 0, 19] => Offsets::None,
                Engine::Mysql => Offsets::Numeric,
                Engine::Tidb => Offsets::All,
            },
            timestamp_max: if late { 4_294_967_295 } else { 2_147_483_647 },
            foreign_keys: server.fk_checks,
            zone: options.time_zone.seconds(),
            json_depth: if server.dialect == Engine::Mariadb { 31 } else { 100 },
            options,
        }
    }

    /// Fraction digits beyond the type's are rounded; MariaDB cuts them off.
    pub(super) const fn rounds_fractions(&self) -> bool {
        !matches!(self.engine, Engine::Mariadb)
    }
}

/// The first three numbers of a version.
fn version(text: &str) -> [u32; 3] {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().unwrap_or(0));
    [(); 3].map(|()| numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(engine: Engine, version: &str, mode: &[&str], strict: bool) -> Rules {
        let server = ServerFacts {
            dialect: engine,
            version: version.to_owned(),
            lower_case_table_names: 0,
            sql_mode: mode.iter().map(|&mode| mode.to_owned()).collect(),
            time_zone: "UTC".to_owned(),
            fk_checks: true,
        };
        Rules::new(&server, Options { strict, ..Options::default() })
    }

    #[test]
    fn a_server_is_lax_only_when_it_said_so() {
        for (mode, strict, lax) in [
            (&["STRICT_TRANS_TABLES"][..], false, false),
            (&["NO_ENGINE_SUBSTITUTION"], false, true),
            (&["NO_ENGINE_SUBSTITUTION"], true, false),
            (&[], false, false),
        ] {
            assert_eq!(rules(Engine::Mysql, "8.0.36", mode, strict).lax, lax, "{mode:?} {strict}");
        }
    }

    #[test]
    fn versions_decide_offsets_and_the_last_timestamp() {
        for (engine, version, offsets, last) in [
            (Engine::Mysql, "8.0.18", Offsets::None, 2_147_483_647),
            (Engine::Mysql, "8.0.19", Offsets::Numeric, 2_147_483_647),
            (Engine::Tidb, "8.0.11-TiDB-v8.4.0", Offsets::All, 2_147_483_647),
            (Engine::Mariadb, "10.11.19-MariaDB", Offsets::None, 2_147_483_647),
            (Engine::Mariadb, "11.5.1-MariaDB", Offsets::None, 4_294_967_295),
        ] {
            let rules = rules(engine, version, &[], false);
            assert_eq!((rules.offsets, rules.timestamp_max), (offsets, last), "{version}");
        }
    }
}
