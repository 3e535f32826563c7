//! Cases of rules about columns: types, texts, names.

use serde_json::{Value, json};

use super::super::{Case, case};
use crate::api::policy::BuiltinRule as R;
use crate::validation::testing::{column, table};

/// A table `t` of these columns without keys.
fn of(columns: Value) -> Value {
    json!([table("t", json!({"columns": columns, "primaryKey": null}))])
}

/// A table `t` of one column `c`.
fn one(r#type: &str, more: Value) -> Value {
    of(json!([column("c", r#type, more)]))
}

fn named(name: &str, r#type: &str) -> Value {
    of(json!([column(name, r#type, json!({}))]))
}

fn literal(text: &str) -> Value {
    json!({"default": {"kind": "literal", "value": text}})
}

pub(super) fn all() -> Vec<Case> {
    let none = || json!({});
    let mut out = vec![
        case(R::ForbiddenTypes, json!({"values": ["SET", "char(36)"]}), one("varchar(9)", none()), &["pass"]),
        case(
            R::ForbiddenTypes,
            json!({"values": ["SET", "char(36)"]}),
            one("set('a')", none()),
            &["t.c: has the forbidden type set('a')"],
        ),
        case(
            R::ForbiddenTypes,
            json!({"values": ["SET", "char(36)"]}),
            one("char(36)", none()),
            &["t.c: has the forbidden type char(36)"],
        ),
        case(R::NoFloatForMoney, none(), named("unit_price", "decimal(10,2)"), &["pass"]),
        case(
            R::NoFloatForMoney,
            none(),
            named("Unit_Price", "float"),
            &["t.Unit_Price: sounds like money and is float"],
        ),
        case(R::NoFloatForMoney, json!({"names": ["eur"]}), named("price", "float"), &["pass"]),
        case(R::NoEnum, none(), one("int", none()), &["skip"]),
        case(R::NoEnum, json!({"max": 2}), one("enum('a','b')", none()), &["pass"]),
        case(R::NoEnum, none(), one("enum('a','b')", none()), &["t.c: is ENUM of 2 members; at most 0"]),
        case(R::NoSet, json!({"max": 1}), one("set('a')", none()), &["pass"]),
        case(R::NoSet, json!({"max": 1}), one("set('a','b')", none()), &["t.c: is SET of 2 members; at most 1"]),
        case(R::NoZeroDateDefault, none(), one("date", literal("2024-01-31")), &["pass"]),
        case(
            R::NoZeroDateDefault,
            none(),
            one("datetime", literal("0000-00-00 00:00:00")),
            &["t.c: has a default that is no date"],
        ),
        case(R::NoZeroDateDefault, none(), one("date", literal("2024-00-01")), &["t.c: has a default that is no date"]),
        case(R::NoZeroDateDefault, none(), one("varchar(10)", literal("0000-00-00")), &["pass"]),
        case(R::NoTimestamp2038, none(), one("datetime", none()), &["pass"]),
        case(R::NoTimestamp2038, none(), one("timestamp(3)", none()), &["t.c: is a TIMESTAMP"]),
        case(R::NoDisplayWidth, none(), one("double", none()), &["pass"]),
        case(R::NoDisplayWidth, none(), one("float(7,2)", none()), &["t.c: is float(7,2), which pads or rounds"]),
        case(R::NoZerofill, none(), one("int unsigned", none()), &["pass"]),
        case(R::NoZerofill, none(), one("int unsigned zerofill", none()), &["t.c: is ZEROFILL"]),
        case(R::NoZerofill, none(), json!([table("t", json!({"tidb": {"extrasUnknown": true}}))]), &["unknown"])
            .on("tidb"),
        case(R::VectorHasDimension, none(), one("vector(3)", none()), &["pass"]),
        case(R::VectorHasDimension, none(), one("vector", none()), &["t.c: is a VECTOR without dimensions"]),
        case(R::VectorHasDimension, none(), one("int", none()), &["skip"]),
        case(R::JsonHasValidity, none(), named("details_json", "longtext"), &["skip: not MariaDB"]),
        case(R::JsonHasValidity, none(), named("details_json", "json"), &["pass"]).on("mariadb"),
        case(R::JsonHasValidity, none(), named("details_json", "longtext"), &["t.details_json: looks like JSON"])
            .on("mariadb"),
        case(R::JsonHasValidity, none(), one("longtext", literal("{}")), &["t.c: looks like JSON"]).on("mariadb"),
        case(
            R::JsonHasValidity,
            none(),
            json!([table(
                "t",
                json!({"columns": [column("a_json", "longtext", json!({}))],
            "checks": [{"name": "k", "expr": "json_valid(`a_json`)"}]})
            )]),
            &["pass"],
        )
        .on("mariadb"),
        case(R::NullableBoolean, none(), one("tinyint(1)", none()), &["pass"]),
        case(
            R::NullableBoolean,
            none(),
            one("tinyint(1)", json!({"nullable": true})),
            &["t.c: is a boolean that may be NULL"],
        ),
        case(
            R::NullableBoolean,
            none(),
            one("bit(1)", json!({"nullable": true})),
            &["t.c: is a boolean that may be NULL"],
        ),
        case(R::CharsetAllowed, none(), one("varchar(9)", none()), &["pass"]),
        case(
            R::CharsetAllowed,
            none(),
            one("varchar(9)", json!({"charset": "latin1"})),
            &["t.c: has the character set latin1; allowed are utf8mb4"],
        ),
        case(R::CollationAllowed, json!({"values": ["utf8mb4_bin"]}), one("varchar(9)", none()), &["pass"]),
        case(
            R::CollationAllowed,
            json!({"values": ["utf8mb4_0900_ai_ci"]}),
            one("text", none()),
            &["t: has the collation utf8mb4_bin; allowed are utf8mb4_0900_ai_ci", "t.c: has the collation utf8mb4_bin"],
        ),
        case(R::VarcharMaxLength, none(), one("varchar(2000)", none()), &["pass"]),
        case(
            R::VarcharMaxLength,
            json!({"max": 255}),
            one("varchar(256)", none()),
            &["t.c: is varchar(256); at most 255"],
        ),
        case(R::TextWithoutNeed, none(), named("body", "text"), &["pass"]),
        case(R::TextWithoutNeed, none(), named("first_name", "text"), &["t.first_name: is text; a varchar would do"]),
        case(R::TextWithoutNeed, none(), named("body", "tinytext"), &["t.body: is tinytext"]),
    ];
    out.extend(names());
    out.extend(filled());
    out
}

fn names() -> Vec<Case> {
    let none = || json!({});
    let index = |name: &str| {
        json!([table(
            "t",
            json!({"indexes": [{"name": name, "unique": false, "type": "btree", "parts": [{"column": "id"}]}]})
        )])
    };
    let key = |name: &str| {
        json!([table(
            "t",
            json!({"foreignKeys": [{"name": name, "columns": ["id"], "refTable": "t", "refColumns": ["id"], "onDelete": "restrict", "onUpdate": "restrict"}]})
        )])
    };
    let long = "a".repeat(49);
    vec![
        case(R::TableNamePattern, none(), json!([table("order_lines", none())]), &["pass"]),
        case(
            R::TableNamePattern,
            none(),
            json!([table("Price list", none())]),
            &["Price list: has a name that does not match ^[a-z]"],
        ),
        case(
            R::TableNamePattern,
            json!({"pattern": "s$"}),
            json!([table("order", none())]),
            &["order: has a name that does not match s$"],
        ),
        case(R::ColumnNamePattern, none(), named("a_1", "int"), &["pass"]),
        case(R::ColumnNamePattern, none(), named("camelCase", "int"), &["t.camelCase: has a name that does not match"]),
        case(R::IndexNamePattern, none(), json!([table("t", none())]), &["skip: no index"]),
        case(R::IndexNamePattern, none(), index("k_a"), &["pass"]),
        case(R::IndexNamePattern, none(), index("K-a"), &["t.K-a: has a name that does not match"]),
        case(R::FkNamePattern, none(), json!([table("t", none())]), &["skip: no foreign key"]),
        case(R::FkNamePattern, none(), key("fk_a"), &["pass"]),
        case(R::FkNamePattern, none(), key("t_ibfk_1"), &["t.t_ibfk_1: has a name that does not match ^fk_"]),
        case(R::NameLength, none(), named(&long[..48], "int"), &["pass"]),
        case(
            R::NameLength,
            none(),
            named(&long, "int"),
            &["t.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: has a name of 49 characters; at most 48"],
        ),
        case(
            R::NameLength,
            json!({"max": 3}),
            json!([table("äöüß", none())]),
            &["äöüß: has a name of 4 characters; at most 3"],
        ),
        case(R::NameReservedWord, none(), named("ordering", "int"), &["pass"]),
        case(R::NameReservedWord, none(), named("Order", "int"), &["t.Order: is named like the reserved word ORDER"]),
        case(
            R::NameReservedWord,
            none(),
            json!([table("groups", none())]),
            &["groups: is named like the reserved word GROUPS"],
        ),
        case(R::NameLowerCase, none(), named("c", "int"), &["pass"]),
        case(
            R::NameLowerCase,
            none(),
            named("userId", "int"),
            &["t.userId: has upper case in its name; call it userid"],
        ),
        case(R::NameCaseCollision, none(), json!([table("a", none()), table("b", none())]), &["pass"]),
        case(
            R::NameCaseCollision,
            none(),
            json!([table("Foo", none()), table("foo", none())]),
            &["foo: differs from Foo by case alone"],
        ),
        case(R::TableCommentRequired, none(), json!([table("t", json!({"comment": "x"}))]), &["pass"]),
        case(R::TableCommentRequired, none(), json!([table("t", json!({"comment": " "}))]), &["t: has no comment"]),
        case(R::ColumnCommentRequired, none(), json!([table("t", none())]), &["pass"]),
        case(R::ColumnCommentRequired, none(), one("int", none()), &["t.c: has no comment"]),
        case(
            R::PiiNameWithoutCommentTag,
            none(),
            of(json!([column("email", "varchar(9)", json!({"comment": "PII: contact"}))])),
            &["pass"],
        ),
        case(
            R::PiiNameWithoutCommentTag,
            none(),
            named("email", "varchar(9)"),
            &["t.email: sounds personal, and its comment does not match"],
        ),
    ]
}

/// Who fills a column, and what it is computed from.
fn filled() -> Vec<Case> {
    let none = || json!({});
    let generated = |expr: &str| one("int", json!({"generated": {"kind": "stored", "expr": expr}}));
    vec![
        case(R::GeneratedColumnDeterministic, none(), one("int", none()), &["skip"]),
        case(R::GeneratedColumnDeterministic, none(), generated("`now` + `rand` * `user`"), &["pass"]),
        case(R::GeneratedColumnDeterministic, none(), generated("year(now()) - 1"), &["t.c: is generated with now"]),
        case(
            R::GeneratedColumnDeterministic,
            none(),
            generated("CURRENT_USER"),
            &["t.c: is generated with current_user"],
        ),
        case(R::NotNullNeedsDefaultOrWriterContract, none(), one("int", json!({"nullable": true})), &["pass"]),
        case(R::NotNullNeedsDefaultOrWriterContract, none(), json!([table("t", none())]), &["pass"]),
        case(
            R::NotNullNeedsDefaultOrWriterContract,
            none(),
            json!([table("promised", json!({"columns": [column("A", "int", none())]}))]),
            &["pass"],
        ),
        case(
            R::NotNullNeedsDefaultOrWriterContract,
            none(),
            one("int", none()),
            &["t.c: must be named by every INSERT"],
        ),
    ]
}
