//! Reads told from everything else: whatever writes, locks, waits or assigns is never taken for a read, wherever it
//! stands; and nothing panics, whatever the text.

mod texts;

use proptest::prelude::*;

use self::texts::{
    AROUND_EXPRESSIONS, AROUND_QUERIES, EXPRESSIONS, QUERIES, STATEMENTS, hidden, looks, mutated, statement,
};
use super::*;

/// Judged on a stack of the right size, with panics let through.
fn bare(sql: &str, snapshot: &Snapshot, options: &Options) -> QueryResult {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        thread.spawn_scoped(scope, || judge(sql, snapshot, options)).unwrap().join().unwrap()
    })
}

fn is_no_read(sql: &str) -> Result<(), TestCaseError> {
    for dialect in ["mysql", "mariadb", "tidb"] {
        let snapshot = snapshot_of(dialect, 0, "STRICT_TRANS_TABLES");
        let strict = bare(sql, &snapshot, &options(true));
        prop_assert!(!strict.read_only, "{sql}");
        prop_assert!(!strict.is_valid, "{sql}");
        prop_assert!(strict.issues.iter().any(|issue| issue.severity == Severity::Error), "{sql}");
        prop_assert!(!bare(sql, &snapshot, &options(false)).read_only, "{sql}");
    }
    Ok(())
}

#[test]
fn each_statement_that_is_no_read_is_refused_as_it_stands() {
    for sql in STATEMENTS.iter().chain(QUERIES) {
        is_no_read(sql).unwrap();
    }
}

#[test]
fn each_expression_that_is_no_read_is_refused_in_every_place() {
    for around in AROUND_EXPRESSIONS {
        for expression in EXPRESSIONS {
            is_no_read(&around.replace("{}", expression)).unwrap();
        }
        // The places are good ones: what only reads is let through.
        let sql = around.replace("{}", "ABS(1)");
        let result = judged(&sql, true);
        assert!(result.read_only, "{sql}: {:#?}", result.issues);
    }
}

#[test]
fn each_query_that_is_no_read_is_refused_in_every_place() {
    for around in AROUND_QUERIES {
        for query in QUERIES {
            is_no_read(&around.replace("{}", query)).unwrap();
        }
        let sql = around.replace("{}", "SELECT id FROM orders");
        let result = judged(&sql, true);
        assert!(result.read_only, "{sql}: {:#?}", result.issues);
    }
}

#[test]
fn what_only_reads_is_a_read() {
    for (sql, kind) in [
        ("SELECT id FROM orders WHERE status = ?", StatementKind::Select),
        ("WITH c AS (SELECT 1 AS x) SELECT x FROM c", StatementKind::Select),
        ("VALUES ROW(1), ROW(2)", StatementKind::Select),
        ("SHOW TABLES", StatementKind::Show),
        ("SHOW GRANTS", StatementKind::Show),
        ("SHOW VARIABLES LIKE 'a%'", StatementKind::Show),
        ("SHOW INDEX FROM orders", StatementKind::Show),
        ("SHOW CREATE VIEW open_orders", StatementKind::Show),
        ("DESCRIBE orders", StatementKind::Describe),
        ("EXPLAIN SELECT id FROM orders", StatementKind::Explain),
        ("DESC SELECT id FROM orders", StatementKind::Explain),
        ("SELECT LAST_INSERT_ID(), ROW_COUNT(), @@version, @a, CURRENT_USER", StatementKind::Select),
        ("SELECT 'DELETE FROM orders', `id` AS `SLEEP(1)` FROM orders -- FOR UPDATE", StatementKind::Select),
    ] {
        let result = judged(sql, true);
        assert!(result.read_only && result.statement_kind == kind, "{sql}: {:#?}", result.issues);
        assert_ne!(result.verdict, Verdict::Unknown, "{sql}: {:#?}", result.issues);
    }
}

