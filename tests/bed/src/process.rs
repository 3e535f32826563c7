//! One child process and one temporary folder, both in the guardian's care. Handles are plain `std::process`, tied to no
//! async runtime. Knows nothing of what the process does.

use std::fs::{File, Permissions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::error::Context as _;
use crate::{Attempt, BedError, Guardian, Result, wait_for};

/// How much of a log an error message shows, in bytes from its end.
const TAIL: u64 = 4096;

/// A running program with its output in a log file. Dropping it kills its whole process group.
#[derive(Debug)]
pub struct Process {
    name: String,
    log: PathBuf,
    pid: u32,
    child: Mutex<Child>,
}

impl Process {
    /// Starts `command` in a process group of its own, with both outputs appended to the file `log`.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn spawn(name: &str, command: &mut Command, log: &Path) -> Result<Self> {
        let guardian = Guardian::get()?;
        let output = File::options()
            .create(true)
            .append(true)
            .open(log)
            .context(|| format!("cannot write {}", log.display()))?;
        let copy = output.try_clone().context(|| "cannot share a log file")?;
        command.process_group(0).stdin(Stdio::null()).stdout(output).stderr(copy);
        let child = command.spawn().context(|| format!("cannot start {name}"))?;
        let process = Self { name: name.to_owned(), log: log.to_owned(), pid: child.id(), child: Mutex::new(child) };
        guardian.list_group(process.pid)?;
        Ok(process)
    }

    /// The process id, which is also the id of its group.
    #[must_use]
    pub const fn pid(&self) -> u32 {
        self.pid
    }

    /// The file that holds what the program wrote.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// The last lines the program wrote, for a message.
    #[must_use]
    pub fn log_tail(&self) -> String {
        let read = || -> std::io::Result<Vec<u8>> {
            let mut file = File::open(&self.log)?;
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        match read() {
            Ok(bytes) => String::from_utf8_lossy(&bytes).trim_end().to_owned(),
            Err(error) => format!("({} cannot be read: {error})", self.log.display()),
        }
    }

    /// How the process ended, or `None` while it runs.
    ///
    /// # Errors
    /// When the system cannot say.
    pub fn ended(&self) -> Result<Option<ExitStatus>> {
        let status = self.child().try_wait().context(|| format!("cannot look at {}", self.name))?;
        if status.is_some() {
            Guardian::get()?.unlist_group(self.pid)?;
        }
        Ok(status)
    }

    /// Sends a signal to the whole process group; nothing happens when it has ended.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        if self.ended()?.is_some() {
            return Ok(());
        }
        let group = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        let group = group.ok_or_else(|| BedError::new(format!("{} has no process id", self.name)))?;
        kill_process_group(group, signal).context(|| format!("cannot signal {}", self.name))
    }

    /// Waits for the end of the process.
    ///
    /// # Errors
    /// When it still runs after `deadline`; shows the end of its log.
    pub async fn wait(&self, deadline: Duration) -> Result<ExitStatus> {
        let what = format!("the end of {}", self.name);
        let look = async || self.ended().and_then(|status| status.ok_or_else(|| BedError::new("it still runs")));
        wait_for(&what, deadline, look).await.context(|| self.log_shown())
    }

    /// Waits until `look` brings a value while the process runs.
    ///
    /// # Errors
    /// When the process ends first, or after `deadline`; shows the end of its log either way.
    pub async fn until<A, F>(&self, what: &str, deadline: Duration, mut look: F) -> Result<A::Value>
    where
        A: Attempt,
        F: AsyncFnMut() -> A,
    {
        let what = format!("{what} of {}", self.name);
        let found = wait_for(&what, deadline, async || match self.ended() {
            Ok(None) => look().await.outcome().map(Ok),
            Ok(Some(status)) => Ok(Err(BedError::new(format!("{} ended instead ({status})", self.name)))),
            Err(error) => Ok(Err(error)),
        });
        found.await.and_then(|found| found).context(|| self.log_shown())
    }

    /// Kills the process group at once and waits for the end of its leader.
    pub fn kill(&self) {
        let signalled = self.signal(Signal::KILL);
        if signalled.is_ok() {
            let _ = self.child().wait();
            let _ = Guardian::get().and_then(|guardian| guardian.unlist_group(self.pid));
        }
    }

    fn log_shown(&self) -> String {
        format!("{} failed; its log ends with\n{}\n", self.name, self.log_tail())
    }

    fn child(&self) -> std::sync::MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A temporary folder, removed when dropped or when this process is gone. Other users may pass through it, not list it
/// (MariaDB runs as one when we are root).
#[derive(Debug)]
pub struct Workdir {
    folder: tempfile::TempDir,
}

impl Workdir {
    /// A fresh folder whose name holds `purpose`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(purpose: &str) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix(&format!("mcpschema-{purpose}-"))
            .permissions(Permissions::from_mode(0o711))
            .tempdir()
            .context(|| "cannot make a temporary folder")?;
        Guardian::get()?.list_folder(folder.path())?;
        Ok(Self { folder })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file that only we can read and returns its path.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.path().join(name);
        let write = || -> std::io::Result<()> {
            std::fs::write(&path, "")?;
            std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
            std::fs::write(&path, text)
        };
        write().context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

impl Drop for Workdir {
    fn drop(&mut self) {
        // The folder itself goes with the field; the guardian would only try again.
        let _ = Guardian::get().and_then(|guardian| guardian.unlist_folder(self.path()));
    }
}
