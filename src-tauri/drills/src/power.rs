//! The power-loss drill. A child works with `shim.c` loaded, which records every change of its files in order. The record is
//! cut anywhere and replayed on a disk that keeps only what it must: of what was written to a file after its last fsync any
//! part may be lost, torn at sectors of 512 bytes, or kept while something older is lost; names made, moved or removed since
//! their folder's last fsync are there up to some point in their order, as journals keep them. Then the archive is opened and
//! compared with what was acknowledged before the cut.

use crate::check::check;
use crate::dice::Dice;
use crate::kill::Range;
use crate::scenario::{Scenario, Told};
use anyhow::{Context, Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SECTOR: usize = 512;

/// One recorded change.
struct Op {
    kind: u8,
    path: PathBuf,
    offset: u64,
    data: Vec<u8>,
}

/// What one child did, on which desk, by which key.
struct Recording {
    scenario: Scenario,
    /// The desk as it was before.
    before: PathBuf,
    recovery: String,
    root: PathBuf,
    ops: Vec<Op>,
}

/// Compiles the shim.
///
/// # Errors
/// There is no C compiler, or this is not Linux.
pub fn shim(folder: &Path) -> Result<PathBuf> {
    ensure!(cfg!(target_os = "linux"), "the power drill runs on Linux only");
    let library = folder.join("shim.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/shim.c");
    let mut cc = Command::new("cc");
    cc.args(["-O1", "-shared", "-fPIC", "-o"]).arg(&library).arg(source).args(["-ldl", "-lpthread"]);
    ensure!(cc.status().context("cc, the C compiler, is needed")?.success(), "the shim does not compile");
    Ok(library)
}

/// Loads the shim into a child.
pub fn load(child: &mut Command, library: &Path, root: &Path, record: &Path) {
    child.env("LD_PRELOAD", library).env("LETOPIS_DRILL_ROOT", root).env("LETOPIS_DRILL_RECORD", record);
}

/// What a child wrote to files without a name: SQLite's temporary files.
///
/// # Errors
/// The record does not read.
pub fn nameless(record: &Path) -> Result<Vec<u8>> {
    let ops = read_record(&fs::read(record)?)?;
    Ok(ops.into_iter().filter(|op| op.kind == b'V').flat_map(|op| op.data).collect())
}

fn record(range: &Range, scenario: Scenario, library: &Path) -> Result<Recording> {
    let template = range.template(scenario);
    let desk = template.lay()?;
    let root = fs::canonicalize(desk.path())?;
    let elsewhere = tempfile::tempdir()?;
    let file = elsewhere.path().join("record");
    let mut child = range.command(scenario, &root);
    load(&mut child, library, &root, &file);
    child.env("TMPDIR", elsewhere.path()).env("SQLITE_TMPDIR", elsewhere.path());
    ensure!(child.stdout(Stdio::null()).status()?.success(), "the child failed");
    let ops = read_record(&fs::read(file)?)?;
    let told = Told::read(String::from_utf8(acknowledged(&ops))?.lines())?;
    ensure!(ops.len() > 20 && (told.done || told.batches > 0), "nothing was recorded");
    Ok(Recording { scenario, before: template.path().to_owned(), recovery: template.recovery.clone(), root, ops })
}

/// Reads what `shim.c` wrote.
fn read_record(mut bytes: &[u8]) -> Result<Vec<Op>> {
    let mut ops = Vec::new();
    while !bytes.is_empty() {
        let kind = take(&mut bytes, 1)?[0];
        let length = u32::from_le_bytes(take(&mut bytes, 4)?.try_into()?) as usize;
        let path = PathBuf::from(std::str::from_utf8(take(&mut bytes, length)?)?);
        let offset = u64::from_le_bytes(take(&mut bytes, 8)?.try_into()?);
        let length = u64::from_le_bytes(take(&mut bytes, 8)?.try_into()?) as usize;
        let data = take(&mut bytes, length)?.to_vec();
        ensure!(b"WTSCRUMDAV".contains(&kind), "the shim did not understand what was done to {}", path.display());
        if !path.to_string_lossy().ends_with("-shm") {
            ops.push(Op { kind, path, offset, data });
        }
    }
    Ok(ops)
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length).context("the record breaks off")?;
    *bytes = rest;
    Ok(taken)
}

fn acknowledged(ops: &[Op]) -> Vec<u8> {
    ops.iter().filter(|op| op.kind == b'A').flat_map(|op| op.data.iter().copied()).collect()
}

enum Edit {
    Write(u64, Vec<u8>),
    Truncate(u64),
}

#[derive(Default)]
struct Node {
    /// What was in the file at its last fsync.
    safe: Vec<u8>,
    /// What was done to it since.
    loose: Vec<Edit>,
}

fn apply(bytes: &mut Vec<u8>, edit: &Edit) {
    match edit {
        Edit::Truncate(length) => bytes.resize(*length as usize, 0),
        Edit::Write(offset, data) => {
            let (start, end) = (*offset as usize, *offset as usize + data.len());
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[start..end].copy_from_slice(data);
        }
    }
}

