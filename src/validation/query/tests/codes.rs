//! A case for every code: one text that has it, at that place, and one close to it that has not. The match has no
//! wildcard, so a new code does not compile without its case.

use super::*;

struct Case {
    with: &'static str,
    at: (u64, u64),
    without: &'static str,
    read_only: bool,
}

const fn case(with: &'static str, at: (u64, u64), without: &'static str) -> Case {
    Case { with, at, without, read_only: true }
}

const fn write(with: &'static str, at: (u64, u64), without: &'static str) -> Case {
    Case { with, at, without, read_only: false }
}

fn case_of(code: Code) -> Case {
    match code {
        Code::Empty => case(" ;\n -- nothing", (1, 1), "SELECT 1"),
        Code::ParseError => case("SELECT id\nFORM orders", (2, 6), "SELECT id\nFROM orders"),
        Code::MultipleStatements => case("SELECT 1;\n SELECT 2", (2, 2), "SELECT 1;"),
        Code::ExecutableComment => case("SELECT 1 /*! + 1 */", (1, 10), "SELECT 1 /* ! + 1 */"),
        Code::AnsiQuotesUnsupported => case("SELECT \"id\" FROM orders", (1, 8), "SELECT 'id' FROM orders"),
        Code::WriteStatement => case("DELETE FROM orders WHERE id = 1", (1, 1), "SELECT id FROM orders WHERE id = 1"),
        Code::DdlStatement => case("DROP TABLE orders", (1, 1), "SHOW CREATE TABLE orders"),
        Code::AdminStatement => case("EXPLAIN ANALYZE SELECT id FROM orders", (1, 1), "EXPLAIN SELECT id FROM orders"),
        Code::LockingRead => case("SELECT id FROM orders\n FOR UPDATE", (2, 2), "SELECT id FROM orders"),
        Code::ForbiddenFunction => case("SELECT 1, SLEEP(10)", (1, 11), "SELECT 1, ABS(10)"),
        Code::VariableAssignment => case("SELECT @a := 1", (1, 8), "SELECT @a = 1"),
        Code::UnknownDatabase => case("SELECT 1 FROM shops.orders", (1, 15), "SELECT 1 FROM shop.orders"),
        Code::UnknownTable => case("SELECT 1 FROM shop.order", (1, 20), "SELECT 1 FROM shop.orders"),
        Code::UnknownColumn => case("SELECT o.stats FROM orders o", (1, 10), "SELECT o.status FROM orders o"),
        Code::AmbiguousColumn => case(
            "SELECT id FROM orders o JOIN customers c ON c.id = o.customer_id",
            (1, 8),
            "SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id",
        ),
        Code::UnknownAlias => case("SELECT orders.id FROM orders o", (1, 8), "SELECT o.id FROM orders o"),
        Code::DuplicateAlias => {
            case("SELECT 1 FROM orders o, customers o", (1, 25), "SELECT 1 FROM orders o, customers c")
        }
        Code::ColumnCountMismatch => case("SELECT 1 UNION SELECT 1, 2", (1, 16), "SELECT 1, 3 UNION SELECT 1, 2"),
        Code::MissingRequiredColumn => {
            write("INSERT INTO orders (status) VALUES ('new')", (1, 13), "INSERT INTO orders (customer_id) VALUES (1)")
        }
        Code::GeneratedColumnWrite => write(
            "UPDATE products SET gross = 1 WHERE sku = 'a'",
            (1, 29),
            "UPDATE products SET price = 1 WHERE sku = 'a'",
        ),
        Code::ViewNotUpdatable => {
            write("DELETE FROM open_orders WHERE id = 1", (1, 13), "DELETE FROM writable WHERE id = 1")
        }
        Code::SelectStar => case("SELECT o.* FROM orders o", (1, 8), "SELECT COUNT(*) FROM orders o"),
        Code::TypeMismatch => {
            case("SELECT id FROM orders WHERE status = 1", (1, 29), "SELECT id FROM orders WHERE status = 'NEW'")
        }
        Code::ImplicitConversion => case(
            "SELECT p.price FROM products p JOIN order_lines l ON l.sku = p.sku",
            (1, 54),
            "SELECT p.quantity FROM order_lines p JOIN order_lines l ON l.sku = p.sku",
        ),
        Code::NoWhere => {
            write("UPDATE orders SET status = 'paid'", (1, 1), "UPDATE orders SET status = 'paid' WHERE id = 1")
        }
        Code::NoLimit => case("SELECT status FROM orders", (1, 1), "SELECT status FROM orders LIMIT 1"),
        Code::CrossJoin => case(
            "SELECT 1 FROM orders o, customers c WHERE o.id = 1",
            (1, 25),
            "SELECT 1 FROM orders o, customers c WHERE o.customer_id = c.id",
        ),
        Code::DeprecatedObject => case("SELECT full_name FROM customers", (1, 8), "SELECT email FROM customers"),
        Code::ContractBreak => case("SELECT ref FROM crm.orders", (1, 21), "SELECT id FROM shop.orders"),
    }
}

