//! The codes of findings, each with its category and what it means for the verdict. One table: nothing is guessed from names.

use serde::{Deserialize, Serialize};

/// What kind of rule was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// The value's type.
    DataType,
    /// NULL or nothing where a value is needed.
    NullConstraint,
    /// The primary key.
    PrimaryKey,
    /// A unique key.
    UniqueConstraint,
    /// A foreign key.
    ForeignKey,
    /// Length.
    SizeConstraint,
    /// Range.
    RangeConstraint,
    /// Form of a text.
    FormatValidation,
    /// A CHECK constraint.
    CheckConstraint,
    /// The row's fields and the table's columns.
    SchemaValidation,
    /// Not the data's fault.
    SystemError,
    /// None of these.
    General,
}

/// What a code means for the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Always an error.
    Error,
    /// The server changes the value in silence: a warning, an error when strict.
    Change,
    /// Always a warning.
    Warning,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident $category:ident $weight:ident;)*) => {
        /// What was found. Written as `SCREAMING_SNAKE_CASE`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum Code {
            $($(#[doc = $doc])* $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The kind of rule.
            #[must_use]
            pub const fn category(self) -> Category {
                match self {
                    $(Self::$name => Category::$category,)*
                }
            }

            pub(super) const fn weight(self) -> Weight {
                match self {
                    $(Self::$name => Weight::$weight,)*
                }
            }
        }
    };
}

codes! {
    /// The value has a JSON type the column cannot take, or the row is no object.
    InvalidType DataType Error;
    /// No integer, and no text of one.
    InvalidInteger DataType Error;
    /// Outside the range of the integer type.
    IntegerOutOfRange RangeConstraint Error;
    /// Stored in another form than given.
    ValueCoerced DataType Change;
    /// A fraction is rounded away.
    ValueRounded DataType Change;
    /// No number, and no text of one.
    InvalidDecimal DataType Error;
    /// More integer digits than the type has, after rounding.
    DecimalOutOfRange RangeConstraint Error;
    /// More digits after the point than the type has.
    DecimalScaleExceeded RangeConstraint Change;
    /// No number, and no text of one.
    InvalidFloat DataType Error;
    /// Too large for the type.
    FloatOutOfRange RangeConstraint Error;
    /// An integer the type cannot hold exactly.
    FloatPrecisionLoss RangeConstraint Change;
    /// No integer, boolean or text.
    InvalidBit DataType Error;
    /// More bits than the type has.
    BitTooLong SizeConstraint Error;
    /// More characters or bytes than the type has.
    StringTooLong SizeConstraint Error;
    /// Only spaces stand beyond the length.
    TrailingSpacesTruncated SizeConstraint Change;
    /// A character the column's character set does not have.
    CharsetNotRepresentable FormatValidation Error;
    /// Not in the encoding binary values are written in.
    InvalidBinaryEncoding FormatValidation Error;
    /// More bytes than the type has.
    BinaryTooLong SizeConstraint Error;
    /// Filled up with zero bytes.
    BinaryPadded SizeConstraint Change;
    /// No date.
    InvalidDate FormatValidation Error;
    /// No date and time.
    InvalidDatetime FormatValidation Error;
    /// No time.
    InvalidTime FormatValidation Error;
    /// No year, or one the type lacks.
    InvalidYear FormatValidation Error;
    /// A zero year, month or day that the server's sql_mode refuses.
    ZeroDateNotAllowed RangeConstraint Error;
    /// Outside the range of the type.
    TemporalOutOfRange RangeConstraint Error;
    /// Before the year 1000: stored, but not supported.
    TemporalBelowSupported RangeConstraint Warning;
    /// A date column does not hold the time of day.
    TimePartDropped DataType Change;
    /// More fraction digits than the type has.
    FractionReduced DataType Change;
    /// An offset this server does not take.
    TimezoneNotSupported FormatValidation Error;
    /// No member.
    EnumValueInvalid RangeConstraint Error;
    /// A number picks the member.
    EnumIndexUsed DataType Change;
    /// Holds what is no member.
    SetMemberInvalid RangeConstraint Error;
    /// No JSON.
    JsonInvalid FormatValidation Error;
    /// Nested deeper than the server takes.
    JsonTooDeep SizeConstraint Error;
    /// A key occurs twice.
    JsonDuplicateKey FormatValidation Change;
    /// No list of finite numbers.
    VectorInvalid FormatValidation Error;
    /// Another number of dimensions.
    VectorDimensionMismatch SizeConstraint Error;
    /// No UUID.
    UuidInvalid FormatValidation Error;
    /// No address of that family.
    InetInvalid FormatValidation Error;
    /// No geometry of that type.
    SpatialInvalid FormatValidation Error;
    /// The type, or its character set, is not known here.
    TypeNotChecked General Warning;
    /// The name differs from the column's in case.
    FieldCaseMismatch SchemaValidation Warning;
    /// Two fields are the same column.
    DuplicateField SchemaValidation Error;
    /// The table has no such column.
    UnknownColumn SchemaValidation Error;
    /// Left out, and nothing fills it.
    MissingRequired NullConstraint Error;
    /// A part of the primary key is left out, and nothing fills it.
    PrimaryKeyMissing PrimaryKey Error;
    /// Left out: the server takes the first member.
    ImplicitDefaultUsed NullConstraint Change;
    /// NULL in a column that takes none.
    NullNotAllowed NullConstraint Error;
    /// NULL in the primary key.
    PrimaryKeyNull PrimaryKey Error;
    /// The server computes this column.
    GeneratedColumnSupplied SchemaValidation Error;
    /// The server draws this column's values.
    AutoRandomExplicit SchemaValidation Error;
    /// An object without fields.
    EmptyData SchemaValidation Error;
    /// A row larger than is read.
    RowTooLarge SizeConstraint Error;
    /// The schema has no such table.
    TableNotFound SchemaValidation Error;
    /// A CHECK constraint is false.
    CheckViolation CheckConstraint Error;
    /// A CHECK constraint could not be evaluated.
    CheckNotEvaluated CheckConstraint Warning;
    /// An earlier row has the same primary key.
    DuplicatePrimaryKey PrimaryKey Error;
    /// An earlier row has the same unique key.
    DuplicateUnique UniqueConstraint Error;
    /// An earlier row's key may be the same under the collation.
    PossibleDuplicate UniqueConstraint Warning;
    /// A key could not be compared.
    KeyNotChecked UniqueConstraint Warning;
    /// There is no such parent row.
    ForeignKeyNotFound ForeignKey Error;
    /// The parent row comes later in the batch.
    ForeignKeyForwardReference ForeignKey Error;
    /// Nobody could look for the parent rows.
    ForeignKeyNotChecked ForeignKey Warning;
    /// The schema is older than it should be.
    SchemaStale SystemError Warning;
    /// Nothing could be judged.
    ValidationSystemError SystemError Error;
    /// The time ran out before the rows did.
    ValidationTimeout SystemError Error;
    /// Findings are counted and not listed.
    ErrorsTruncated General Warning;
}

