//! The calendar, and what is read from texts and numbers.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;

#[test]
fn seconds_and_dates_are_each_others_inverse() {
    for (text, seconds) in [
        ("1970-01-01 00:00:00", 0),
        ("2000-02-29 12:00:00", 951_825_600),
        ("2038-01-19 03:14:07", 2_147_483_647),
        ("1969-12-31 23:59:59", -1),
        ("0001-01-01 00:00:00", -62_135_596_800),
        ("9999-12-31 23:59:59", 253_402_300_799),
    ] {
        let civil = read::text(text).unwrap().civil;
        assert_eq!(civil.seconds(), seconds, "{text}");
        assert_eq!(civil.shifted(0).text(0), text);
        assert_eq!(civil.shifted(86_400).shifted(-86_400).text(0), text);
    }
}

#[test]
fn a_fraction_carries_as_far_as_it_must() {
    for (text, fsp, round, want) in [
        ("2024-02-28 23:59:59.6", 0, true, "2024-02-29 00:00:00"),
        ("2024-02-28 23:59:59.6", 0, false, "2024-02-28 23:59:59"),
        ("2023-12-31 23:59:59.9996", 3, true, "2024-01-01 00:00:00.000"),
        ("2023-12-31 23:59:59.9994", 3, true, "2023-12-31 23:59:59.999"),
    ] {
        assert_eq!(read::text(text).unwrap().civil.reduced(fsp, round).0.text(fsp), want, "{text}");
    }
}

#[test]
fn packed_values_are_written_back_and_ordered() {
    let date = |text| packed(&Kind::Date, text).unwrap();
    assert!(date("2023-12-31") < date("2024-01-01"));
    for (kind, text, written_as) in [
        (Kind::Date, "2024-02-29", "2024-02-29"),
        (Kind::DateTime { fsp: 6, timestamp: false }, "2024-02-29 10:11:12.5", "2024-02-29 10:11:12.500000"),
        (Kind::Time { fsp: 6 }, "-101:00:01", "-101:00:01.000000"),
    ] {
        let value = packed(&kind, text).unwrap();
        assert_eq!(written(&kind, i128::from(value)).unwrap(), written_as);
    }
    for text in ["24-1-1", "x", "2024-02-30", "20240101", "2024-01-01 10:00:00Z"] {
        assert_eq!(packed(&Kind::Date, text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "[-0-9:. T/+Z]{0,40}|\\PC{0,20}") {
        let _ = (read::text(&text), read::number(&text), packed(&Kind::Time { fsp: 0 }, &text));
    }

    #[test]
    fn any_day_comes_back(days in -700_000_i64..2_900_000) {
        let start = read::text("1970-01-01 00:00:00").unwrap().civil;
        let day = start.shifted(days * 86_400);
        if day.year >= 1 && day.year <= 9999 {
            prop_assert!(day.is_real());
            prop_assert_eq!(day.seconds(), days * 86_400);
            prop_assert_eq!(Civil::unpacked(day.packed()), day);
        }
    }
}
