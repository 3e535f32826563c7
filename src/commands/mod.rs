//! One file per command, each thin: arguments in, exit code out.

pub mod check;
pub mod connect;
pub mod crds;
pub mod diff;
pub mod discover;
pub mod render;
pub mod run;
pub mod snapshot_file;
pub mod validate_query;
pub mod validate_rows;

use std::future::Future;
use std::process::ExitCode;

/// There is something to report: invalid, breaking, not compliant.
pub const EXIT_FINDINGS: u8 = 1;

/// Usage, input or connection error.
pub const EXIT_ERROR: u8 = 2;

/// `run` led and could not stay the leader: it ends, so that nothing of it can write any more.
pub const EXIT_LEASE_LOST: u8 = 3;

/// Runs a command's future on a runtime of its own.
pub(crate) fn block_on(work: impl Future<Output = ExitCode>) -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let code = runtime.block_on(work);
            // Whatever still runs on a thread of its own, as a name lookup does, nobody waits for it.
            runtime.shutdown_background();
            code
        }
        Err(error) => {
            eprintln!("the process cannot start threads: {error}");
            ExitCode::from(EXIT_ERROR)
        }
    }
}
