//! Runs the test server by hand: `letopis-fake-telegram --script demo --provision FILE`.
//!
//! Writes the addresses and keys of fresh devices into FILE, as `LETOPIS_TELEGRAM_SERVER` wants it: start the app with that
//! variable naming the file, and each account that is added takes the next device. Tells the phones, codes and passwords of the demo
//! on standard output, and then obeys one command a line: `say <text>`, `edit`, `delete`, `scan [token]`, `cut`, `quit`.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a tool for developers; it speaks to its terminal")]

use std::io::BufRead;
use std::process::ExitCode;

use data_encoding::BASE64URL_NOPAD;
use letopis_testkit_telegram::{Office, Said, Telegram, demo};

/// Accounts that may be added before the server must be started again.
const DEVICES: usize = 8;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1);
    let Some(file) = value("--provision").filter(|_| value("--script").is_some_and(|script| script == "demo")) else {
        println!("letopis-fake-telegram --script demo --provision FILE");
        return ExitCode::from(2);
    };
    let tg = Telegram::start();
    let office = demo(&tg);
    let devices: Vec<String> = (0..DEVICES).map(|_| tg.provision().to_json()).collect();
    std::fs::write(file, format!("{{\"devices\":[{}]}}", devices.join(","))).expect("the provision file can be written");
    println!("Anna: phone +79990000001, code 12345, password «ромашка». Igor: phone +79990000002, code 12345.");
    println!("commands: say TEXT | edit TEXT | delete | scan [TOKEN] | cut | rpcs | quit");
    obey(&tg, office);
    ExitCode::SUCCESS
}

/// One command a line, until the input ends.
fn obey(tg: &Telegram, office: Office) {
    let mut last: Option<Said> = None;
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let (command, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match (command, last) {
            ("say", _) => last = Some(tg.say(office.project, office.kirill, rest)),
            ("edit", Some(said)) => tg.edit(said, rest),
            ("delete", Some(said)) => {
                tg.delete(&[said]);
                last = None;
            }
            ("scan", _) => println!("{}", scan(tg, office, rest)),
            ("cut", _) => tg.faults(office.anna).cut(),
            ("rpcs", _) => tg.rpcs().iter().for_each(|rpc| println!("{} {} {:?}", rpc.at, rpc.method, rpc.answer)),
            ("quit", _) => return,
            _ => println!("not understood, or nothing said yet"),
        }
    }
}

/// Anna's phone scans what the app shows: `tg://login?token=…`, the token itself, or without either the newest code.
fn scan(tg: &Telegram, office: Office, shown: &str) -> &'static str {
    if shown.is_empty() {
        return if tg.scan(office.anna) { "accepted" } else { "no device shows a code" };
    }
    let token = shown.rsplit('=').next().unwrap_or_default();
    let accepted = BASE64URL_NOPAD.decode(token.as_bytes()).is_ok_and(|token| tg.accept_login_token(office.anna, &token));
    if accepted { "accepted" } else { "no device shows this code" }
}
