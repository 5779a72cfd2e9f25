//! What must hold when an archive is opened again, whatever stopped the work on it.

use crate::desk::{ARCHIVE, BACKUP, BATCHES, EXPORT, export_adds, exported};
use crate::scenario::{Scenario, Told};
use crate::story::{self, CANARY, Story, Truth};
use crate::{desk, remains};
use anyhow::{Context, Result, bail, ensure};
use letopis_engine::model::{Message, MessageId};
use letopis_engine::{Anchor, Engine, ImportOptions, Job, Lang, OpenArchive, SearchFilter, SearchRequest, Secret, Sort, restore};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Versions in the archive of the first schema.
const FIRST_SCHEMA: u64 = 660;

/// Opens the desk's archive again and holds it against what was acknowledged.
///
/// # Errors
/// The first law that is broken.
pub fn check(scenario: Scenario, folder: &Path, recovery: &str, told: &Told) -> Result<()> {
    let engine = story::engine(&folder.join(ARCHIVE));
    let mut archive = story::open(&engine, recovery).context("open again")?;
    if scenario == Scenario::Rekey {
        archive = rekeyed(&engine, archive, recovery, told)?;
    }
    archive.finish_forgetting(&mut Job::quiet()).context("finish what was begun")?;
    for head in &told.heads {
        ensure!(archive.compare_head(*head)?.is_none(), "the tree does not fit the head acknowledged at {}", head.size);
    }
    match scenario {
        Scenario::Append | Scenario::Index => grown(&archive, told)?,
        Scenario::Import => imported(&archive, folder, told)?,
        Scenario::Migrate => migrated(&archive, folder, told)?,
        Scenario::Backup => backed_up(&archive, folder, recovery, told)?,
        Scenario::Forget => forgotten(&archive, folder, recovery, told)?,
        Scenario::Compact | Scenario::Rekey => holds(&archive, &story::story(BATCHES))?,
    }
    sound(&archive)?;
    nothing_left_over(folder)
}

/// A change of the master key that was broken off leaves a whole archive, and is finished from where it was.
fn rekeyed(engine: &Engine, archive: Arc<OpenArchive>, recovery: &str, told: &Told) -> Result<Arc<OpenArchive>> {
    if !engine.home().key_state().rekeying {
        return Ok(archive);
    }
    ensure!(!told.done, "the change of the key was acknowledged and is not finished");
    holds(&archive, &story::story(BATCHES)).context("between two keys")?;
    drop(archive);
    Ok(engine.finish_rekey(&Secret::Recovery(recovery), &mut Job::quiet()).context("finish the change of the key")?.archive)
}

/// Self-check and index.
fn sound(archive: &OpenArchive) -> Result<()> {
    let report = archive.verify(true, &mut Job::quiet())?;
    ensure!(report.damaged.is_empty(), "verify: {:?}", report.damaged);
    ensure!(archive.rolled_back()?.is_none(), "the head beside the archive does not fit");
    archive.catch_up(&mut Job::quiet())?;
    index_is_equal(archive)
}

fn grown(archive: &OpenArchive, told: &Told) -> Result<()> {
    let found = story::batches_in(archive.tree_head()?.size)?;
    ensure!(found == told.batches || found == told.batches + 1, "{} batches acknowledged, {found} there", told.batches);
    holds(archive, &story::story(found))
}

fn imported(archive: &OpenArchive, folder: &Path, told: &Told) -> Result<()> {
    let (before, all) = (story::versions_in(BATCHES), story::versions_in(BATCHES) + export_adds());
    let found = archive.tree_head()?.size;
    ensure!((before..=all).contains(&found), "{found} versions");
    ensure!(!told.done || found == all, "the import was acknowledged, {found} of {all} versions are there");
    archive.import(&folder.join(EXPORT), &ImportOptions::default(), Lang::En, &mut Job::quiet()).context("import again")?;
    ensure!(archive.tree_head()?.size == all, "the second import did not make it whole, or doubled it");
    let mut expected = story::story(BATCHES);
    for n in 1..=export_adds() as i64 {
        let truth = Truth { texts: vec![exported(n)], deleted: false, file: None };
        expected.insert(format!("letopis:4001.user:999/{n}"), truth);
    }
    holds(archive, &expected)
}

fn migrated(archive: &OpenArchive, folder: &Path, told: &Told) -> Result<()> {
    ensure!(archive.tree_head()?.size == FIRST_SCHEMA, "{} versions", archive.tree_head()?.size);
    let copy = folder.join(ARCHIVE).join("archive.schema-1.db");
    ensure!(copy.exists() || !told.done, "migrated without a copy");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/schema-1-larger/archive.db");
    ensure!(std::fs::read(copy)? == std::fs::read(fixture)?, "the copy is not what was migrated");
    let seen = seen(archive)?;
    ensure!(seen.len() == 600 && seen.values().map(|truth| truth.texts.len()).sum::<usize>() == 660, "messages are missing");
    Ok(())
}

