//! `cargo xtask run | test | bench | drill | lint | bindings`: the only commands a developer needs, on a machine with rustup and
//! Node. No dependencies of its own, so that it starts in seconds on a machine that has nothing yet.

mod demo;
mod setup;
mod shell;
mod tally;

use shell::{Failed, run};
use std::process::ExitCode;

const USAGE: &str = "cargo xtask <command>
  run       the window on the demo company; without a display the same job in the terminal
  test      everything: Rust, the interface, the real window; ends with `N passed, N failed`
  bench     ours, what a user would pick instead, and the floor, as ratios; `bench search [MESSAGES]
            [FOLDER] [CLASS]`: the search alone, what it builds kept in a folder;
            `bench search cost [MESSAGES…]`: what it costs from small to very large;
            `bench capture`: a day of three accounts
  drill     kill | power | flip [points] [seed], resume [megabytes] [seed] [imports]: the long drills of the archive (`test` runs short ones)
  lint      rustfmt, clippy and the interface's types; no warning passes
  bindings  writes ui/src/ipc/bindings.ts anew from the Rust commands";

fn main() -> ExitCode {
    let command = std::env::args().nth(1);
    let done = match command.as_deref() {
        Some("run") => demo::run_demo(),
        Some("test") => test(),
        Some("bench") => bench(&std::env::args().skip(2).collect::<Vec<_>>()),
        Some("drill") => drill(&std::env::args().skip(2).collect::<Vec<_>>()),
        Some("lint") => lint(),
        Some("bindings") => bindings(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(why)) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The interface is built first: it is compiled into the program, and the pack viewer into the handover crate.
fn build_interface() -> Result<(), Failed> {
    setup::node_modules()?;
    run("npm", &["run", "build"], "ui", &[])?;
    run("npm", &["run", "build:viewer"], "ui", &[])
}

/// Goes on after a step that fails: the closing line must come, whatever the machine lacks.
fn test() -> Result<(), Failed> {
    let mut tally = tally::Tally::default();
    tally.step("packages", setup::system_packages(&[setup::BUILD, setup::TEST]));
    tally.step("browser", setup::browser());
    tally.step("interface", build_interface());
    tally.check("rustfmt", "cargo", &["fmt", "--all", "--check"], ".");
    tally.check("types of the interface", "npm", &["run", "check"], "ui");
    tally.vitest(&["run", "test"]);
    // The same packages and features each time, or half of the dependencies would be compiled twice.
    let all = ["test", "--workspace", "--features", "letopis/custom-protocol"];
    tally.cargo(&[&all[..], &["--no-fail-fast"]].concat());
    if cfg!(target_os = "linux") {
        match setup::drivers() {
            Ok(()) => tally.window(&[&all[..], &["--test", "e2e", "--", "--ignored"]].concat()),
            missing => tally.step("the test in the real window", missing),
        }
    } else {
        eprintln!("xtask: the test in the real window is skipped: WebKitWebDriver, which drives it, is there on Linux only");
    }
    tally.close()
}

fn lint() -> Result<(), Failed> {
    setup::system_packages(&[setup::BUILD])?;
    setup::node_modules()?;
    run("cargo", &["fmt", "--all", "--check"], ".", &[])?;
    run(
        "cargo",
        &["clippy", "--workspace", "--all-targets", "--features", "letopis/custom-protocol", "--", "-D", "warnings"],
        ".",
        &[],
    )?;
    run("npm", &["run", "check"], "ui", &[])
}

fn bench(args: &[String]) -> Result<(), Failed> {
    setup::system_packages(&[setup::BUILD])?;
    let example = |room: &str, name: &str, given: &[String]| {
        let given = given.iter().map(String::as_str);
        let args: Vec<&str> = ["run", "--release", "-p", room, "--example", name, "--"].into_iter().chain(given).collect();
        run("cargo", &args, ".", &[])
    };
    if let Some((part @ ("search" | "capture"), given)) = args.split_first().map(|(part, given)| (part.as_str(), given)) {
        return example("letopis-engine", part, given);
    }
    build_interface()?;
    example("letopis-engine", "bench", &[])?;
    example("letopis-engine", "append", &[])?;
    example("letopis-engine", "trust", &[])
}

/// `drill kill 500`: the long run of one drill; without a name all of them, as long as was promised.
fn drill(args: &[String]) -> Result<(), Failed> {
    setup::system_packages(&[setup::BUILD])?;
    let one = |args: &[&str]| {
        let program = ["run", "--release", "-p", "letopis-drills", "--bin", "letopis-drill", "--"];
        run("cargo", &[&program[..], args].concat(), ".", &[])
    };
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    if args.is_empty() { ["kill", "power", "flip", "resume"].iter().try_for_each(|drill| one(&[drill])) } else { one(&args) }
}

fn bindings() -> Result<(), Failed> {
    setup::system_packages(&[setup::BUILD])?;
    run(
        "cargo",
        &["test", "-p", "letopis", "--features", "custom-protocol", "--test", "tidy", "--", "bindings"],
        ".",
        &[("LETOPIS_WRITE", "1")],
    )
}
