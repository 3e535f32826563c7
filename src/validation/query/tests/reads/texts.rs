//! Texts for the properties: what is no read, every place where it may stand, the same in another look, and mutations.

use proptest::prelude::*;
use proptest::sample::select;

/// Statements that are no reads: of each kind that sqlparser knows for MySQL, and of §8's list.
pub(super) const STATEMENTS: &[&str] = &[
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
pub(super) const QUERIES: &[&str] = &[
    "SELECT id FROM orders FOR UPDATE",
    "SELECT id FROM orders FOR SHARE",
    "SELECT id FROM orders FOR UPDATE SKIP LOCKED",
    "SELECT id INTO @v FROM orders",
    "SELECT 1 FROM (SELECT id FROM orders FOR UPDATE) x",
];

/// Expressions that do more than read.
pub(super) const EXPRESSIONS: &[&str] = &[
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
pub(super) const AROUND_QUERIES: &[&str] = &[
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
pub(super) const AROUND_EXPRESSIONS: &[&str] = &[
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
pub(super) fn hidden() -> impl Strategy<Value = String> {
    let query = select(QUERIES).prop_map(str::to_owned);
    let expression = (select(EXPRESSIONS), select(AROUND_EXPRESSIONS)).prop_map(|(e, around)| around.replace("{}", e));
    (prop_oneof![query, expression], around_queries()).prop_map(|(inner, around)| wrapped(&inner, &around))
}

/// A statement, and what may stand before it without changing what it does.
pub(super) fn statement() -> impl Strategy<Value = String> {
    let before = select(&["", " \n", "/* a */", "-- a\n", "# a\n", "EXPLAIN ", "EXPLAIN ANALYZE ", ";", "("][..]);
    (before, select(STATEMENTS)).prop_map(|(before, statement)| {
        if before == "(" { format!("({statement})") } else { format!("{before}{statement}") }
    })
}

/// The same text in another look: letters of either case outside quotes, and comments for spaces.
pub(super) fn looks(text: &str, seed: u64) -> String {
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

pub(super) fn mutated() -> impl Strategy<Value = String> {
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