/// A change of names that its folders have not been synced after.
enum Name {
    Create(PathBuf, usize),
    Rename(PathBuf, PathBuf, usize),
    RenameFolder(PathBuf, PathBuf),
    Unlink(PathBuf),
    Folder(PathBuf),
    NoFolder(PathBuf),
}

impl Name {
    /// The file that got the name.
    fn node(&self) -> Option<usize> {
        match self {
            Name::Create(_, node) | Name::Rename(_, _, node) => Some(*node),
            Name::RenameFolder(..) | Name::Unlink(_) | Name::Folder(_) | Name::NoFolder(_) => None,
        }
    }

    fn touches(&self, folder: &Path) -> bool {
        let within = |path: &Path| path.parent() == Some(folder);
        match self {
            Name::Rename(from, to, _) | Name::RenameFolder(from, to) => within(from) || within(to),
            Name::Create(path, _) | Name::Unlink(path) | Name::Folder(path) | Name::NoFolder(path) => within(path),
        }
    }
}

/// Which file stands under which name, and which folders there are.
#[derive(Clone, Default)]
struct Names {
    files: BTreeMap<PathBuf, usize>,
    folders: BTreeSet<PathBuf>,
}

impl Names {
    fn apply(&mut self, name: &Name) {
        match name {
            Name::Create(path, node) => drop(self.files.insert(path.clone(), *node)),
            Name::Rename(from, to, node) => {
                self.files.remove(from);
                self.files.insert(to.clone(), *node);
            }
            Name::RenameFolder(from, to) => {
                let moved = |path: &PathBuf| path.strip_prefix(from).ok().map(|rest| to.join(rest));
                self.files = self.files.iter().map(|(path, node)| (moved(path).unwrap_or_else(|| path.clone()), *node)).collect();
                self.folders = self.folders.iter().map(|path| moved(path).unwrap_or_else(|| path.clone())).collect();
            }
            Name::Unlink(path) => drop(self.files.remove(path)),
            Name::Folder(path) => drop(self.folders.insert(path.clone())),
            Name::NoFolder(path) => drop(self.folders.remove(path)),
        }
    }
}

/// A disk that was told everything up to the cut, and how much of it is safe.
#[derive(Default)]
struct Disk {
    nodes: Vec<Node>,
    now: Names,
    safe: Names,
    loose: Vec<Name>,
}

impl Disk {
    /// A disk on which the desk lies safe.
    fn of(recording: &Recording) -> Result<Self> {
        let mut disk = Disk::default();
        disk.safe.folders.insert(recording.root.clone());
        for path in crate::desk::files(&recording.before)? {
            let inside = recording.root.join(path.strip_prefix(&recording.before)?);
            for folder in inside.ancestors().skip(1).take_while(|folder| folder.starts_with(&recording.root)) {
                disk.safe.folders.insert(folder.to_owned());
            }
            disk.safe.files.insert(inside, disk.nodes.len());
            disk.nodes.push(Node { safe: fs::read(path)?, loose: Vec::new() });
        }
        disk.now = disk.safe.clone();
        Ok(disk)
    }

    fn name(&mut self, name: Name) {
        self.now.apply(&name);
        self.loose.push(name);
    }

    fn edit(&mut self, path: &Path, edit: Edit) -> Result<()> {
        let node = *self.now.files.get(path).with_context(|| format!("no file {}", path.display()))?;
        self.nodes[node].loose.push(edit);
        Ok(())
    }

    fn take(&mut self, op: &Op) -> Result<()> {
        let path = op.path.clone();
        match op.kind {
            b'W' => self.edit(&path, Edit::Write(op.offset, op.data.clone()))?,
            b'T' => self.edit(&path, Edit::Truncate(op.offset))?,
            b'S' => self.sync(&path),
            b'C' => {
                self.nodes.push(Node::default());
                self.name(Name::Create(path, self.nodes.len() - 1));
            }
            b'R' => {
                let to = PathBuf::from(std::str::from_utf8(&op.data)?);
                match self.now.files.get(&path) {
                    Some(node) => self.name(Name::Rename(path, to, *node)),
                    None => self.name(Name::RenameFolder(path, to)),
                }
            }
            b'U' => self.name(Name::Unlink(path)),
            b'M' => self.name(Name::Folder(path)),
            b'D' => self.name(Name::NoFolder(path)),
            b'A' | b'V' => {}
            other => bail!("a record of kind {other}"),
        }
        Ok(())
    }

    fn sync(&mut self, path: &Path) {
        if let Some(node) = self.now.files.get(path) {
            let node = &mut self.nodes[*node];
            for edit in node.loose.drain(..) {
                apply(&mut node.safe, &edit);
            }
            return;
        }
        // A name that is safe makes the file's earlier ones safe: no journal keeps a move without what was moved.
        let moved: BTreeSet<usize> = self.loose.iter().filter(|name| name.touches(path)).filter_map(Name::node).collect();
        let is_kept = |name: &Name| name.touches(path) || name.node().is_some_and(|node| moved.contains(&node));
        let (kept, loose): (Vec<Name>, _) = std::mem::take(&mut self.loose).into_iter().partition(is_kept);
        self.loose = loose;
        kept.iter().for_each(|name| self.safe.apply(name));
    }

