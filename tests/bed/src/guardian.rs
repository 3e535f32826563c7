//! Clean-up on every way out of this process: return, failed test, Ctrl-C, even `kill -9`.
//!
//! A destructor does not run when a process is killed, so the clean-up lives in another one: a small bash script
//! ([`guardian.sh`](../src/guardian.sh)) in a session of its own, which a terminal's Ctrl-C does not reach. It holds the
//! reading end of a pipe whose writing end only this process has; children do not inherit it (close-on-exec). When the
//! pipe ends, this process is gone, and the guardian ends every process group and removes every folder still listed.

use std::io::Write as _;
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::error::Context as _;
use crate::{BedError, Result};

/// The guardian of this process: one for all, started when first needed.
#[derive(Debug)]
pub struct Guardian {
    pid: u32,
    pipe: Mutex<ChildStdin>,
}

/// Never dropped, so the pipe ends exactly when this process does.
static GUARDIAN: OnceLock<std::result::Result<Guardian, String>> = OnceLock::new();

impl Guardian {
    /// The guardian, started by the first call.
    ///
    /// # Errors
    /// When `setsid` or `bash` is missing.
    pub fn get() -> Result<&'static Self> {
        GUARDIAN.get_or_init(|| Self::start().map_err(|error| error.to_string())).as_ref().map_err(BedError::new)
    }

    fn start() -> Result<Self> {
        let mut child = Command::new("setsid")
            .args(["bash", "--noprofile", "--norc", "-c", include_str!("guardian.sh"), "mcpschema-bed-guardian"])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context(|| "cannot start the guardian (setsid of util-linux and bash are needed)")?;
        let pipe = child.stdin.take().ok_or_else(|| BedError::new("the guardian has no standard input"))?;
        Ok(Self { pid: child.id(), pipe: Mutex::new(pipe) })
    }

    /// Process id of the guardian; after [`Self::keep`], sending it TERM takes everything down.
    #[must_use]
    pub const fn pid(&self) -> u32 {
        self.pid
    }

    /// Ends this process group when the guarded process is gone.
    ///
    /// # Errors
    /// When the guardian itself is gone.
    pub fn list_group(&self, group: u32) -> Result<()> {
        self.tell(&format!("+ -{group}"))
    }

    /// Forgets a process group that ended.
    ///
    /// # Errors
    /// As [`Self::list_group`].
    pub fn unlist_group(&self, group: u32) -> Result<()> {
        self.tell(&format!("- -{group}"))
    }

    /// Ends this one process when the guarded process is gone; for a child that must stay in our process group.
    ///
    /// # Errors
    /// As [`Self::list_group`].
    pub fn list_process(&self, pid: u32) -> Result<()> {
        self.tell(&format!("+ {pid}"))
    }

    /// Forgets a single process that ended.
    ///
    /// # Errors
    /// As [`Self::list_group`].
    pub fn unlist_process(&self, pid: u32) -> Result<()> {
        self.tell(&format!("- {pid}"))
    }

    /// Removes this folder when the guarded process is gone.
    ///
    /// # Errors
    /// As [`Self::list_group`], and for a path that is not UTF-8 or has a line break.
    pub fn list_folder(&self, path: &Path) -> Result<()> {
        self.tell(&format!("D {}", one_line(path)?))
    }

    /// Forgets a folder that was removed.
    ///
    /// # Errors
    /// As [`Self::list_folder`].
    pub fn unlist_folder(&self, path: &Path) -> Result<()> {
        self.tell(&format!("U {}", one_line(path)?))
    }

    /// From now on the end of the guarded process ends nothing; TERM to the guardian does.
    ///
    /// # Errors
    /// As [`Self::list_group`].
    pub fn keep(&self) -> Result<()> {
        self.tell("K")
    }

    fn tell(&self, line: &str) -> Result<()> {
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        pipe.write_all(format!("{line}\n").as_bytes()).context(|| "the guardian of the test bed is gone")
    }
}

fn one_line(path: &Path) -> Result<&str> {
    path.to_str()
        .filter(|text| !text.contains('\n'))
        .ok_or_else(|| BedError::new(format!("{} cannot be guarded: set TMPDIR to a plain path", path.display())))
}
