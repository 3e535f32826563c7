//! INSERT, REPLACE, UPDATE and DELETE.

use super::*;

#[test]
fn an_insert_names_columns_that_are_there_and_all_that_it_must() {
    expect(&[
        ("INSERT INTO orders (customer_id) VALUES (1), (2)", ""),
        ("INSERT INTO orders VALUES (1, 2, 'new', NOW())", ""),
        ("INSERT INTO orders VALUES (1, 2, 'new')", "Q_COLUMN_COUNT_MISMATCH 1:28"),
        ("INSERT INTO orders (id, customer_id) VALUES (1, 2), (3)", "Q_COLUMN_COUNT_MISMATCH 1:54"),
        ("INSERT INTO orders (id, nosuch) VALUES (1, 2)", "Q_MISSING_REQUIRED_COLUMN 1:13, Q_UNKNOWN_COLUMN 1:25"),
        ("INSERT INTO orders (customer_id, Customer_ID) VALUES (1, 2)", "Q_DUPLICATE_ALIAS 1:34"),
        ("INSERT INTO orders (orders.customer_id) VALUES (1)", ""),
        ("INSERT INTO orders SET customer_id = 1, status = DEFAULT", ""),
        ("INSERT INTO orders SET nosuch = 1", "Q_MISSING_REQUIRED_COLUMN 1:13, Q_UNKNOWN_COLUMN 1:24"),
        ("INSERT INTO orders () VALUES ()", "Q_MISSING_REQUIRED_COLUMN 1:13"),
        ("INSERT INTO orders (customer_id, id) VALUES (1, customer_id + 1)", ""),
        ("INSERT INTO orders (customer_id, id) VALUES (1, other + 1)", "Q_UNKNOWN_COLUMN 1:49"),
        ("INSERT IGNORE INTO orders (status) VALUES ('new')", ""),
        ("INSERT INTO customers VALUES (1, 'a', 'b')", ""),
        ("INSERT INTO customers (id, email, full_name, secret) VALUES (1, 'a', 'b', 'c')", ""),
        ("INSERT INTO products (sku, price, gross) VALUES ('a', 1, 2)", "Q_GENERATED_COLUMN_WRITE 1:58"),
        ("INSERT INTO products (sku, price, gross) VALUES ('a', 1, DEFAULT)", ""),
        (
            "INSERT INTO products (sku, gross) SELECT 'a', 1",
            "Q_MISSING_REQUIRED_COLUMN 1:13, Q_GENERATED_COLUMN_WRITE 1:28",
        ),
        ("INSERT INTO products (sku, price) SELECT sku, price FROM products", ""),
        ("INSERT INTO products (sku, price) SELECT sku FROM products", "Q_COLUMN_COUNT_MISMATCH 1:35"),
        ("INSERT INTO open_orders (id) VALUES (1)", "Q_VIEW_NOT_UPDATABLE 1:13"),
        ("INSERT INTO writable (id) VALUES (1)", ""),
        ("INSERT INTO numbers VALUES (1)", "Q_VIEW_NOT_UPDATABLE 1:13"),
        ("INSERT INTO nowhere (id) SELECT x FROM orders", "Q_UNKNOWN_TABLE 1:13, Q_UNKNOWN_COLUMN 1:33"),
        ("REPLACE INTO orders (status) VALUES ('new')", "Q_MISSING_REQUIRED_COLUMN 1:14"),
    ]);
    let lenient = snapshot_of("mysql", 0, "");
    expect_on(&lenient, &[("INSERT INTO orders (status) VALUES ('new')", "")]);
    let warned = validate("INSERT INTO orders (status) VALUES ('new')", &lenient, &options(false));
    assert_eq!(issues(&warned), ["Q_MISSING_REQUIRED_COLUMN 1:13"]);
}