impl Code {
    /// The word that is printed.
    #[must_use]
    pub fn as_str(self) -> String {
        let mut out = String::new();
        for (at, letter) in format!("{self:?}").chars().enumerate() {
            if at > 0 && letter.is_ascii_uppercase() {
                out.push('_');
            }
            out.push(letter.to_ascii_uppercase());
        }
        out
    }

    /// A non-strict sql_mode turns it into a warning of the server: the value is cut or moved to the nearest one.
    pub(super) const fn is_coerced_by_lax_server(self) -> bool {
        use Code as C;
        matches!(self.weight(), Weight::Error)
            && (matches!(self.category(), Category::RangeConstraint | Category::SizeConstraint | Category::DataType)
                || matches!(self, C::InvalidDate | C::InvalidDatetime | C::InvalidTime | C::InvalidYear))
            && !matches!(self, C::InvalidType | C::RowTooLarge | C::JsonTooDeep | C::VectorDimensionMismatch)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_printed_word_is_the_one_in_json() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
        assert_eq!(Code::DecimalOutOfRange.as_str(), "DECIMAL_OUT_OF_RANGE");
        assert_eq!(serde_json::to_value(Code::CheckViolation.category()).unwrap(), "check_constraint");
    }

    #[test]
    fn a_lax_server_coerces_ranges_and_lengths_and_nothing_structural() {
        for (code, coerced) in [
            (Code::DecimalOutOfRange, true),
            (Code::StringTooLong, true),
            (Code::InvalidDate, true),
            (Code::InvalidInteger, true),
            (Code::CheckViolation, false),
            (Code::JsonInvalid, false),
            (Code::NullNotAllowed, false),
            (Code::ValueCoerced, false),
        ] {
            assert_eq!(code.is_coerced_by_lax_server(), coerced, "{code:?}");
        }
    }
}
