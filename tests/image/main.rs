//! The part of the image that needs no image tool: what .dockerignore lets through, together with the stubs of the
//! Dockerfile, must be a workspace cargo can read. The rest is `make image-test`, which takes many minutes.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// The root of the repository.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Copies a file or a folder of the repository.
fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
        return;
    }
    for entry in fs::read_dir(from).unwrap() {
        let name = entry.unwrap().file_name();
        copy(&from.join(&name), &to.join(&name));
    }
}

#[test]
fn the_build_context_and_the_stubs_of_the_dockerfile_are_a_whole_workspace() {
    let (root, context) = (Path::new(ROOT), tempfile::tempdir().unwrap());
    let ignore = fs::read_to_string(root.join(".dockerignore")).unwrap();
    assert!(ignore.lines().any(|line| line == "*"), "the list must begin with nothing");
    let allowed: Vec<&str> = ignore.lines().filter_map(|line| line.strip_prefix('!')).collect();
    assert_eq!(allowed, ["Cargo.toml", "Cargo.lock", "src", "crds", "tests/bed/Cargo.toml"]);
    allowed.iter().for_each(|name| copy(&root.join(name), &context.path().join(name)));

    let dockerfile = fs::read_to_string(root.join("Dockerfile")).unwrap();
    let stubs = dockerfile.lines().find_map(|line| line.strip_prefix("RUN mkdir ")).unwrap();
    let made = Command::new("sh").args(["-c", &format!("mkdir {stubs}")]).current_dir(&context).status().unwrap();
    assert!(made.success());

    let mut cargo = Command::new(env!("CARGO"));
    // Of the commands that compile nothing, the one that asks for every file a manifest names.
    cargo.args(["fetch", "--locked", "--offline", "--target", "host-tuple"]).current_dir(&context);
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
