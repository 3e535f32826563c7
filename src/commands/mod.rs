//! One file per command, each thin: arguments in, exit code out.

pub mod crds;
pub mod discover;
pub mod run;

use std::future::Future;
use std::process::ExitCode;

/// Usage, input or connection error.
pub const EXIT_ERROR: u8 = 2;

/// Runs a command's future on a runtime of its own.
fn block_on(work: impl Future<Output = ExitCode>) -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => {
            eprintln!("the process cannot start threads: {error}");
            ExitCode::from(EXIT_ERROR)
        }
    }
}
