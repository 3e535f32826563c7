//! Names in the clauses of a query, its subqueries and common table expressions: each is found where the server finds it.

use super::*;

#[test]
fn subqueries_in_from_have_names_of_their_own() {
    expect(&[
        ("SELECT x.id FROM (SELECT id FROM orders) x", ""),
        ("SELECT x.status FROM (SELECT id FROM orders) x", "Q_UNKNOWN_COLUMN 1:10"),
        ("SELECT id FROM (SELECT id FROM orders)", "Q_PARSE_ERROR 1:17"),
        ("SELECT x.a FROM (SELECT id, status FROM orders) AS x (a, b)", ""),
        ("SELECT x.id FROM (SELECT id, status FROM orders) AS x (a, b)", "Q_UNKNOWN_COLUMN 1:10"),
        ("SELECT x.a FROM (SELECT id FROM orders) AS x (a, b)", "Q_COLUMN_COUNT_MISMATCH 1:44"),
        ("SELECT 1 FROM (SELECT id, ID FROM orders) x", "Q_DUPLICATE_ALIAS 1:43"),
        ("SELECT 1 FROM (SELECT * FROM orders a JOIN orders b USING (id)) x", "Q_DUPLICATE_ALIAS 1:65"),
        ("SELECT x.`COUNT(*)`, x.`id + 1` FROM (SELECT COUNT(*), id+1 FROM orders) x", ""),
        ("SELECT x.`id+2` FROM (SELECT id + 1 FROM orders) x", "Q_UNKNOWN_COLUMN 1:10"),
        ("SELECT 1 FROM orders o, (SELECT o.id FROM customers) x", "Q_UNKNOWN_ALIAS 1:33"),
        ("SELECT 1 FROM orders o, LATERAL (SELECT o.id FROM customers) x", ""),
        ("SELECT 1 FROM LATERAL (SELECT o.id FROM customers) x, orders o", "Q_UNKNOWN_ALIAS 1:31"),
        ("SELECT 1 FROM orders o WHERE EXISTS (SELECT 1 FROM (SELECT o.id) x)", ""),
        (
            "SELECT j.x, j.n FROM products p, JSON_TABLE(p.details, '$' COLUMNS (n FOR ORDINALITY, NESTED PATH '$' COLUMNS (x INT PATH '$'))) j",
            "",
        ),
        ("SELECT j.y FROM products p, JSON_TABLE(p.details, '$' COLUMNS (x INT PATH '$')) j", "Q_UNKNOWN_COLUMN 1:10"),
        ("SELECT 1 FROM JSON_TABLE(p.details, '$' COLUMNS (x INT PATH '$')) j, products p", "Q_UNKNOWN_ALIAS 1:26"),
    ]);
    let mariadb = snapshot_of("mariadb", 0, "");
    expect_on(
        &mariadb,
        &[("SELECT 1 FROM orders o WHERE EXISTS (SELECT 1 FROM (SELECT o.id) x)", "Q_UNKNOWN_ALIAS 1:60")],
    );
    for sql in ["SELECT 1 FROM orders o, LATERAL (SELECT o.id) x LIMIT 1", "SELECT x.a FROM (SELECT 1) AS x (a)"] {
        assert_eq!(validate(sql, &mariadb, &options(true)).verdict, Verdict::Unknown, "{sql}");
    }
}