    /// The power is gone: what a disk may show afterwards.
    fn cut(mut self, dice: &mut Dice) -> BTreeMap<PathBuf, Vec<u8>> {
        let kept = match dice.below(4) {
            0 => 0,
            1 => self.loose.len(),
            _ => dice.below(self.loose.len() as u64 + 1) as usize,
        };
        for name in self.loose.iter().take(kept) {
            self.safe.apply(name);
        }
        let mut disk = BTreeMap::new();
        for (path, node) in &self.safe.files {
            let is_reachable = path.ancestors().skip(1).take_while(|f| self.safe.folders.iter().any(|root| f.starts_with(root)));
            let is_reachable = is_reachable.into_iter().all(|folder| self.safe.folders.contains(folder));
            if is_reachable {
                disk.insert(path.clone(), settle(&mut self.nodes[*node], dice));
            }
        }
        disk
    }
}

/// What is left of a file.
fn settle(node: &mut Node, dice: &mut Dice) -> Vec<u8> {
    let mood = dice.below(4);
    let mut bytes = std::mem::take(&mut node.safe);
    for edit in node.loose.drain(..) {
        match (mood, dice.below(3)) {
            (0, _) => {}
            (1, _) => apply(&mut bytes, &edit),
            (_, 0) => {}
            (_, 1) => apply(&mut bytes, &edit),
            _ => torn(&mut bytes, &edit, dice),
        }
    }
    bytes
}

/// Some sectors of a write.
fn torn(bytes: &mut Vec<u8>, edit: &Edit, dice: &mut Dice) {
    let Edit::Write(offset, data) = edit else { return };
    let mut at = 0;
    while at < data.len() {
        let to_border = SECTOR - (*offset as usize + at) % SECTOR;
        let end = (at + to_border).min(data.len());
        if dice.below(2) == 0 {
            apply(bytes, &Edit::Write(offset + at as u64, data[at..end].to_vec()));
        }
        at = end;
    }
}

impl Recording {
    /// Cuts before the op of that number, opens and checks.
    fn cut(&self, at: usize, word: Word, dice: &mut Dice) -> Result<()> {
        let ops = &self.ops[..at];
        let mut disk = Disk::of(self)?;
        ops.iter().filter(|op| word == Word::Kept || op.kind != b'S').try_for_each(|op| disk.take(op))?;
        let desk = tempfile::tempdir()?;
        for (path, bytes) in disk.cut(dice) {
            let target = desk.path().join(path.strip_prefix(&self.root)?);
            fs::create_dir_all(target.parent().context("a folder")?)?;
            fs::write(target, bytes)?;
        }
        let acknowledged = String::from_utf8_lossy(&acknowledged(ops)).into_owned();
        let whole = acknowledged.lines().take(acknowledged.matches('\n').count());
        check(self.scenario, desk.path(), &self.recovery, &Told::read(whole)?)
    }
}

/// Whether the disk keeps what fsync was called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    Kept,
    /// A disk that lies: shows that the drill would notice a missing fsync.
    Broken,
}

/// Every kind of work, recorded.
pub struct Recordings {
    all: Vec<Recording>,
    // The templates must outlive the recordings.
    _range: Range,
}

impl Recordings {
    /// # Errors
    /// The work fails without any cut, or cannot be recorded here.
    pub fn make(child: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let library = shim(folder.path())?;
        let range = Range::new(child)?;
        let all = Scenario::ALL.iter().map(|s| record(&range, *s, &library).context(s.name())).collect::<Result<_>>()?;
        Ok(Recordings { all, _range: range })
    }

    /// Cuts at `points` places, spread evenly over all kinds of work; tells every law that was broken.
    pub fn cut(&self, points: u64, seed: u64, word: Word) -> Vec<String> {
        let mut dice = Dice::new(seed);
        let mut broken = Vec::new();
        for point in 0..points {
            let recording = &self.all[(point % self.all.len() as u64) as usize];
            let at = dice.below(recording.ops.len() as u64 + 1) as usize;
            let mut own = Dice::new(dice.roll());
            if let Err(error) = recording.cut(at, word, &mut own) {
                broken.push(format!("{} cut at {at} of {}: {error:#}", recording.scenario.name(), recording.ops.len()));
            }
        }
        broken
    }

    /// Operations that were recorded of each kind of work.
    pub fn sizes(&self) -> String {
        let sizes: Vec<String> = self.all.iter().map(|r| format!("{} {}", r.scenario.name(), r.ops.len())).collect();
        sizes.join(", ")
    }
}

/// The long run.
///
/// # Errors
/// All laws that were broken.
pub fn drill(child: &Path, points: u64, seed: u64) -> Result<String> {
    let recordings = Recordings::make(child)?;
    let broken = recordings.cut(points, seed, Word::Kept);
    ensure!(broken.is_empty(), "{} of {points} cuts, seed {seed}:\n{}", broken.len(), broken.join("\n"));
    Ok(format!("no law broken; operations recorded: {}", recordings.sizes()))
}
