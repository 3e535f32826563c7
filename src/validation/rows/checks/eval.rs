//! Evaluates a condition on a row.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::super::charset::Charset;
use super::super::column::{Column, Kind as Type};
use super::super::json::{Cell, Scanner};
use super::super::slot::Slot;
use super::Truth;
use super::decimal::Decimal;
use super::parse::{Arithmetic, Call, Comparison, Node};
use super::pattern;
use super::value::{Compared, Value, compare};

/// The truth of a condition.
pub(super) fn truth(node: &Node, columns: &[Column], slots: &[Slot]) -> Truth {
    Row { columns, slots }.truth(node)
}

#[derive(Clone, Copy)]
struct Row<'a> {
    columns: &'a [Column],
    slots: &'a [Slot],
}

const fn not(truth: Truth) -> Truth {
    match truth {
        Truth::True => Truth::False,
        Truth::False => Truth::True,
        other => other,
    }
}

fn and(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Truth::False, _) | (_, Truth::False) => Truth::False,
        // NULL and undecided: the condition is NULL or FALSE.
        (Truth::Undecided, _) | (_, Truth::Undecided) => Truth::Undecided,
        (Truth::Null, _) | (_, Truth::Null) => Truth::Null,
        (Truth::True, Truth::True) => Truth::True,
    }
}

fn xor(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Truth::Null, _) | (_, Truth::Null) => Truth::Null,
        (Truth::Undecided, _) | (_, Truth::Undecided) => Truth::Undecided,
        (a, b) if a == b => Truth::False,
        _ => Truth::True,
    }
}

impl<'a> Row<'a> {
    fn truth(self, node: &'a Node) -> Truth {
        match node {
            Node::And(a, b) => match self.truth(a) {
                Truth::False => Truth::False,
                first => and(first, self.truth(b)),
            },
            Node::Or(a, b) => match self.truth(a) {
                Truth::True => Truth::True,
                first => not(and(not(first), not(self.truth(b)))),
            },
            Node::Xor(a, b) => xor(self.truth(a), self.truth(b)),
            Node::Not(inner) => not(self.truth(inner)),
            Node::Compare(comparison, a, b) => compared(*comparison, &self.value(a), &self.value(b)),
            Node::Between(of, low, high) => {
                let of = self.value(of);
                let above = compared(Comparison::GreaterOrEqual, &of, &self.value(low));
                and(above, compared(Comparison::LessOrEqual, &of, &self.value(high)))
            }
            Node::In(of, list) => {
                let of = self.value(of);
                let none = list.iter().fold(Truth::True, |none, item| {
                    and(none, not(compared(Comparison::Equal, &of, &self.value(item))))
                });
                not(none)
            }
            Node::IsNull(inner) => match self.value(inner) {
                Value::Null => Truth::True,
                Value::Undecided => Truth::Undecided,
                _ => Truth::False,
            },
            Node::Is(inner, wanted) => match self.truth(inner) {
                Truth::Undecided => Truth::Undecided,
                found if found == if *wanted { Truth::True } else { Truth::False } => Truth::True,
                _ => Truth::False,
            },
            Node::Like(of, like, escape) => {
                self.pattern(of, |text, collation| pattern::like(text, like, *escape, collation))
            }
            Node::Regexp(of, regex) => self.pattern(of, |text, _| pattern::is_match(text, regex)),
            other => self.value(other).truth(),
        }
    }

    fn pattern(self, of: &'a Node, judge: impl FnOnce(&str, super::super::collation::Collation) -> Truth) -> Truth {
        let of = self.value(of);
        if of.is_null() {
            return Truth::Null;
        }
        match of.text() {
            Some((text, collation)) => {
                super::value::common(collation, None).map_or(Truth::Undecided, |of| judge(text, of))
            }
            None => Truth::Undecided,
        }
    }