#[test]
fn names_of_with_hide_tables_from_where_they_are_defined() {
    expect(&[
        ("WITH customers AS (SELECT id AS x FROM orders) SELECT x FROM customers", ""),
        ("WITH customers AS (SELECT id AS x FROM orders) SELECT email FROM customers", "Q_UNKNOWN_COLUMN 1:55"),
        ("WITH customers AS (SELECT id AS x FROM orders) SELECT email FROM shop.customers", ""),
        ("WITH customers AS (SELECT email FROM customers) SELECT email FROM customers", ""),
        ("WITH c (k) AS (SELECT id FROM customers) SELECT k, id FROM c", "Q_UNKNOWN_COLUMN 1:52"),
        ("WITH c (k, l) AS (SELECT id FROM customers) SELECT k FROM c", "Q_COLUMN_COUNT_MISMATCH 1:6"),
        ("WITH a AS (SELECT 1 AS x), a AS (SELECT 2 AS y) SELECT 1", "Q_DUPLICATE_ALIAS 1:28"),
        ("WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a) SELECT x FROM b", ""),
        ("WITH b AS (SELECT x FROM a), a AS (SELECT 1 AS x) SELECT x FROM b", "Q_UNKNOWN_TABLE 1:26"),
        ("WITH a AS (SELECT 1 AS x) SELECT (SELECT x FROM a) FROM orders", ""),
        ("SELECT 1 FROM (WITH a AS (SELECT 1 AS x) SELECT x FROM a) t, a", "Q_UNKNOWN_TABLE 1:62"),
        ("WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT i FROM n", "Q_UNKNOWN_TABLE 1:54"),
        ("WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n", ""),
        (
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT j FROM n WHERE i < 5) SELECT i FROM n",
            "Q_UNKNOWN_COLUMN 1:52",
        ),
        (
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i, 2 FROM n) SELECT i FROM n",
            "Q_COLUMN_COUNT_MISMATCH 1:45",
        ),
        ("WITH RECURSIVE n (i) AS ((SELECT 1) UNION ALL (SELECT i + 1 FROM n)) SELECT i FROM n", ""),
    ]);
    let result = judged("WITH a AS (SELECT id FROM orders) SELECT id FROM a LIMIT 1", true);
    assert_eq!(result.affected_tables, ["shop.orders"]);
    let name = "WITH c AS (SELECT 1 AS x) SELECT x FROM C";
    expect_on(&snapshot_of("mariadb", 0, ""), &[(name, "")]);
    expect_on(&snapshot_of("mysql", 0, ""), &[(name, "Q_UNKNOWN_TABLE 1:41")]);
}

#[test]
fn select_aliases_are_seen_where_they_are() {
    expect(&[
        ("SELECT id AS x FROM orders WHERE x = 1", "Q_UNKNOWN_COLUMN 1:34"),
        ("SELECT id AS x FROM orders GROUP BY x, x + 1", ""),
        ("SELECT id AS x FROM orders HAVING x = 1 AND id = 2", ""),
        ("SELECT id AS x FROM orders ORDER BY x, x + 1, status", ""),
        ("SELECT id AS x, x + 1 FROM orders", "Q_UNKNOWN_COLUMN 1:17"),
        ("SELECT id AS x, (SELECT x + 1) FROM orders", ""),
        ("SELECT (SELECT x), id AS x FROM orders", "Q_UNKNOWN_COLUMN 1:16"),
        ("SELECT id AS x FROM orders WHERE id IN (SELECT x)", "Q_UNKNOWN_COLUMN 1:48"),
        ("SELECT id FROM orders HAVING status = 'new'", "Q_UNKNOWN_COLUMN 1:30"),
        ("SELECT status FROM orders GROUP BY status HAVING COUNT(customer_id) > 1", ""),
        ("SELECT COUNT(*) FROM orders GROUP BY status HAVING status = 'new'", ""),
        ("SELECT status FROM orders GROUP BY status HAVING customer_id > 1", "Q_UNKNOWN_COLUMN 1:50"),
        (
            "SELECT o.id, c.id FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY id",
            "Q_AMBIGUOUS_COLUMN 1:83",
        ),
        ("SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY id", ""),
        ("SELECT id FROM orders ORDER BY 1", ""),
        ("SELECT id FROM orders ORDER BY 2", "Q_UNKNOWN_COLUMN 1:32"),
        ("SELECT id FROM orders GROUP BY 0", "Q_UNKNOWN_COLUMN 1:32"),
        ("SELECT id FROM orders WHERE COUNT(*) > 1", "Q_PARSE_ERROR 1:29"),
        ("SELECT SUM(line_no) OVER w FROM order_lines WINDOW w AS (PARTITION BY sku)", ""),
        (
            "SELECT SUM(line_no) OVER v FROM order_lines WINDOW w AS (PARTITION BY nosuch)",
            "Q_UNKNOWN_ALIAS 1:26, Q_UNKNOWN_COLUMN 1:71",
        ),
    ]);
}

#[test]
fn set_operations_return_the_names_of_the_first_select() {
    expect(&[
        ("SELECT id AS a FROM orders UNION SELECT id AS b FROM customers ORDER BY a", ""),
        ("SELECT id AS a FROM orders UNION SELECT id AS b FROM customers ORDER BY b", "Q_UNKNOWN_COLUMN 1:73"),
        ("SELECT id FROM orders UNION SELECT id FROM customers ORDER BY orders.id", "Q_UNKNOWN_ALIAS 1:63"),
        ("SELECT x.a FROM (SELECT 1 AS a UNION SELECT 2 AS b) x", ""),
        ("SELECT 1 UNION SELECT 1 EXCEPT SELECT 1, 2", "Q_COLUMN_COUNT_MISMATCH 1:32"),
        ("(SELECT id FROM orders) ORDER BY status", ""),
        ("(SELECT id FROM orders LIMIT 1) ORDER BY status", "Q_UNKNOWN_COLUMN 1:42"),
        ("VALUES ROW(1, 2), ROW(3)", "Q_COLUMN_COUNT_MISMATCH 1:23"),
    ]);
}

