//! The scheme of a partitioned table as SQL. Pure.
//! The model knows how a table is cut and not the list of its partitions, which rolls from day to day. Where the syntax
//! wants a list, one partition that takes every row stands for it.

use crate::schema::{Engine, Partitioning};

/// The clause, and what is to be said about it; `None` when the account may not see the scheme.
pub(super) fn clause(engine: Engine, partitioning: &Partitioning) -> Option<(String, Option<&'static str>)> {
    const STANDS_FOR: &str = "the list of partitions is no part of the schema: one that takes every row stands for it";
    const TAKES_NONE: &str =
        "the list of partitions is no part of the schema: add the values, the one that stands for it takes NULL alone";
    let Partitioning { method, expression, .. } = partitioning;
    let keys = depth_zero_commas(expression) + 1;
    let (list, note) = match method.as_str() {
        "range" => ("(PARTITION `p_all` VALUES LESS THAN MAXVALUE)".to_owned(), Some(STANDS_FOR)),
        "range columns" => {
            let bound = vec!["MAXVALUE"; keys].join(",");
            (format!("(PARTITION `p_all` VALUES LESS THAN ({bound}))"), Some(STANDS_FOR))
        }
        "list" | "list columns" if engine != Engine::Mysql => {
            ("(PARTITION `p_all` DEFAULT)".to_owned(), Some(STANDS_FOR))
        }
        "list" | "list columns" => {
            let nulls = vec!["NULL"; keys].join(",");
            let row = if keys > 1 { format!("({nulls})") } else { nulls };
            (format!("(PARTITION `p_null` VALUES IN ({row}))"), Some(TAKES_NONE))
        }
        "system_time" => {
            ("(PARTITION `p_history` HISTORY, PARTITION `p_current` CURRENT)".to_owned(), Some(STANDS_FOR))
        }
        "hash" | "key" | "linear hash" | "linear key" => (String::new(), None),
        _ => return None,
    };
    let mut out = format!("PARTITION BY {}", scheme(method, expression));
    if !partitioning.sub_method.is_empty() {
        out.push_str(&format!("\nSUBPARTITION BY {}", scheme(&partitioning.sub_method, &partitioning.sub_expression)));
    }
    if !list.is_empty() {
        out.push_str(&format!("\n{list}"));
    }
    Some((out, note))
}

fn scheme(method: &str, expression: &str) -> String {
    let method = method.to_ascii_uppercase();
    if method == "SYSTEM_TIME" { method } else { format!("{method} ({expression})") }
}

/// Commas outside quotes and parentheses.
fn depth_zero_commas(expression: &str) -> usize {
    let (mut depth, mut quote, mut commas) = (0_usize, None, 0);
    for c in expression.chars() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '`' | '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => commas += 1,
            _ => {}
        }
    }
    commas
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(method: &str, expression: &str) -> Partitioning {
        Partitioning { method: method.into(), expression: expression.into(), ..Partitioning::default() }
    }

    #[test]
    fn every_scheme_has_a_clause_that_can_be_run() {
        use Engine::{Mariadb, Mysql, Tidb};
        for (engine, method, expression, want) in [
            (
                Tidb,
                "range",
                "year(`d`)",
                "PARTITION BY RANGE (year(`d`))\n(PARTITION `p_all` VALUES LESS THAN MAXVALUE)",
            ),
            (
                Tidb,
                "range columns",
                "`a,b`,`c`",
                "PARTITION BY RANGE COLUMNS (`a,b`,`c`)\n(PARTITION `p_all` VALUES LESS THAN (MAXVALUE,MAXVALUE))",
            ),
            (Mariadb, "list", "`r`", "PARTITION BY LIST (`r`)\n(PARTITION `p_all` DEFAULT)"),
            (Mysql, "list", "f(`r`,1)", "PARTITION BY LIST (f(`r`,1))\n(PARTITION `p_null` VALUES IN (NULL))"),
            (
                Mysql,
                "list columns",
                "`a`,`b`",
                "PARTITION BY LIST COLUMNS (`a`,`b`)\n(PARTITION `p_null` VALUES IN ((NULL,NULL)))",
            ),
            (Tidb, "key", "", "PARTITION BY KEY ()"),
            (Mysql, "linear hash", "`id`", "PARTITION BY LINEAR HASH (`id`)"),
            (
                Mariadb,
                "system_time",
                "",
                "PARTITION BY SYSTEM_TIME\n(PARTITION `p_history` HISTORY, PARTITION `p_current` CURRENT)",
            ),
        ] {
            let (clause, note) = clause(engine, &of(method, expression)).unwrap_or_default();
            assert_eq!(clause, want);
            assert_eq!(note.is_some(), want.contains("(PARTITION"), "{want}");
        }
        assert_eq!(clause(Tidb, &of("unknown", "")), None);
    }

    #[test]
    fn subpartitions_stand_between_the_scheme_and_the_list() {
        let sub = Partitioning {
            sub_method: "linear hash".into(),
            sub_expression: "to_days(`d`)".into(),
            ..of("range", "year(`d`)")
        };
        assert_eq!(
            clause(Engine::Mariadb, &sub).unwrap_or_default().0,
            "PARTITION BY RANGE (year(`d`))\nSUBPARTITION BY LINEAR HASH (to_days(`d`))\n(PARTITION `p_all` VALUES LESS THAN MAXVALUE)"
        );
    }
}