#[test]
fn on_duplicate_key_sees_the_row_its_alias_and_the_tables_of_the_select() {
    expect(&[
        ("INSERT INTO orders (customer_id) VALUES (1) ON DUPLICATE KEY UPDATE status = VALUES(status)", ""),
        (
            "INSERT INTO orders (customer_id) VALUES (1) ON DUPLICATE KEY UPDATE status = VALUES(nosuch)",
            "Q_UNKNOWN_COLUMN 1:85",
        ),
        ("INSERT INTO orders (customer_id) VALUES (1) ON DUPLICATE KEY UPDATE nosuch = 1", "Q_UNKNOWN_COLUMN 1:69"),
        ("INSERT INTO orders (customer_id) VALUES (1) AS n ON DUPLICATE KEY UPDATE customer_id = n.customer_id", ""),
        ("INSERT INTO orders (customer_id) VALUES (1) AS n (c) ON DUPLICATE KEY UPDATE customer_id = n.c", ""),
        (
            "INSERT INTO orders (customer_id) VALUES (1) AS n (c) ON DUPLICATE KEY UPDATE customer_id = n.d",
            "Q_UNKNOWN_COLUMN 1:94",
        ),
        (
            "INSERT INTO orders (customer_id) SELECT c.id FROM customers c ON DUPLICATE KEY UPDATE customer_id = c.id",
            "",
        ),
        (
            "INSERT INTO orders (customer_id) SELECT c.id FROM customers c ON DUPLICATE KEY UPDATE customer_id = x.id",
            "Q_UNKNOWN_ALIAS 1:101",
        ),
        (
            "INSERT INTO products (sku, price) VALUES ('a', 1) ON DUPLICATE KEY UPDATE gross = 2",
            "Q_GENERATED_COLUMN_WRITE 1:83",
        ),
    ]);
}

#[test]
fn updates_and_deletes_reach_only_what_takes_rows() {
    expect(&[
        ("UPDATE orders o SET o.status = 'paid' WHERE o.id = 1", ""),
        ("UPDATE orders o SET orders.status = 'paid' WHERE o.id = 1", "Q_UNKNOWN_ALIAS 1:21"),
        ("UPDATE orders SET nosuch = 1 WHERE id = 1", "Q_UNKNOWN_COLUMN 1:19"),
        ("UPDATE orders SET status = nosuch WHERE id = 1", "Q_UNKNOWN_COLUMN 1:28"),
        (
            "UPDATE orders o JOIN customers c ON c.id = o.customer_id SET o.status = 'paid', c.email = 'x' WHERE c.id = 1",
            "",
        ),
        (
            "UPDATE orders o JOIN customers c ON c.id = o.customer_id SET id = 1 WHERE c.id = 1",
            "Q_AMBIGUOUS_COLUMN 1:62",
        ),
        (
            "UPDATE orders o JOIN (SELECT 1 AS m) x ON x.m = o.id SET x.m = 1 WHERE o.id = 1",
            "Q_VIEW_NOT_UPDATABLE 1:38",
        ),
        ("UPDATE orders o JOIN (SELECT 1 AS m) x ON x.m = o.id SET o.status = 'new' WHERE o.id = 1", ""),
        ("UPDATE open_orders SET email = 'x' WHERE id = 1", "Q_VIEW_NOT_UPDATABLE 1:8"),
        ("UPDATE orders SET status = 'new' ORDER BY nosuch LIMIT 1", "Q_UNKNOWN_COLUMN 1:43"),
        ("DELETE FROM orders WHERE nosuch = 1", "Q_UNKNOWN_COLUMN 1:26"),
        ("DELETE o FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.id = 1", ""),
        ("DELETE x FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.id = 1", "Q_UNKNOWN_ALIAS 1:8"),
        ("DELETE orders FROM orders o WHERE o.id = 1", "Q_UNKNOWN_ALIAS 1:8"),
        ("DELETE FROM o USING orders o JOIN customers c ON c.id = o.customer_id WHERE c.id = 1", ""),
        (
            "DELETE FROM z USING orders o JOIN customers c ON c.id = o.customer_id WHERE c.id = 1",
            "Q_UNKNOWN_ALIAS 1:13",
        ),
        ("WITH c AS (SELECT 1 AS id) DELETE FROM orders WHERE id IN (SELECT id FROM c)", ""),
        ("WITH c AS (SELECT 1 AS id) DELETE FROM c WHERE id = 1", "Q_VIEW_NOT_UPDATABLE 1:40"),
    ]);
    let tidb = snapshot_of("tidb", 2, "STRICT_TRANS_TABLES");
    expect_on(&tidb, &[("UPDATE writable SET email = 'x' WHERE id = 1", "Q_VIEW_NOT_UPDATABLE 1:8")]);
}

#[test]
fn every_row_at_once_is_warned_of() {
    for (sql, wanted) in [
        ("DELETE FROM orders", "Q_NO_WHERE 1:1"),
        ("DELETE FROM orders LIMIT 10", ""),
        ("WITH c AS (SELECT 1)\nUPDATE orders SET status = 'paid'", "Q_NO_WHERE 2:1"),
        ("UPDATE orders o JOIN customers c SET o.status = 'paid' WHERE o.id = 1", "Q_CROSS_JOIN 1:22"),
    ] {
        assert_eq!(issues(&judged(sql, false)).join(", "), wanted, "{sql}");
    }
}
