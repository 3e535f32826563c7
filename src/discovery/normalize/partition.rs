//! The scheme of a partitioned table. Pure.

use super::expression;
use crate::schema::{Engine, Partitioning};

/// One row of a partitioned table, as the engines show it: the same scheme stands in each.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::discovery) struct Shown<'a> {
    /// PARTITION_METHOD.
    pub(in crate::discovery) method: &'a str,
    /// PARTITION_EXPRESSION; empty for `KEY ()` and methods that have none.
    pub(in crate::discovery) expression: &'a str,
    /// SUBPARTITION_METHOD; empty when there are none.
    pub(in crate::discovery) sub_method: &'a str,
    /// SUBPARTITION_EXPRESSION.
    pub(in crate::discovery) sub_expression: &'a str,
}

/// The scheme; `None` for the single partition that TiDB shows while a table is being partitioned.
pub(in crate::discovery) fn normal(shown: Shown<'_>, engine: Engine) -> Option<Partitioning> {
    let words = |text: &str| text.split_ascii_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let method = words(shown.method);
    (method != "none").then(|| Partitioning {
        method,
        expression: expression::normal(shown.expression, engine),
        sub_method: words(shown.sub_method),
        sub_expression: expression::normal(shown.sub_expression, engine),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_reads_the_same_on_every_engine() {
        let of = |method: &str, expression: &str, sub: &str, sub_expression: &str| Partitioning {
            method: method.into(),
            expression: expression.into(),
            sub_method: sub.into(),
            sub_expression: sub_expression.into(),
        };
        for (engine, method, expression, sub_method, sub_expression, want) in [
            (Engine::Tidb, "RANGE", "YEAR(`d`)", "", "", of("range", "year(`d`)", "", "")),
            (Engine::Mariadb, "RANGE", "year(`d`)", "", "", of("range", "year(`d`)", "", "")),
            (Engine::Tidb, "RANGE COLUMNS", "`d`,`K k`", "", "", of("range columns", "`d`,`K k`", "", "")),
            (Engine::Mariadb, "LIST  COLUMNS", "`r`", "", "", of("list columns", "`r`", "", "")),
            (Engine::Tidb, "LIST", "`r`", "", "", of("list", "`r`", "", "")),
            (Engine::Tidb, "HASH", "`Id`", "", "", of("hash", "`Id`", "", "")),
            (Engine::Tidb, "KEY", "", "", "", of("key", "", "", "")),
            (Engine::Mysql, "LINEAR KEY", "`id`", "", "", of("linear key", "`id`", "", "")),
            (Engine::Mariadb, "SYSTEM_TIME", "", "", "", of("system_time", "", "", "")),
            (
                Engine::Mysql,
                "RANGE",
                "year(`d`)",
                "LINEAR HASH",
                "to_days(`d`)",
                of("range", "year(`d`)", "linear hash", "to_days(`d`)"),
            ),
        ] {
            let shown = Shown { method, expression, sub_method, sub_expression };
            assert_eq!(normal(shown, engine), Some(want), "{engine:?} {method}");
        }
        assert_eq!(normal(Shown { method: "NONE", ..Shown::default() }, Engine::Tidb), None);
    }
}
