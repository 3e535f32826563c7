//! Facts about a column that outputs, validation and changes all need, decided once: must a write name it, may it, who
//! fills it when it does not? Pure.

use super::{Column, DefaultValue};

/// What happens when an INSERT leaves the column out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenAbsent {
    /// The INSERT is refused in strict SQL mode: NOT NULL, and nothing fills it.
    Refused,
    /// NULL is stored.
    Null,
    /// Its default is stored.
    Default,
    /// An ENUM that is NOT NULL without a default silently takes its first member (MySQL manual, "Data Type Default Values").
    FirstMember,
    /// The server draws the value: AUTO_INCREMENT or AUTO_RANDOM.
    Drawn,
    /// The server computes the value: a generated column.
    Computed,
}

impl Column {
    /// What happens when an INSERT leaves this column out.
    #[must_use]
    pub fn when_absent(&self) -> WhenAbsent {
        if self.generated.is_some() {
            WhenAbsent::Computed
        } else if self.draws_values() {
            WhenAbsent::Drawn
        } else if self.default.is_some() {
            WhenAbsent::Default
        } else if self.nullable {
            WhenAbsent::Null
        } else if self.r#type.base == "enum" {
            WhenAbsent::FirstMember
        } else {
            WhenAbsent::Refused
        }
    }

    /// An INSERT must name this column: NOT NULL, no default, drawn or computed by nobody, and no ENUM.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.when_absent() == WhenAbsent::Refused
    }

    /// A write may give it a value: it is not generated.
    #[must_use]
    pub const fn is_writable(&self) -> bool {
        self.generated.is_none()
    }

    /// AUTO_INCREMENT or AUTO_RANDOM.
    #[must_use]
    pub const fn draws_values(&self) -> bool {
        self.auto_increment || self.auto_random.is_some()
    }

    /// The default's text where it is a constant.
    #[must_use]
    pub fn literal_default(&self) -> Option<&str> {
        match &self.default {
            Some(DefaultValue::Literal { value }) => Some(value),
            _ => None,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn who_fills_a_column_that_a_write_leaves_out() {
        for (more, absent) in [
            (json!({}), WhenAbsent::Refused),
            (json!({"nullable": true}), WhenAbsent::Null),
            (json!({"default": {"kind": "literal", "value": "1"}}), WhenAbsent::Default),
            (json!({"default": {"kind": "expression", "value": "uuid()"}}), WhenAbsent::Default),
            (json!({"nullable": true, "default": {"kind": "current_timestamp"}}), WhenAbsent::Default),
            (json!({"autoIncrement": true}), WhenAbsent::Drawn),
            (json!({"autoRandom": {"shardBits": 5, "rangeBits": 64}}), WhenAbsent::Drawn),
            (json!({"generated": {"kind": "virtual", "expr": "1"}, "nullable": true}), WhenAbsent::Computed),
            (json!({"type": {"base": "enum", "values": ["a"]}}), WhenAbsent::FirstMember),
            (json!({"type": {"base": "set", "values": ["a"]}}), WhenAbsent::Refused),
        ] {
            let mut column = json!({"name": "c", "ordinal": 1, "type": {"base": "int"}, "nullable": false});
            let object = column.as_object_mut().unwrap();
            object.extend(more.as_object().unwrap().clone());
            let column: Column = serde_json::from_value(column.clone()).unwrap();
            assert_eq!(column.when_absent(), absent, "{more}");
            assert_eq!(column.is_required(), absent == WhenAbsent::Refused);
            assert_eq!(column.is_writable(), absent != WhenAbsent::Computed);
        }
    }
}
