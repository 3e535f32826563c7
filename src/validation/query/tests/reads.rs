//! Reads told from everything else: whatever writes, locks, waits or assigns is never taken for a read, wherever it
//! stands; and nothing panics, whatever the text.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Statements that are no reads: of each kind that sqlparser knows for MySQL, and of §8's list.
const STATEMENTS: &[&str] = &[
    "INSERT INTO orders (customer_id) VALUES (1)",
    "INSERT INTO orders (customer_id) SELECT id FROM customers",
    "INSERT IGNORE INTO orders SET customer_id = 1",
    "INSERT INTO orders (customer_id) VALUES (1) ON DUPLICATE KEY UPDATE customer_id = 2",
    "REPLACE INTO orders (customer_id) VALUES (1)",
    "UPDATE orders SET status = 'paid' WHERE id = 1",
    "UPDATE orders o JOIN customers c ON c.id = o.customer_id SET o.status = 'paid'",
    "DELETE FROM orders WHERE id = 1",
    "DELETE o FROM orders o JOIN customers c ON c.id = o.customer_id",
    "WITH c AS (SELECT 1 AS x) DELETE FROM orders WHERE id = 1",
    "WITH c AS (SELECT 1 AS x) UPDATE orders SET status = 'paid' WHERE id = 1",
    "MERGE INTO orders o USING customers c ON c.id = o.id WHEN MATCHED THEN DELETE",
    "LOAD DATA INFILE 'x' INTO TABLE orders",
    "LOAD DATA LOCAL INFILE 'x' INTO TABLE orders",
    "CREATE TABLE t (id INT)",
    "CREATE TABLE t AS SELECT 1 AS x",
    "CREATE TEMPORARY TABLE t (id INT)",
    "CREATE VIEW v AS SELECT 1",
    "CREATE INDEX i ON orders (status)",
    "CREATE DATABASE d",
    "CREATE SCHEMA d",
    "CREATE USER u",
    "CREATE ROLE r",
    "CREATE FUNCTION f() RETURNS INT RETURN 1",
    "CREATE PROCEDURE p() BEGIN SELECT 1; END",
    "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET NEW.id = 1",
    "CREATE SEQUENCE s",
    "ALTER TABLE orders ADD COLUMN x INT",
    "ALTER VIEW open_orders AS SELECT 1",
    "ALTER USER u IDENTIFIED BY 'x'",
    "DROP TABLE orders",
    "DROP VIEW open_orders",
    "DROP DATABASE shop",
    "DROP FUNCTION f",
    "DROP PROCEDURE p",
    "DROP TRIGGER t",
    "TRUNCATE TABLE orders",
    "RENAME TABLE orders TO o",
    "ANALYZE TABLE orders",
    "OPTIMIZE TABLE orders",
    "FLUSH TABLES",
    "KILL 1",
    "GRANT SELECT ON shop.* TO u",
    "REVOKE SELECT ON shop.* FROM u",
    "SET @a = 1",
    "SET GLOBAL max_connections = 1",
    "SET NAMES utf8mb4",
    "SET TRANSACTION READ ONLY",
    "USE shop",
    "START TRANSACTION",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT s",
    "RELEASE SAVEPOINT s",
    "LOCK TABLES orders WRITE",
    "UNLOCK TABLES",
    "CALL p()",
    "PREPARE s FROM 'DELETE FROM orders'",
    "EXECUTE s",
    "DEALLOCATE PREPARE s",
    "DO SLEEP(1)",
    "HANDLER orders OPEN",
    "BATCH ON id LIMIT 1 DELETE FROM orders",
    "ADMIN CANCEL DDL JOBS 1",
    "FLASHBACK TABLE orders",
    "EXPLAIN ANALYZE SELECT id FROM orders",
    "SELECT id FROM orders INTO OUTFILE '/tmp/x'",
    "SELECT id FROM orders INTO DUMPFILE '/tmp/x'",
    "SELECT id FROM orders LOCK IN SHARE MODE",
    "SELECT id INTO @v FROM orders",
    "SELECT id FROM orders LIMIT 1 INTO @v",
    "COPY orders FROM 'x'",
    "PRAGMA x = 1",
    "VACUUM",
    "DECLARE c CURSOR FOR SELECT 1",
    "FETCH c INTO x",
    "SELECT 1; DELETE FROM orders",
    "SELECT 1 /*! ; DELETE FROM orders */",
    "SELECT 1 /*M! INTO OUTFILE '/tmp/x' */",
    "SELECT 1 /*T! FOR UPDATE */",
    "SELECT /*+ SET_VAR(sql_log_bin = 0) */ 1",
];