#[test]
fn subqueries_see_the_query_around_and_return_as_many_columns_as_can_stand_there() {
    expect(&[
        ("SELECT (SELECT COUNT(*) FROM order_lines l WHERE l.order_id = o.id) FROM orders o", ""),
        ("SELECT (SELECT COUNT(*) FROM order_lines l WHERE l.order_id = z.id) FROM orders o", "Q_UNKNOWN_ALIAS 1:63"),
        ("SELECT 1 FROM orders o WHERE EXISTS (SELECT * FROM customers c WHERE c.id = o.id AND status = 'new')", ""),
        (
            "SELECT 1 FROM orders o WHERE EXISTS (SELECT * FROM customers c WHERE c.status = 'new')",
            "Q_UNKNOWN_COLUMN 1:72",
        ),
        ("SELECT id FROM orders WHERE id IN (SELECT id, email FROM customers)", "Q_COLUMN_COUNT_MISMATCH 1:36"),
        ("SELECT id FROM orders WHERE (id, id) IN (SELECT id FROM customers)", "Q_COLUMN_COUNT_MISMATCH 1:42"),
        ("SELECT id FROM orders WHERE (id, id) IN ((1, 2), (1, 2, 3))", "Q_COLUMN_COUNT_MISMATCH 1:51"),
        ("SELECT id FROM orders WHERE (id, id) = (SELECT 1, 2)", ""),
        ("SELECT id FROM orders WHERE id = (SELECT 1, 2)", "Q_COLUMN_COUNT_MISMATCH 1:35"),
        ("SELECT (SELECT 1, 2)", "Q_COLUMN_COUNT_MISMATCH 1:9"),
        ("SELECT id FROM orders WHERE id = ANY (SELECT id, email FROM customers)", "Q_COLUMN_COUNT_MISMATCH 1:39"),
        ("SELECT id FROM orders LIMIT id", "Q_PARSE_ERROR 1:29"),
    ]);
}

#[test]
fn words_of_the_language_are_no_columns() {
    expect(&[
        (
            "SELECT TIMESTAMPDIFF(DAY, placed_at, NOW()), EXTRACT(YEAR FROM placed_at), UTC_DATE, CURRENT_USER FROM orders",
            "",
        ),
        (
            "SELECT DATE_ADD(placed_at, INTERVAL 1 DAY), placed_at + INTERVAL nosuch HOUR FROM orders",
            "Q_UNKNOWN_COLUMN 1:66",
        ),
        ("SELECT GROUP_CONCAT(DISTINCT sku ORDER BY line_no SEPARATOR ',') FROM order_lines", ""),
        ("SELECT GROUP_CONCAT(sku ORDER BY nosuch) FROM order_lines", "Q_UNKNOWN_COLUMN 1:34"),
        ("SELECT @a, @@sql_mode, @@global.max_connections, DEFAULT(status) FROM orders", ""),
        ("SELECT NEXTVAL(numbers), NEXTVAL(shop.numbers), LASTVAL(orders)", "Q_UNKNOWN_TABLE 1:57"),
        ("SELECT MATCH (email, nosuch) AGAINST ('x') FROM customers", "Q_UNKNOWN_COLUMN 1:22"),
        ("SELECT id FROM customers USE INDEX (uq_email, PRIMARY, uq_mail)", "Q_UNKNOWN_COLUMN 1:56"),
        ("SELECT id FROM customers PARTITION (p0)", "Q_UNKNOWN_TABLE 1:37"),
    ]);
}

