//! Nothing outlives the process that started it, however that process ends.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mcpschema_bed::wait_for;

/// Longer than the guardian's own grace, on a loaded machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// The command tells its environment, which names everything that must be gone, and then waits to be killed.
const TELL_AND_WAIT: &str = "echo $KUBECONFIG; dirname $(command -v kubectl); echo $PPID; echo $$; exec sleep 600";

struct RunningBed {
    child: Child,
    folders: Vec<PathBuf>,
    processes: Vec<u32>,
}

fn bed_with(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bed"));
    command.arg("run").args(arguments).stdout(Stdio::piped());
    command
}

fn start() -> RunningBed {
    let mut child = bed_with(&["--", "bash", "-c", TELL_AND_WAIT]).spawn().unwrap();
    let lines: Vec<_> = BufReader::new(child.stdout.take().unwrap()).lines().take(4).map(Result::unwrap).collect();
    let [kubeconfig, programs, bed, command] = <[String; 4]>::try_from(lines).unwrap();
    assert_eq!(bed, child.id().to_string());
    let control_plane = Path::new(&kubeconfig).parent().unwrap().to_owned();
    let mut processes = children_of(child.id());
    assert!(
        processes.len() >= 7,
        "a guardian, three of Kubernetes, a database, an MCP server, a command: {processes:?}"
    );
    assert!(processes.contains(&command.parse().unwrap()));
    processes.push(child.id());
    RunningBed { child, folders: vec![control_plane, PathBuf::from(programs)], processes }
}

/// Parent and state of a process, from the file that names both behind the program's name in parentheses.
fn parent_and_state(pid: u32) -> Option<(u32, char)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?.chars().next()?;
    Some((fields.next()?.parse().ok()?, state))
}

fn children_of(parent: u32) -> Vec<u32> {
    let processes =
        std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    processes.filter(|pid| parent_and_state(*pid).is_some_and(|(found, _)| found == parent)).collect()
}

/// A zombie counts as gone: whoever inherited it has yet to ask for its exit code.
fn runs(pid: u32) -> bool {
    parent_and_state(pid).is_some_and(|(_, state)| state != 'Z')
}

async fn everything_gone(processes: &[u32], folders: &[PathBuf]) {
    let look = async || {
        let running: Vec<_> = processes.iter().filter(|pid| runs(**pid)).collect();
        let left: Vec<_> = folders.iter().filter(|folder| folder.exists()).collect();
        let gone = running.is_empty() && left.is_empty();
        if gone { Ok(()) } else { Err(format!("processes {running:?}, folders {left:?}")) }
    };
    wait_for("the end of every process and folder", DEADLINE, look).await.unwrap();
}

#[tokio::test]
async fn killing_a_bed_without_warning_leaves_nothing_behind() {
    let mut bed = start();
    bed.child.kill().unwrap();
    bed.child.wait().unwrap();
    everything_gone(&bed.processes, &bed.folders).await;
}

#[tokio::test]
async fn a_bed_exits_with_the_code_of_its_command_and_leaves_nothing_behind() {
    let command = "kubectl get --raw /readyz && mariadb -e 'SELECT 1' && exit 7";
    let mut command = bed_with(&["--", "bash", "-c", &format!("echo $KUBECONFIG; {command}")]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let folder = Path::new(said.lines().next().unwrap()).parent().unwrap().to_owned();
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_kept_bed_runs_on_until_its_guardian_is_told_to_end_it() {
    let output = bed_with(&["--keep"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let value = |name: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(&format!("export {name}='"))).unwrap();
        line.trim_end_matches('\'').to_owned()
    };
    let mcp: u32 = value("BED_MCP_PID").parse().unwrap();
    let folder = Path::new(&value("KUBECONFIG")).parent().unwrap().to_owned();
    let guardian = said.lines().last().unwrap().rsplit(' ').next().unwrap().to_owned();
    assert!(runs(mcp) && folder.exists());
    assert!(Command::new("kill").arg(&guardian).status().unwrap().success());
    everything_gone(&[mcp, guardian.parse().unwrap()], &[folder]).await;
}