#[test]
fn writes_are_judged_where_they_are_allowed_and_what_changes_the_schema_is_never() {
    for (sql, read_only, verdict) in [
        ("DELETE FROM orders WHERE id = 1", false, Verdict::Valid),
        ("DELETE FROM orders WHERE id = 1", true, Verdict::Invalid),
        ("SELECT id FROM orders FOR UPDATE", false, Verdict::Valid),
        ("SELECT id FROM orders FOR UPDATE", true, Verdict::Invalid),
        ("SELECT NEXTVAL(numbers)", false, Verdict::Valid),
        ("EXPLAIN DELETE FROM orders WHERE id = 1", false, Verdict::Valid),
        ("EXPLAIN DELETE FROM orders WHERE id = 1", true, Verdict::Invalid),
        ("EXPLAIN ANALYZE SELECT id FROM orders", false, Verdict::Valid),
        ("DROP TABLE orders", false, Verdict::Unknown),
        ("DROP TABLE orders", true, Verdict::Invalid),
        ("SET @a = 1", false, Verdict::Unknown),
        ("SET @a = 1", true, Verdict::Invalid),
        ("MERGE INTO orders o USING customers c ON c.id = o.id WHEN MATCHED THEN DELETE", false, Verdict::Unknown),
    ] {
        assert_eq!(judged(sql, read_only).verdict, verdict, "{sql} {read_only}: {:#?}", judged(sql, read_only).issues);
    }
    let locking = judged("SELECT id FROM orders FOR UPDATE", false);
    assert!(issues(&locking).contains(&"Q_LOCKING_READ 1:23".to_owned()) && locking.is_valid && !locking.read_only);
}

#[test]
fn what_other_dialects_have_is_not_judged() {
    for sql in [
        "SELECT TOP 1 id FROM orders",
        "SELECT DISTINCT ON (id) id FROM orders",
        "SELECT id FROM orders QUALIFY id > 1",
        "SELECT id FROM orders FULL OUTER JOIN customers USING (id)",
        "SELECT * FROM orders PIVOT (SUM(id) FOR status IN ('new'))",
        "SELECT id FROM orders TABLESAMPLE BERNOULLI (10)",
        "SELECT * EXCEPT (id) FROM orders",
        "SELECT id ILIKE 'a' FROM orders",
        "SELECT a.b[1] FROM orders a",
        "SELECT f(a => 1)",
        "SELECT COUNT(*) FILTER (WHERE id > 1) FROM orders",
        "SELECT id FROM orders WHERE id = :id",
        "SELECT id FROM orders ORDER BY id NULLS FIRST",
        "SELECT id::INT FROM orders",
        "SELECT id FROM UNNEST(x)",
        "FROM orders SELECT id",
        "SELECT id FROM orders |> WHERE id = 1",
    ] {
        let result = judged(sql, true);
        assert!(!result.read_only && !result.is_valid, "{sql}: {:#?}", result.issues);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_writes_is_never_a_read_wherever_it_stands(sql in prop_oneof![hidden(), statement()], seed: u64) {
        is_no_read(&sql)?;
        is_no_read(&looks(&sql, seed))?;
    }

    #[test]
    fn no_text_makes_it_panic(sql in any::<String>(), read_only: bool) {
        let result = bare(&sql, &snapshot(), &options(read_only));
        prop_assert_eq!(result.is_valid, result.verdict == Verdict::Valid);
        prop_assert_eq!(result.is_valid, result.errors.is_empty());
    }

    #[test]
    fn no_mutation_of_good_sql_makes_it_panic_or_lie(sql in mutated(), read_only: bool) {
        let result = bare(&sql, &snapshot(), &options(read_only));
        prop_assert_eq!(result.is_valid, result.errors.is_empty());
        prop_assert!(!(read_only && result.is_valid && !result.read_only), "{}", sql);
        let lines = sql.chars().filter(|c| *c == '\n').count() + 1;
        for issue in &result.issues {
            prop_assert!(issue.line >= 1 && issue.column >= 1 && issue.line <= lines as u64, "{} {:?}", sql, issue);
        }
    }
}
