//! The `bed` program.
fn main() {}
