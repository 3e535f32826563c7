//! Names of databases and tables, and the joins of a FROM.

use super::*;

#[test]
fn tables_are_found_by_database_and_name() {
    expect(&[
        ("SELECT id FROM orders", ""),
        ("SELECT ref FROM crm.orders", ""),
        ("SELECT id FROM crm.orders", "Q_UNKNOWN_COLUMN 1:8"),
        ("SELECT crm.orders.ref, shop.orders.id FROM crm.orders, shop.orders", ""),
        ("SELECT shop.o.id FROM shop.orders o", ""),
        ("SELECT crm.o.id FROM shop.orders o", "Q_UNKNOWN_ALIAS 1:12"),
        ("SELECT nodb.orders.id FROM nodb.orders", "Q_UNKNOWN_DATABASE 1:28"),
        ("SELECT id FROM `orders`, `shop`.`customers` AS `c d` WHERE `c d`.id = 1", "Q_AMBIGUOUS_COLUMN 1:8"),
        ("SELECT 1 FROM shop.orders.id", "Q_PARSE_ERROR 1:15"),
        ("SELECT 1 FROM information_schema.tables", "Q_UNKNOWN_DATABASE 1:15"),
        ("SELECT id FROM open_orders", ""),
        ("SELECT anything FROM numbers", ""),
        ("SELECT 1 FROM DUAL", ""),
        ("SHOW CREATE TABLE shop.nothing", "Q_UNKNOWN_TABLE 1:24"),
        ("SHOW COLUMNS FROM orders FROM crm", ""),
        ("SHOW TABLES FROM nodb", "Q_UNKNOWN_DATABASE 1:18"),
        ("SHOW INDEX FROM nothing", "Q_UNKNOWN_TABLE 1:17"),
        ("DESCRIBE ordres", "Q_UNKNOWN_TABLE 1:10"),
        ("EXPLAIN SELECT nosuch FROM orders", "Q_UNKNOWN_COLUMN 1:16"),
    ]);
    assert_eq!(judged("SELECT 1 FROM information_schema.tables", true).verdict, Verdict::Unknown);
    let none = validate("SELECT 1 FROM orders", &snapshot(), &Options::default());
    assert_eq!(issues(&none), ["Q_UNKNOWN_DATABASE 1:15"]);
}

#[test]
fn database_and_table_names_fold_only_where_the_server_folds_them() {
    let cases = [
        ("SELECT ID FROM orders", "", ""),
        ("SELECT A FROM Foo", "", "Q_UNKNOWN_COLUMN 1:8"),
        ("SELECT b FROM foo", "", "Q_UNKNOWN_COLUMN 1:8"),
        ("SELECT id FROM Orders", "Q_UNKNOWN_TABLE 1:16", ""),
        ("SELECT id FROM SHOP.orders", "Q_UNKNOWN_DATABASE 1:16", ""),
        ("SELECT O.id FROM orders o", "Q_UNKNOWN_ALIAS 1:8", ""),
        (
            "SELECT 1 FROM orders o, orders O WHERE o.id = O.id",
            "",
            "Q_DUPLICATE_ALIAS 1:25, Q_AMBIGUOUS_COLUMN 1:42, Q_AMBIGUOUS_COLUMN 1:49",
        ),
    ];
    for (sql, exact, folded) in cases {
        expect_on(&snapshot_of("mysql", 0, ""), &[(sql, exact)]);
        for folding in [1, 2] {
            // With folding on, `Foo` and `foo` could not both be there: the first is found.
            let folded = if sql.contains(" A FROM") { "" } else { folded };
            expect_on(&snapshot_of("tidb", folding, ""), &[(sql, folded)]);
        }
    }
}