fn with_options(sql: &str, code: Code, read_only: bool) -> QueryResult {
    let deprecated = |database: &str, table: &str, column: Option<&str>, scheduled| Deprecated {
        database: database.to_owned(),
        table: table.to_owned(),
        column: column.map(str::to_owned),
        note: "use another".to_owned(),
        scheduled,
    };
    let deprecated =
        vec![deprecated("shop", "customers", Some("FULL_NAME"), false), deprecated("crm", "orders", None, true)];
    let mode = if code == Code::AnsiQuotesUnsupported { "ANSI_QUOTES" } else { "STRICT_TRANS_TABLES" };
    validate(sql, &snapshot_of("mysql", 0, mode), &Options { deprecated, ..options(read_only) })
}

#[test]
fn every_code_is_found_at_its_place_and_not_next_to_it() {
    for code in Code::ALL.iter().copied() {
        let Case { with, at, without, read_only } = case_of(code);
        let result = with_options(with, code, read_only);
        let found: Vec<_> = result.issues.iter().filter(|issue| issue.code == code).collect();
        let [issue] = found.as_slice() else { panic!("{code}: {with}: {:#?}", result.issues) };
        assert_eq!((issue.line, issue.column), at, "{code}: {with}");
        let severity = if code == Code::LockingRead { Severity::Error } else { code.severity() };
        assert_eq!(issue.severity, severity, "{code}: {with}");
        assert_eq!(result.is_valid, severity == Severity::Warning, "{code}: {with}: {:#?}", result.issues);
        let close = with_options(without, code, read_only);
        assert!(close.issues.iter().all(|issue| issue.code != code), "{code}: {without}: {:#?}", close.issues);
        assert!(close.is_valid, "{code}: {without}: {:#?}", close.issues);
    }
}

#[test]
fn a_code_is_published_as_its_word() {
    let mut words: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert!(words.iter().all(|word| word.starts_with("Q_")));
    assert_eq!(serde_json::to_value(Code::NoWhere).unwrap(), json!("Q_NO_WHERE"));
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Code::ALL.len());
}

#[test]
fn the_result_has_the_published_fields_and_prints_nulls() {
    let sql = "SELECT o.ids FROM orders o JOIN crm.orders r ON r.ref = o.id LIMIT 1";
    let json = serde_json::to_value(judged(sql, true)).unwrap();
    assert_eq!(
        json,
        json!({
            "is_valid": false, "verdict": "invalid", "statement_kind": "select", "read_only": true,
            "errors": ["Q_UNKNOWN_COLUMN at 1:10: there is no column `ids` in `o`"],
            "warnings": [],
            "affected_tables": ["crm.orders", "shop.orders"],
            "columns_used": ["crm.orders.ref", "shop.orders.id"],
            "estimated_rows": null, "execution_plan": null,
            "issues": [{
                "code": "Q_UNKNOWN_COLUMN", "severity": "error", "message": "there is no column `ids` in `o`",
                "line": 1, "column": 10, "suggestion": "did you mean `id`?",
            }],
        })
    );
}

#[test]
fn no_message_repeats_a_literal() {
    for sql in [
        "SELECT id FROM orders WHERE status = 'hunter2'",
        "SELECT id FROM orders WHERE placed_at = 'hunter2' AND customer_id = 'hunter2' LIMIT 9987",
        "INSERT INTO orders VALUES ('hunter2', 'hunter2')",
        "SELECT 'hunter2' 'x' FROM FROM orders",
        "SELECT 1 FROM 'hunter2'",
        "SELECT hunter(1) FROM nowhere WHERE a = 'hunter2' ORDER BY 9987",
        "SELECT (SELECT 'hunter2', 9987)",
        "SELECT 1 LIMIT 'hunter2' 9987",
        "SELECT 'hunter2",
        "SELECT 1 /*! hunter2 */",
        "SELECT x'hunter2' 9987 9987",
        "SELECT (1, 'hunter2') IN ((1, 2, 9987))",
        "EXPLAIN FORMAT='hunter2' SELECT 9987",
    ] {
        for read_only in [false, true] {
            let text = serde_json::to_string(&judged(sql, read_only)).unwrap();
            assert!(!text.contains("hunter2") && !text.contains("9987"), "{sql}: {text}");
        }
    }
}

#[test]
fn what_is_left_out_of_the_lists_is_counted() {
    let many = (0..150).map(|n| format!("c{n}")).collect::<Vec<_>>().join(", ");
    let result = judged(&format!("SELECT {many} FROM orders LIMIT 1"), true);
    assert_eq!((result.issues.len(), result.issues_left_out), (MAX_ISSUES, 50));
    assert_eq!(serde_json::to_value(&result).unwrap()["issues_left_out"], json!(50));
}
