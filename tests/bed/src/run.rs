//! `bed run`: one command inside a bed. Owns the command's environment and the ways out; starts nothing by itself.

use std::env;
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::ExitStatus;

use mcpschema_bed::{Bed, BedError, BedOptions, Guardian, Result, Tools, Workdir};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use crate::RunArgs;

/// Starts a bed, runs the command and returns its exit code (128 and the number when a signal ended it).
pub(crate) async fn run(args: &RunArgs) -> Result<u8> {
    eprintln!("bed: starting the API server, the database and the MCP server");
    let bed = Bed::start(BedOptions { engine: args.engine.into(), ..BedOptions::default() }).await?;
    let programs = programs(&bed)?;
    let environment = environment(&bed, programs.path())?;
    eprintln!("bed: ready");
    let code = match args.command.split_first() {
        Some((program, rest)) => exit_code(within(Command::new(program).args(rest).envs(environment.clone())).await?),
        None => 0,
    };
    if args.keep {
        keep(&environment, code);
    }
    Ok(code)
}

/// A folder with kubectl, helm, and mariadb as administrator.
fn programs(bed: &Bed) -> Result<Workdir> {
    let tools = Tools::load()?;
    let folder = Workdir::new("programs")?;
    let failed = |error: std::io::Error| BedError::new(format!("cannot set up the commands of the bed: {error}"));
    for (name, path) in [("kubectl", &tools.kubectl), ("helm", &tools.helm)] {
        std::os::unix::fs::symlink(path, folder.path().join(name)).map_err(failed)?;
    }
    // A file keeps the password out of the process list and the environment.
    let admin = bed.database.admin_login();
    let options = format!(
        "[client]\nhost=127.0.0.1\nprotocol=tcp\nport={}\nuser={}\npassword={}\ndefault-character-set=utf8mb4\n",
        bed.database.port(),
        admin.user,
        admin.password
    );
    let options = folder.write("admin.cnf", &options)?;
    let client = tools.mariadb.display();
    let script = format!("#!/bin/sh\nexec '{client}' --defaults-file='{}' \"$@\"\n", options.display());
    let wrapper = folder.write("mariadb", &script)?;
    std::fs::set_permissions(wrapper, std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
    Ok(folder)
}

fn environment(bed: &Bed, programs: &Path) -> Result<Vec<(&'static str, OsString)>> {
    let inherited = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([programs.to_owned()].into_iter().chain(env::split_paths(&inherited)))
        .map_err(|error| BedError::new(format!("PATH cannot be extended: {error}")))?;
    let mcp = bed.mcp.pid().ok_or_else(|| BedError::new("the MCP server ended"))?;
    Ok(vec![
        ("KUBECONFIG", bed.control_plane.kubeconfig().as_os_str().to_owned()),
        ("MCP_URL", bed.mcp.url().into()),
        ("BED_MCP_PID", mcp.to_string().into()),
        ("DB_ENGINE", bed.database.engine().as_str().into()),
        ("DB_PORT", bed.database.port().to_string().into()),
        ("OPENREPORTS_CRD", Tools::load()?.openreports_crd.into_os_string()),
        ("PATH", path),
    ])
}

/// Runs the command in our own process group, so that a shell keeps its terminal. A Ctrl-C is the command's to act on;
/// SIGTERM is passed on to it.
async fn within(command: &mut Command) -> Result<ExitStatus> {
    let failed = |error: std::io::Error| BedError::new(format!("cannot run the command: {error}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut child = command.spawn().map_err(failed)?;
    let guardian = Guardian::get()?;
    let pid = child.id().ok_or_else(|| BedError::new("the command has no process id"))?;
    guardian.list_process(pid)?;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status.map_err(failed)?,
            _ = interrupt.recv() => {}
            _ = terminate.recv() => pass_on(pid),
        }
    };
    guardian.unlist_process(pid)?;
    Ok(status)
}

fn pass_on(pid: u32) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // It may have ended this very moment; the wait tells.
        let _ = kill_process(pid, Signal::TERM);
    }
}

fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|number| 128 + number));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// Prints what a shell can evaluate, hands everything to the guardian and leaves without running destructors.
fn keep(environment: &[(&'static str, OsString)], code: u8) -> ! {
    for (name, value) in environment {
        println!("export {name}='{}'", value.to_string_lossy().replace('\'', "'\\''"));
    }
    let kept = Guardian::get().and_then(|guardian| guardian.keep().map(|()| guardian.pid()));
    match kept {
        Ok(pid) => println!("# Everything keeps running; stop it with: kill {pid}"),
        Err(error) => eprintln!("bed: error: {error}"),
    }
    std::process::exit(i32::from(code))
}
