//! The live client against servers that misbehave in every way we know of: which reason a user sees, what the message
//! says, how long it takes, and how often the server is asked.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod answers;
mod calls;
mod credentials;
mod dialects;
mod faults;
mod guard;
mod healing;
mod packed;
mod recordings;
mod recordings_cells;
mod recordings_errors;
mod server;
mod support;
mod transports;