fn backed_up(archive: &OpenArchive, folder: &Path, recovery: &str, told: &Told) -> Result<()> {
    let file = folder.join(BACKUP);
    ensure!(file.exists() || !told.done, "the backup was acknowledged and is not there");
    if !file.exists() {
        archive.backup(&file, &mut Job::quiet()).context("back up again after what was broken off")?;
    }
    let target = folder.join("restored");
    let head = restore(&file, &Secret::Recovery(recovery), &target, &mut Job::quiet()).context("restore")?;
    ensure!(head.size == story::versions_in(BATCHES), "the backup holds {} versions", head.size);
    let engine = story::engine(&target);
    let restored = story::open(&engine, recovery)?;
    holds(&restored, &story::story(BATCHES))?;
    sound(&restored)?;
    holds(archive, &story::story(BATCHES))
}

fn forgotten(archive: &OpenArchive, folder: &Path, recovery: &str, told: &Told) -> Result<()> {
    ensure!(archive.tree_head()?.size == story::versions_in(BATCHES), "the tree changed");
    let whole = story::story(BATCHES);
    if archive.erasures()?.is_empty() {
        ensure!(!told.done, "forgetting was acknowledged and nothing was erased");
        return holds(archive, &whole);
    }
    holds(archive, &story::without_kirill(whole))?;
    archive.catch_up(&mut Job::quiet())?;
    let remains = remains::find(&folder.join(ARCHIVE), recovery, CANARY)?;
    ensure!(remains.is_empty(), "the forgotten text is still in {remains:?}");
    Ok(())
}

/// The archive holds these messages, each once, and no other.
///
/// # Errors
/// Names the first difference, without its text.
pub fn holds(archive: &OpenArchive, expected: &Story) -> Result<()> {
    let found = seen(archive)?;
    for (link, truth) in expected {
        match found.get(link) {
            None => bail!("{link} is not there"),
            Some(other) => ensure!(other == truth, "{link} reads otherwise"),
        }
    }
    ensure!(found.len() == expected.len(), "{} messages, {} expected", found.len(), expected.len());
    for truth in expected.values() {
        let Some(sha256) = truth.file else { continue };
        archive.blobs().check(&sha256).context("a file")?;
    }
    Ok(())
}

/// Everything that the archive's readers tell.
///
/// # Errors
/// What a reader says.
pub fn seen(archive: &OpenArchive) -> Result<Story> {
    let mut story = Story::new();
    for chat in archive.chats()? {
        let messages = read_chat(archive, chat.record.chat)?;
        ensure!(messages.len() as u64 == chat.record.messages, "a chat counts {} messages", chat.record.messages);
        for message in messages {
            ensure!(story.insert(message.link.to_string(), truth(archive, &message)?).is_none(), "{} twice", message.link);
        }
    }
    Ok(story)
}

/// A chat to its end, page by page.
///
/// # Errors
/// What a reader says.
pub fn read_chat(archive: &OpenArchive, chat: letopis_engine::model::ChatId) -> Result<Vec<Message>> {
    let mut messages = Vec::new();
    let mut anchor = Anchor::First;
    loop {
        let page = archive.page(chat, anchor, 100)?;
        let last: Option<MessageId> = page.messages.last().map(|message| message.link.message);
        messages.extend(page.messages);
        match last {
            Some(id) if page.has_after => anchor = Anchor::After(id),
            _ => return Ok(messages),
        }
    }
}

/// What the readers tell of one message.
///
/// # Errors
/// What a reader says.
pub fn truth(archive: &OpenArchive, message: &Message) -> Result<Truth> {
    let texts: Vec<String> = archive.versions(message.link)?.into_iter().map(|version| version.content.text).collect();
    let file = archive.media(message.link)?.first().map(|media| media.sha256);
    ensure!(texts.contains(&message.content.text), "{}: the page and the versions differ", message.link);
    Ok(Truth { texts, deleted: message.deleted.is_some(), file })
}

/// The index finds what the archive holds, and nothing else.
///
/// # Errors
/// When they differ.
pub fn index_is_equal(archive: &OpenArchive) -> Result<()> {
    let archived: BTreeSet<String> = seen(archive)?.into_keys().collect();
    let found = indexed(archive, "запись")?;
    ensure!(found.len() == found.iter().collect::<BTreeSet<_>>().len(), "the index holds a message twice");
    let found: BTreeSet<String> = found.into_iter().collect();
    ensure!(found == archived, "the index finds {} messages, the archive has {}", found.len(), archived.len());
    Ok(())
}

/// Links of all hits.
///
/// # Errors
/// What the index says.
pub fn indexed(archive: &OpenArchive, query: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    loop {
        let filter = SearchFilter::default();
        let request = SearchRequest { query, filter, sort: Sort::Oldest, offset: found.len(), limit: 500 };
        let answer = archive.search(&request)?;
        found.extend(answer.hits.iter().map(|hit| hit.message.link.to_string()));
        if answer.hits.is_empty() || found.len() >= answer.total {
            ensure!(found.len() == answer.total, "the index counts {} hits and gives {}", answer.total, found.len());
            return Ok(found);
        }
    }
}

/// Half-written files are gone once the archive was opened again.
fn nothing_left_over(folder: &Path) -> Result<()> {
    for path in desk::files(&folder.join(ARCHIVE))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        ensure!(!name.contains(".new") && !name.ends_with(".part"), "{name} was left over");
    }
    Ok(())
}
