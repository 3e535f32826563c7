//! How messages reach a server: the HTTP client with its credentials, and one file per transport. Knows no tool and no
//! SQL; makes no decision about retries.

mod client;
pub(super) mod events;
mod resolver;
pub(super) mod rest;
pub(super) mod sse;
pub(super) mod streamable;

pub(super) use self::client::{Http, MAX_ANSWER};
