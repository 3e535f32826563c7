//! The value the database would store, kept for keys and CHECK constraints. A slot is used again for every row, so that
//! keeping a value allocates nothing once its buffer has grown.

/// What a slot holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// The row does not tell, and neither does a literal default.
    #[default]
    Unknown,
    /// The row is refused for it already, so that nothing more is said.
    Refused,
    /// The server draws it: AUTO_INCREMENT, AUTO_RANDOM.
    Drawn,
    /// NULL.
    Null,
    /// `integer`: integers, bit, year, set masks, and the place of an enum member.
    Integer,
    /// `text`: a decimal in its one form.
    Decimal,
    /// `double`.
    Double,
    /// `text`.
    Text,
    /// `bytes`.
    Bytes,
    /// `integer`: a date or a time, packed so that later is greater.
    Moment,
}

/// One stored value.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    pub(super) kind: Kind,
    pub(super) integer: i128,
    pub(super) double: f64,
    /// Text of a `Text` or `Decimal`; also the member of an enum or set.
    pub(super) text: String,
    pub(super) bytes: Vec<u8>,
}

impl Slot {
    pub(super) fn clear(&mut self, kind: Kind) {
        self.kind = kind;
        self.text.clear();
        self.bytes.clear();
    }

    pub(super) fn integer(&mut self, value: i128) {
        self.clear(Kind::Integer);
        self.integer = value;
    }

    pub(super) fn moment(&mut self, packed: i64) {
        self.clear(Kind::Moment);
        self.integer = i128::from(packed);
    }

    pub(super) fn double(&mut self, value: f64) {
        self.clear(Kind::Double);
        self.double = value;
    }

    pub(super) fn text(&mut self, value: &str) {
        self.clear(Kind::Text);
        self.text.push_str(value);
    }

    /// A member of an enum or set: its number and its words.
    pub(super) fn member(&mut self, number: i128, words: &str) {
        self.integer(number);
        self.text.push_str(words);
    }

    pub(super) fn copy(&mut self, other: &Self) {
        self.clear(other.kind);
        (self.integer, self.double) = (other.integer, other.double);
        self.text.push_str(&other.text);
        self.bytes.extend_from_slice(&other.bytes);
    }
}