#[test]
fn a_near_name_is_suggested() {
    for (sql, wanted) in [
        ("SELECT 1 FROM shopp.orders", "did you mean `shop`?"),
        ("SELECT 1 FROM ordres", "did you mean `orders`?"),
        ("SELECT statsu FROM orders", "did you mean `status`?"),
        ("SELECT o.emial FROM customers o", "did you mean `email`?"),
        ("SELECT ordr.id FROM orders ord", "did you mean `ord`?"),
        ("SELECT a.id FROM orders a JOIN customers b USING (ids)", "did you mean `id`?"),
        ("UPDATE orders SET stauts = 'new' WHERE id = 1", "did you mean `status`?"),
        ("SELECT id AS total FROM orders WHERE total > 1", "write the expression itself"),
    ] {
        let result = judged(sql, false);
        let suggested: Vec<_> = result.issues.iter().filter_map(|issue| issue.suggestion.as_deref()).collect();
        assert_eq!(suggested, [wanted], "{sql}");
    }
    assert!(
        judged("SELECT entirely_different FROM orders", true).issues.iter().all(|issue| issue.suggestion.is_none())
    );
}

#[test]
fn a_query_for_one_row_needs_no_limit() {
    for (sql, limitless) in [
        ("SELECT status FROM orders", true),
        ("SELECT status FROM orders LIMIT 5", false),
        ("SELECT status FROM orders FETCH FIRST 5 ROWS ONLY", false),
        ("SELECT COUNT(*) FROM orders", false),
        ("SELECT COUNT(*) FROM orders GROUP BY status", true),
        ("SELECT status FROM orders WHERE id = 7", false),
        ("SELECT status FROM orders WHERE id = ? AND status = 'new'", false),
        ("SELECT status FROM orders WHERE id = 7 OR status = 'new'", true),
        ("SELECT sku FROM order_lines WHERE order_id = 7", true),
        ("SELECT sku FROM order_lines WHERE order_id = 7 AND line_no = 1", false),
        ("SELECT id FROM customers WHERE email = 'a'", false),
        ("SELECT id FROM orders UNION SELECT id FROM customers", true),
        ("(SELECT id FROM orders LIMIT 1) UNION (SELECT id FROM customers LIMIT 1)", false),
        ("SELECT 1", false),
        ("EXPLAIN SELECT status FROM orders", false),
    ] {
        let found = judged(sql, true).issues.iter().any(|issue| issue.code == Code::NoLimit);
        assert_eq!(found, limitless, "{sql}");
    }
}

#[test]
fn what_parses_and_no_server_takes_is_refused() {
    expect(&[
        ("SELECT 1, * FROM orders", "Q_PARSE_ERROR 1:11"),
        ("SELECT *, 1 FROM orders", ""),
        ("SELECT 1, orders.* FROM orders", ""),
        ("SELECT *", "Q_PARSE_ERROR 1:8"),
        ("SELECT id FROM orders OFFSET 5", "Q_PARSE_ERROR 1:30"),
        ("SELECT id FROM orders LIMIT 'a'", "Q_PARSE_ERROR 1:29"),
        ("SELECT o.id FROM orders o LEFT JOIN customers c", "Q_PARSE_ERROR 1:37"),
        ("SELECT id FROM orders WHERE RANK() OVER (ORDER BY id) = 1", "Q_PARSE_ERROR 1:29"),
        ("SELECT RANK() OVER (ORDER BY id) FROM orders ORDER BY RANK() OVER (ORDER BY id)", ""),
        ("SELECT SUM(COUNT(*)) FROM orders", "Q_PARSE_ERROR 1:12"),
        ("SELECT SUM(COUNT(*)) OVER () FROM orders", ""),
        ("SELECT SUM((SELECT COUNT(*) FROM customers)) FROM orders", ""),
        ("SELECT id FROM orders WHERE ROW(id, id) IN (SELECT 1, 2)", ""),
        ("SELECT id FROM orders WHERE ROW(id, id) IN (SELECT 1)", "Q_COLUMN_COUNT_MISMATCH 1:45"),
        ("SELECT id FROM orders WHERE (id, (id, id)) = (1, (2, 3))", ""),
        ("SELECT details->'$.a', details->>'$.a', CAST(details AS JSON) FROM products", ""),
        ("SELECT 1 FROM 'orders'", "Q_PARSE_ERROR 1:1"),
    ]);
    let mariadb = snapshot_of("mariadb", 0, "");
    expect_on(
        &mariadb,
        &[
            ("SELECT details->'$.a' FROM products", "Q_PARSE_ERROR 1:17"),
            ("SELECT CAST(details AS JSON) FROM products", "Q_PARSE_ERROR 1:13"),
            ("WITH RECURSIVE a AS (SELECT i FROM b), b AS (SELECT 1 AS i) SELECT i FROM a", ""),
        ],
    );
}