    fn value(self, node: &'a Node) -> Value<'a> {
        match node {
            Node::Null => Value::Null,
            Node::Number(number) => Value::Number(*number),
            Node::Float(value) => Value::Float(*value),
            Node::Text(text) => Value::Text(Cow::Borrowed(text), None),
            Node::Column(at) => match (self.columns.get(*at), self.slots.get(*at)) {
                (Some(column), Some(slot)) => Value::of_slot(column, slot),
                _ => Value::Undecided,
            },
            Node::Negative(inner) => arithmetic(Arithmetic::Subtract, &Value::bool(false), &self.value(inner)),
            Node::Arithmetic(operation, a, b) => arithmetic(*operation, &self.value(a), &self.value(b)),
            Node::Call(Call::Coalesce, arguments) => arguments
                .iter()
                .map(|argument| self.value(argument))
                .find(|value| !value.is_null())
                .unwrap_or(Value::Null),
            Node::Call(call, arguments) => match arguments.as_slice() {
                [of] => self.call(*call, of),
                _ => Value::Undecided,
            },
            condition => Value::of_truth(self.truth(condition)),
        }
    }

    fn call(self, call: Call, argument: &'a Node) -> Value<'a> {
        let value = self.value(argument);
        if value.is_null() || value.is_undecided() {
            return value;
        }
        let integer = |count: usize| Value::Number(Decimal::integer(count as i128));
        match (call, &value) {
            (Call::Abs, _) => match (value.decimal(), value.float()) {
                (Some(number), _) if number.compare(Decimal::integer(0)) == Some(Ordering::Less) => {
                    number.negated().map_or(Value::Undecided, Value::Number)
                }
                (Some(number), _) => Value::Number(number),
                (None, Some(number)) => Value::Float(number.abs()),
                (None, None) => Value::Undecided,
            },
            (Call::CharLength | Call::OctetLength, Value::Bytes(bytes)) => integer(bytes.len()),
            (Call::OctetLength, Value::Text(text, _)) => match self.charset(argument) {
                Some(charset) => integer(charset.bytes(text)),
                None => Value::Undecided,
            },
            (Call::CharLength, Value::Text(text, _)) => integer(text.chars().count()),
            (Call::CharLength, Value::Member(_, text, _)) => integer(text.chars().count()),
            // Outside ASCII the servers map fewer letters than Unicode does.
            (Call::Lower, Value::Text(text, of)) if text.is_ascii() => {
                Value::Text(text.to_ascii_lowercase().into(), *of)
            }
            (Call::Upper, Value::Text(text, of)) if text.is_ascii() => {
                Value::Text(text.to_ascii_uppercase().into(), *of)
            }
            (Call::Trim, Value::Text(text, of)) => Value::Text(text.trim_matches(' ').to_owned().into(), *of),
            (Call::JsonValid, Value::Text(text, _)) => Value::bool(Scanner::whole(text).is_ok()),
            (Call::JsonType, Value::Text(text, _)) => match Scanner::whole(text) {
                Ok(cell) => Value::Text(json_type(cell).into(), None),
                Err(_) => Value::Null,
            },
            _ => Value::Undecided,
        }
    }

    /// The character set of a column.
    fn charset(self, node: &Node) -> Option<Charset> {
        let Node::Column(at) = node else { return None };
        match &self.columns.get(*at)?.kind {
            Type::Text(text) if text.charset != Charset::Other => Some(text.charset),
            _ => None,
        }
    }
}

const fn json_type(cell: Cell<'_>) -> &'static str {
    match cell {
        Cell::Null => "NULL",
        Cell::Bool(_) => "BOOLEAN",
        Cell::Number { int: Some(_), .. } => "INTEGER",
        Cell::Number { .. } => "DOUBLE",
        Cell::String(_) => "STRING",
        Cell::Array(_) => "ARRAY",
        Cell::Object(_) => "OBJECT",
    }
}

fn compared(comparison: Comparison, a: &Value<'_>, b: &Value<'_>) -> Truth {
    use Comparison as C;
    let of = |true_: bool| if true_ { Truth::True } else { Truth::False };
    match compare(a, b) {
        Compared::Undecided => Truth::Undecided,
        Compared::Null if comparison == C::NullSafe && !a.is_undecided() && !b.is_undecided() => {
            of(a.is_null() && b.is_null())
        }
        Compared::Null if comparison == C::NullSafe => Truth::Undecided,
        Compared::Null => Truth::Null,
        Compared::Unequal => match comparison {
            C::Equal | C::NullSafe => Truth::False,
            C::NotEqual => Truth::True,
            _ => Truth::Undecided,
        },
        Compared::Order(order) => of(match comparison {
            C::Equal | C::NullSafe => order == Ordering::Equal,
            C::NotEqual => order != Ordering::Equal,
            C::Less => order == Ordering::Less,
            C::LessOrEqual => order != Ordering::Greater,
            C::Greater => order == Ordering::Greater,
            C::GreaterOrEqual => order != Ordering::Less,
        }),
    }
}

fn arithmetic<'a>(operation: Arithmetic, a: &Value<'_>, b: &Value<'_>) -> Value<'a> {
    use Arithmetic as A;
    if a.is_null() || b.is_null() {
        return Value::Null;
    }
    if let (Some(a), Some(b)) = (a.decimal(), b.decimal()) {
        if b.is_zero() && matches!(operation, A::Divide | A::DivideWhole | A::Modulo) {
            return Value::Null;
        }
        let result = match operation {
            A::Add => a.add(b),
            A::Subtract => b.negated().and_then(|b| a.add(b)),
            A::Multiply => a.multiply(b),
            A::Divide => a.divide(b),
            A::DivideWhole => a.divide_whole(b),
            A::Modulo => a.modulo(b),
        };
        return result.map_or(Value::Undecided, Value::Number);
    }
    let (Some(a), Some(b)) = (a.float(), b.float()) else { return Value::Undecided };
    let result = match operation {
        A::Add => a + b,
        A::Subtract => a - b,
        A::Multiply => a * b,
        A::Divide if b == 0.0 => return Value::Null,
        A::Divide => a / b,
        A::DivideWhole | A::Modulo => return Value::Undecided,
    };
    if result.is_finite() { Value::Float(result) } else { Value::Undecided }
}
