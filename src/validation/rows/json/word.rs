//! Eight bytes of a text at once.

const LOW: u64 = 0x0101_0101_0101_0101;
pub(super) const HIGH: u64 = 0x8080_8080_8080_8080;

/// Marks the top bit of the bytes that are a quote, a backslash or a control character; exact for the lowest one.
#[inline]
pub(super) const fn special(word: u64) -> u64 {
    const fn zero(word: u64) -> u64 {
        word.wrapping_sub(LOW) & !word
    }
    let quote = zero(word ^ (LOW * b'"' as u64));
    let backslash = zero(word ^ (LOW * b'\\' as u64));
    let control = word.wrapping_sub(LOW * 0x20) & !word;
    (quote | backslash | control) & HIGH
}