/// Queries that do more than read.
const QUERIES: &[&str] = &[
    "SELECT id FROM orders FOR UPDATE",
    "SELECT id FROM orders FOR SHARE",
    "SELECT id FROM orders FOR UPDATE SKIP LOCKED",
    "SELECT id INTO @v FROM orders",
    "SELECT 1 FROM (SELECT id FROM orders FOR UPDATE) x",
];

/// Expressions that do more than read.
const EXPRESSIONS: &[&str] = &[
    "SLEEP(1)",
    "`sleep`(1)",
    "sLeEp (1)",
    "BENCHMARK(1000, MD5('x'))",
    "LOAD_FILE('/etc/passwd')",
    "GET_LOCK('a', 1)",
    "RELEASE_LOCK('a')",
    "NEXTVAL(numbers)",
    "SETVAL(numbers, 5)",
    "LASTVAL(numbers)",
    "sys_exec('x')",
    "sys_eval('x')",
    "LAST_INSERT_ID(7)",
    "a_stored_function(1)",
    "shop.a_stored_function(1)",
    "`count`(1)",
    "COUNT (1)",
    "(@v := 1)",
    "@v := @v + 1",
];

/// Where a query may stand inside a query; `{}` is its place.
const AROUND_QUERIES: &[&str] = &[
    "SELECT x.id FROM ({}) x",
    "SELECT 1 FROM orders o, LATERAL ({}) x",
    "SELECT id FROM orders WHERE id IN ({})",
    "SELECT id FROM orders WHERE EXISTS ({})",
    "SELECT id FROM orders WHERE id = ANY ({})",
    "SELECT ({})",
    "SELECT id FROM orders HAVING id > ({})",
    "SELECT id FROM orders ORDER BY ({})",
    "SELECT id FROM orders GROUP BY ({})",
    "SELECT id FROM orders UNION ({})",
    "({}) UNION ALL SELECT id FROM orders",
    "SELECT id FROM orders EXCEPT ({})",
    "WITH c AS ({}) SELECT id FROM c",
    "WITH RECURSIVE c (id) AS (SELECT 1 UNION ALL ({})) SELECT id FROM c",
    "SELECT o.id FROM orders o JOIN customers c ON c.id = ({})",
    "SELECT CASE WHEN EXISTS ({}) THEN 1 ELSE 2 END",
    "SELECT COALESCE(({}), 1)",
    "({})",
    "EXPLAIN {}",
    "EXPLAIN FORMAT=JSON {}",
    "VALUES ROW(({}))",
];

/// Where an expression may stand inside a query.
const AROUND_EXPRESSIONS: &[&str] = &[
    "SELECT {}",
    "SELECT {} AS x FROM orders",
    "SELECT id FROM orders WHERE {} = 1",
    "SELECT id FROM orders WHERE id BETWEEN 1 AND ({})",
    "SELECT id FROM orders WHERE id IN (1, ({}))",
    "SELECT id FROM orders WHERE status LIKE ({})",
    "SELECT id FROM orders WHERE NOT ({}) IS NULL",
    "SELECT id FROM orders GROUP BY ({})",
    "SELECT id FROM orders HAVING ({}) > 1",
    "SELECT id FROM orders ORDER BY ({}) DESC",
    "SELECT o.id FROM orders o JOIN customers c ON c.id = ({})",
    "SELECT IF(({}), 1, 2)",
    "SELECT CASE ({}) WHEN 1 THEN 2 END",
    "SELECT CASE 1 WHEN ({}) THEN 2 END",
    "SELECT CAST(({}) AS CHAR), CONVERT(({}), CHAR)",
    "SELECT DATE_ADD(NOW(), INTERVAL ({}) DAY)",
    "SELECT GROUP_CONCAT(id ORDER BY ({})) FROM orders",
    "SELECT SUM(id) OVER (PARTITION BY ({}) ORDER BY id) FROM orders",
    "SELECT SUM(id) OVER w FROM orders WINDOW w AS (ORDER BY ({}))",
    "SELECT SUBSTRING('abc' FROM ({})), TRIM(({})), -({}), 1 + ({})",
    "SELECT EXTRACT(YEAR FROM ({})), ({}) COLLATE utf8mb4_bin, ({}) REGEXP 'a'",
    "SELECT j.x FROM JSON_TABLE(({}), '$' COLUMNS (x INT PATH '$')) j",
    "VALUES ROW(({}), 1)",
    "SHOW TABLES WHERE ({})",
];

