//! The live client against servers that misbehave in every way we know of: which reason a user sees, what the message
//! says, how long it takes, and how often the server is asked.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod faults;
mod healing;
mod recordings;
mod server;
mod support;