#[test]
fn joins_see_what_is_joined_so_far_and_merge_what_they_use() {
    expect(&[
        ("SELECT o.id FROM orders o, customers c JOIN order_lines l ON l.order_id = o.id", "Q_UNKNOWN_ALIAS 1:75"),
        ("SELECT o.id FROM customers c, orders o JOIN order_lines l ON l.order_id = o.id", ""),
        (
            "SELECT 1 FROM orders o JOIN order_lines l ON l.order_id = c.id JOIN customers c ON c.id = o.id",
            "Q_UNKNOWN_ALIAS 1:59",
        ),
        ("SELECT id, a.id, b.id, status FROM orders a JOIN orders b USING (id)", "Q_AMBIGUOUS_COLUMN 1:24"),
        ("SELECT id FROM orders a JOIN orders b USING (id) JOIN orders c USING (id)", ""),
        (
            "SELECT id FROM orders a JOIN orders b ON a.id = b.id JOIN orders c USING (id)",
            "Q_AMBIGUOUS_COLUMN 1:8, Q_AMBIGUOUS_COLUMN 1:75",
        ),
        ("SELECT 1 FROM orders a JOIN order_lines b USING (id)", "Q_UNKNOWN_COLUMN 1:50"),
        ("SELECT sku, price FROM products NATURAL JOIN order_lines", ""),
        (
            "SELECT 1 FROM products p JOIN order_lines l ON l.sku = p.sku NATURAL JOIN products q",
            "Q_AMBIGUOUS_COLUMN 1:75",
        ),
        ("SELECT sku FROM products JOIN order_lines", "Q_AMBIGUOUS_COLUMN 1:8"),
        (
            "SELECT o.id FROM (orders o JOIN customers c ON c.id = o.customer_id) LEFT JOIN order_lines l ON l.order_id = c.id",
            "",
        ),
        (
            "SELECT o.id FROM orders o LEFT JOIN (order_lines l JOIN products p ON p.sku = o.id) ON l.order_id = o.id",
            "Q_UNKNOWN_ALIAS 1:79",
        ),
        ("SELECT 1 FROM orders o JOIN orders o", "Q_DUPLICATE_ALIAS 1:29"),
        ("SELECT 1 FROM orders o, (SELECT 1 AS one) o", ""),
    ]);
    let star = judged("SELECT * FROM orders a JOIN customers b USING (id) LIMIT 1", true);
    let used = ["email", "full_name", "id"].map(|column| format!("shop.customers.{column}"));
    assert!(used.iter().all(|column| star.columns_used.contains(column)), "{:?}", star.columns_used);
    assert!(!star.columns_used.contains(&"shop.customers.secret".to_owned()));
}

#[test]
fn tables_that_nothing_joins_are_told() {
    for (sql, wanted) in [
        ("SELECT 1 FROM orders o JOIN customers c LIMIT 1", "Q_CROSS_JOIN 1:29"),
        ("SELECT 1 FROM orders o CROSS JOIN customers c LIMIT 1", "Q_CROSS_JOIN 1:35"),
        ("SELECT 1 FROM orders o, customers c, order_lines l WHERE o.id = l.order_id LIMIT 1", "Q_CROSS_JOIN 1:25"),
        ("SELECT 1 FROM orders o JOIN customers c ON 1 = 1 LIMIT 1", "Q_CROSS_JOIN 1:29"),
        ("SELECT 1 FROM orders o, customers c WHERE (o.id = 1 AND c.id = o.customer_id) LIMIT 1", ""),
        ("SELECT 1 FROM orders o, (SELECT COUNT(*) AS n FROM customers) c LIMIT 1", ""),
        ("SELECT 1 FROM orders NATURAL JOIN order_lines LIMIT 1", "Q_CROSS_JOIN 1:35"),
        ("SELECT 1 FROM orders o, LATERAL (SELECT o.id AS x FROM customers) l LIMIT 1", ""),
        ("SELECT 1 FROM products p, JSON_TABLE(p.details, '$[*]' COLUMNS (x INT PATH '$')) j LIMIT 1", ""),
        ("SELECT 1 FROM orders o, customers c WHERE EXISTS (SELECT 1 FROM products WHERE o.id = c.id) LIMIT 1", ""),
    ] {
        assert_eq!(issues(&judged(sql, true)).join(", "), wanted, "{sql}");
    }
}