fn around_queries() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::collection::vec(select(AROUND_QUERIES), 0..4)
}

fn wrapped(inner: &str, around: &[&str]) -> String {
    around.iter().fold(inner.to_owned(), |inner, around| around.replace("{}", &inner))
}

/// A query with something more than a read somewhere in it.
fn hidden() -> impl Strategy<Value = String> {
    let query = select(QUERIES).prop_map(str::to_owned);
    let expression = (select(EXPRESSIONS), select(AROUND_EXPRESSIONS)).prop_map(|(e, around)| around.replace("{}", e));
    (prop_oneof![query, expression], around_queries()).prop_map(|(inner, around)| wrapped(&inner, &around))
}

/// A statement, and what may stand before it without changing what it does.
fn statement() -> impl Strategy<Value = String> {
    let before = select(&["", " \n", "/* a */", "-- a\n", "# a\n", "EXPLAIN ", "EXPLAIN ANALYZE ", ";", "("][..]);
    (before, select(STATEMENTS)).prop_map(|(before, statement)| {
        if before == "(" { format!("({statement})") } else { format!("{before}{statement}") }
    })
}

/// The same text in another look: letters of either case outside quotes, and comments for spaces.
fn looks(text: &str, seed: u64) -> String {
    let mut quote = None;
    let mut out = String::new();
    for (at, c) in text.chars().enumerate() {
        let odd = (seed >> (at % 64)) & 1 == 1;
        match (c, quote) {
            ('\'' | '"' | '`', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
        match c {
            ' ' if odd && quote.is_none() && !text.contains("/*") => out.push_str("/* x */"),
            c if odd && quote.is_none() && !text.contains('\'') => out.extend(c.to_uppercase()),
            c => out.push(c),
        }
    }
    out
}

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
        "SELECT id FROM orders WHERE id = $1",
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

/// A piece of SQL for mutations.
fn piece() -> impl Strategy<Value = &'static str> {
    select(
        &[
            "SELECT",
            "FROM",
            "WHERE",
            "(",
            ")",
            ",",
            "'",
            "\"",
            "`",
            "\\",
            "/*",
            "*/",
            "--",
            "#",
            ";",
            "\n",
            "orders",
            "id",
            "1",
            "0x",
            "b'",
            "AS",
            "JOIN",
            "USING",
            "ON",
            "WITH",
            "UNION",
            "VALUES",
            "*",
            ".",
            "@",
            ":=",
            "?",
            "ü",
            "\u{a0}",
            "\0",
            "INTO",
            "FOR UPDATE",
            "GROUP BY",
            "ORDER BY",
            "HAVING",
            "LIMIT",
            "DELETE",
            "NATURAL",
            "LATERAL",
            "OVER (",
            "CASE",
        ][..],
    )
}

fn mutated() -> impl Strategy<Value = String> {
    let base = prop_oneof![hidden(), statement(), select(AROUND_EXPRESSIONS).prop_map(|s| s.replace("{}", "id"))];
    let edit = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), piece(), any::<bool>());
    (base, proptest::collection::vec(edit, 1..6)).prop_map(|(base, edits)| {
        let mut chars: Vec<char> = base.chars().collect();
        for (from, length, piece, cut) in edits {
            let start = from.index(chars.len() + 1);
            let end = if cut { (start + length.index(12)).min(chars.len()) } else { start };
            chars.splice(start..end, piece.chars());
        }
        chars.into_iter().collect()
    })
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
