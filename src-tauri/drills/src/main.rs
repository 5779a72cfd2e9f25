//! `letopis-drill`: the child of the drills, and their long runs (`cargo xtask drill`). Never shipped.
#![allow(clippy::print_stdout, reason = "a drill tells how it went")]

use anyhow::{Context, Result, bail};
use letopis_drills::scenario::Scenario;
use letopis_drills::{flip, kill, power, resume};
use letopis_engine::{Failure, Lang};
use std::path::Path;

const USAGE: &str = "letopis-drill kill|power|flip [points] [seed]\nletopis-drill resume [megabytes] [seed] [imports]";

/// Imports of the long run that are cut and taken up again.
const RESUMED: u64 = 4;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["child", scenario, desk, recovery] => {
            let scenario = Scenario::from_name(scenario).context("no such work")?;
            let done = scenario.run(Path::new(desk), recovery);
            if let Some(failure) = done.as_ref().err().and_then(|error| error.downcast_ref::<Failure>()) {
                let words = (failure.words(Lang::Ru), failure.words(Lang::En));
                println!("failed {} | {} | {}", variant(failure), words.0, words.1);
            }
            done
        }
        ["import", desk, stop_at, extent] => resume::child(Path::new(desk), stop_at.parse().context(USAGE)?, *extent == "all"),
        [drill, rest @ ..] => {
            let number = |at: usize, usual: u64| rest.get(at).map_or(Ok(usual), |text| text.parse().context(USAGE));
            long(drill, number(0, 0)?, number(1, 1)?, number(2, RESUMED)?)
        }
        [] => bail!(USAGE),
    }
}

fn variant(failure: &Failure) -> String {
    let text = format!("{failure:?}");
    text.split(['(', ' ', '{']).next().unwrap_or_default().to_owned()
}

/// A long run; 0 points: as many as were promised.
fn long(drill: &str, points: u64, seed: u64, imports: u64) -> Result<()> {
    let points_or = |usual| if points == 0 { usual } else { points };
    let me = std::env::current_exe()?;
    match drill {
        "kill" => {
            let points = points_or(500);
            let hits = kill::drill(&me, points, seed)?;
            println!("kill: {points} points, seed {seed}: {hits} hit work under way, no law broken");
        }
        "power" => {
            let points = points_or(500);
            let told = power::drill(&me, points, seed)?;
            println!("power: {points} cuts, seed {seed}: {told}");
        }
        "flip" => {
            let points = points_or(2_000);
            println!("flip: {points} bytes, seed {seed}: {}", flip::drill(points, seed)?);
        }
        "resume" => {
            let megabytes = points_or(1_000);
            println!("resume: {megabytes} MB, seed {seed}: {}", resume::drill(&me, megabytes, imports, seed)?);
        }
        _ => bail!(USAGE),
    }
    Ok(())
}
