//! The manifests of `tests/admission/` on the real API server: the good pass, the bad are refused with their message.

use std::path::Path;

use crate::support::Case;

/// Has kubectl look at one file; what it printed on standard error, and whether it was accepted.
fn apply(case: &Case, text: &str) -> (bool, String) {
    kubectl(case, &["apply", "--dry-run=server"], text)
}

fn kubectl(case: &Case, words: &[&str], text: &str) -> (bool, String) {
    use std::io::Write as _;
    let mut command = case.world.bed.control_plane.kubectl_command();
    command.args(["-n", &case.namespace]).args(words).args(["-f", "-"]);
    command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn manifests(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/admission").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files.iter().map(|f| (f.display().to_string(), std::fs::read_to_string(f).unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_server_accepts_the_good_and_refuses_the_bad_with_the_promised_words() {
    let case = Case::new("admission").await;
    for (file, text) in manifests("good") {
        let (accepted, error) = apply(&case, &text);
        assert!(accepted, "{file}: {error}");
    }
    for (file, text) in manifests("bad") {
        let (accepted, error) = apply(&case, &text);
        let promised: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# refused: ")).collect();
        assert!(!accepted && !promised.is_empty(), "{file} was accepted");
        for says in promised {
            assert!(error.contains(says), "{file} should be refused with {says:?}, but: {error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_server_accepts_the_good_changes_and_refuses_the_bad_with_the_promised_words() {
    let case = Case::new("admission-updates").await;
    for (file, text) in manifests("good-updates").into_iter().chain(manifests("bad-updates")) {
        let promised = text.lines().next().and_then(|line| line.strip_prefix("# refused: "));
        // Of a class nobody serves: the API server alone is asked.
        let [first, second] = text.split("\n---\n").collect::<Vec<_>>()[..] else { panic!("{file}: two documents") };
        let class = "metadata:\n  labels: {mcpschema.io/instance: nobody}\n";
        let first = first.replace("metadata:\n", class);
        let (created, error) = kubectl(&case, &["create"], &first);
        assert!(created, "{file}: {error}");
        let (accepted, error) = kubectl(&case, &["replace", "--dry-run=server"], second);
        assert_eq!(accepted, promised.is_none(), "{file}: {error}");
        assert!(promised.is_none_or(|says| error.contains(says)), "{file}: {error}");
        let (deleted, error) = kubectl(&case, &["delete"], &first);
        assert!(deleted, "{file}: {error}");
    }
}
