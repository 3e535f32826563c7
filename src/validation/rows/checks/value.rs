//! Values in conditions and how they compare.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::super::collation::{Collation, Same};
use super::super::column::{Column, Kind as Type};
use super::super::number::Exact;
use super::super::slot::{Kind, Slot};
use super::super::temporal;
use super::Truth;
use super::decimal::Decimal;

/// A value while a condition is evaluated.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Null,
    Number(Decimal),
    Float(f64),
    /// A text; without a collation of its own it is a literal.
    Text(Cow<'a, str>, Option<Collation>),
    Bytes(&'a [u8]),
    /// A date or time, packed, and its type.
    Moment(i128, &'a Type),
    /// Member of an enum or set: its number, its words.
    Member(i128, &'a str, Collation),
    /// Not known here.
    Undecided,
}

/// What two values compare to; none for NULL.
pub(super) enum Compared {
    Order(Ordering),
    /// Different, in no order that is known.
    Unequal,
    Null,
    Undecided,
}

impl<'a> Value<'a> {
    pub(super) const fn bool(value: bool) -> Self {
        Self::Number(Decimal::integer(if value { 1 } else { 0 }))
    }

    pub(super) const fn of_truth(truth: Truth) -> Self {
        match truth {
            Truth::True => Self::bool(true),
            Truth::False => Self::bool(false),
            Truth::Null => Self::Null,
            Truth::Undecided => Self::Undecided,
        }
    }

    /// The value a column holds.
    pub(super) fn of_slot(column: &'a Column, slot: &'a Slot) -> Self {
        match slot.kind {
            Kind::Unknown | Kind::Refused | Kind::Drawn => Self::Undecided,
            Kind::Null => Self::Null,
            Kind::Integer => match column.kind {
                Type::Enum(_) | Type::Set(_) => Self::Member(slot.integer, &slot.text, column.collation),
                _ => Self::Number(Decimal::integer(slot.integer)),
            },
            Kind::Decimal => Decimal::stored(&slot.text).map_or(Self::Undecided, Self::Number),
            Kind::Double => Self::Float(slot.double),
            Kind::Text => Self::Text(Cow::Borrowed(&slot.text), Some(column.collation)),
            Kind::Bytes => Self::Bytes(&slot.bytes),
            Kind::Moment => Self::Moment(slot.integer, &column.kind),
        }
    }

    pub(super) const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub(super) const fn is_undecided(&self) -> bool {
        matches!(self, Self::Undecided)
    }

    /// The value as a condition.
    pub(super) fn truth(&self) -> Truth {
        let of = |true_: bool| if true_ { Truth::True } else { Truth::False };
        match self {
            Self::Null => Truth::Null,
            Self::Number(number) => of(!number.is_zero()),
            Self::Float(value) => of(*value != 0.0),
            Self::Member(number, ..) => of(*number != 0),
            Self::Text(..) | Self::Bytes(_) | Self::Moment(..) | Self::Undecided => Truth::Undecided,
        }
    }

    /// The value as an exact number.
    pub(super) const fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Member(number, ..) => Some(Decimal::integer(*number)),
            _ => None,
        }
    }

    /// The value as a float; a text only where it is a number as a whole.
    pub(super) fn float(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            Self::Number(number) => Some(number.to_f64()),
            Self::Member(number, ..) => Some(Decimal::integer(*number).to_f64()),
            Self::Text(text, _) => {
                Exact::parse(text)?;
                text.trim().parse().ok().filter(|value: &f64| value.is_finite())
            }
            _ => None,
        }
    }

    /// The text of a text or a member, and how it compares.
    pub(super) fn text(&self) -> Option<(&str, Option<Collation>)> {
        match self {
            Self::Text(text, collation) => Some((text, *collation)),
            Self::Member(_, text, collation) => Some((text, Some(*collation))),
            _ => None,
        }
    }
}

/// The collation of a comparison: a column's goes before a literal's, two columns must agree.
pub(super) fn common(a: Option<Collation>, b: Option<Collation>) -> Option<Collation> {
    match (a, b) {
        (Some(a), Some(b)) => (a == b).then_some(a),
        (Some(one), None) | (None, Some(one)) => Some(one),
        (None, None) => Some(Collation::named("utf8mb4_general_ci")),
    }
}

/// Compares two values as the servers do.
pub(super) fn compare(a: &Value<'_>, b: &Value<'_>) -> Compared {
    use Value as V;
    match (a, b) {
        (V::Null, _) | (_, V::Null) => Compared::Null,
        (V::Undecided, _) | (_, V::Undecided) => Compared::Undecided,
        (V::Moment(x, of), V::Moment(y, other)) => match same_family(of, other) {
            true => Compared::Order(x.cmp(y)),
            false => Compared::Undecided,
        },
        (V::Moment(x, of), V::Text(text, None)) => moment(*x, of, text, false),
        (V::Text(text, None), V::Moment(x, of)) => moment(*x, of, text, true),
        (V::Bytes(x), V::Bytes(y)) => Compared::Order(x.cmp(y)),
        (V::Bytes(x), V::Text(text, None)) => Compared::Order((*x).cmp(text.as_bytes())),
        (V::Text(text, None), V::Bytes(x)) => Compared::Order(text.as_bytes().cmp(x)),
        _ => match (a.text(), b.text()) {
            (Some((x, of)), Some((y, other))) => texts(x, y, common(of, other)),
            _ => numbers(a, b),
        },
    }
}

fn same_family(a: &Type, b: &Type) -> bool {
    let time = |of: &Type| matches!(of, Type::Time { .. });
    time(a) == time(b)
}

fn moment(packed: i128, of: &Type, text: &str, swapped: bool) -> Compared {
    match temporal::packed(of, text).map(|other| packed.cmp(&i128::from(other))) {
        Some(order) => Compared::Order(if swapped { order.reverse() } else { order }),
        None => Compared::Undecided,
    }
}

fn texts(a: &str, b: &str, collation: Option<Collation>) -> Compared {
    let Some(collation) = collation else { return Compared::Undecided };
    match (collation.compare(a, b), collation.same(a, b)) {
        (Some(order), _) => Compared::Order(order),
        (None, Same::No) => Compared::Unequal,
        (None, _) => Compared::Undecided,
    }
}

fn numbers(a: &Value<'_>, b: &Value<'_>) -> Compared {
    if let (Some(a), Some(b)) = (a.decimal(), b.decimal())
        && let Some(order) = a.compare(b)
    {
        return Compared::Order(order);
    }
    match (a.float(), b.float()) {
        (Some(a), Some(b)) => a.partial_cmp(&b).map_or(Compared::Undecided, Compared::Order),
        _ => Compared::Undecided,
    }
}
