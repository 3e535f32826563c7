//! Literals that do not fit the column they meet, and columns that meet only after a conversion.

use super::*;

/// The warnings about values: `CODE line:column`.
fn warned(sql: &str) -> String {
    let result = judged(sql, false);
    let codes = [Code::TypeMismatch, Code::ImplicitConversion];
    let of = result.issues.iter().filter(|issue| codes.contains(&issue.code));
    of.map(|issue| format!("{} {}:{}", issue.code, issue.line, issue.column)).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_literal_that_does_not_fit_its_column_is_warned_of() {
    for (condition, wanted) in [
        ("status = 1", "Q_TYPE_MISMATCH 1:29"),
        ("status = 'nwe'", "Q_TYPE_MISMATCH 1:29"),
        ("status = 'NEW'", ""),
        ("status IN ('new', 'gone')", "Q_TYPE_MISMATCH 1:47"),
        ("'gone' = status", "Q_TYPE_MISMATCH 1:29"),
        ("placed_at > 20260101", "Q_TYPE_MISMATCH 1:29"),
        ("placed_at > 'yesterday'", "Q_TYPE_MISMATCH 1:29"),
        ("placed_at BETWEEN '2026-01-01' AND 'later'", "Q_TYPE_MISMATCH 1:64"),
        ("placed_at > '2026-01-01 10:00:00'", ""),
        ("id = 'abc'", "Q_TYPE_MISMATCH 1:29"),
        ("id = '12'", ""),
        ("id = 12", ""),
        ("id = ?", ""),
        ("placed_at = TRUE", "Q_TYPE_MISMATCH 1:29"),
    ] {
        assert_eq!(warned(&format!("SELECT id FROM orders WHERE {condition}")), wanted, "{condition}");
    }
    assert_eq!(warned("SELECT id FROM customers WHERE email = 7"), "Q_TYPE_MISMATCH 1:32");
    assert_eq!(warned("SELECT x.s FROM (SELECT status AS s FROM orders) x WHERE x.s = 3"), "Q_TYPE_MISMATCH 1:58");
    assert_eq!(warned("UPDATE orders SET status = 'nwe' WHERE id = 1"), "Q_TYPE_MISMATCH 1:28");
    assert_eq!(warned("INSERT INTO orders (customer_id, status) VALUES ('x', 'new')"), "Q_TYPE_MISMATCH 1:50");
    assert_eq!(warned("INSERT INTO customers (email, full_name) VALUES (7, 'a')"), "");
}

#[test]
fn columns_that_meet_after_a_conversion_are_warned_of() {
    for (sql, wanted) in [
        ("SELECT 1 FROM orders o JOIN customers c ON c.id = o.customer_id", ""),
        ("SELECT 1 FROM orders o JOIN customers c ON c.email = o.customer_id", "Q_IMPLICIT_CONVERSION 1:44"),
        ("SELECT 1 FROM products JOIN order_lines USING (sku)", "Q_IMPLICIT_CONVERSION 1:48"),
        ("SELECT 1 FROM order_lines l JOIN orders o ON o.id = l.line_no", ""),
        ("SELECT 1 FROM orders WHERE id IN (SELECT email FROM customers)", "Q_IMPLICIT_CONVERSION 1:28"),
        ("SELECT 1 FROM orders WHERE id = (SELECT MAX(email) FROM customers)", ""),
    ] {
        assert_eq!(warned(sql), wanted, "{sql}");
    }
}
