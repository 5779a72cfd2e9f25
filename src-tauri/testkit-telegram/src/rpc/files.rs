//! `upload.getFile`: ranges, expired references, files of another data centre.

use grammers_tl_types::{enums, functions, types};

use super::{Call, Refusal, Reply, bad_request};
use crate::state::State;
use crate::world::media::{Media, MediaId};

const KIB: i64 = 1024;

/// What a location names, whether it may be had, and whether the small size of a photo is meant.
fn located<'s>(state: &'s State, location: &enums::InputFileLocation) -> Result<(&'s Media, bool), Refusal> {
    let (id, hash, reference, size) = match location {
        enums::InputFileLocation::InputDocumentFileLocation(at) => (at.id, at.access_hash, &at.file_reference, &at.thumb_size),
        enums::InputFileLocation::InputPhotoFileLocation(at) => (at.id, at.access_hash, &at.file_reference, &at.thumb_size),
        _ => return Err(bad_request("LOCATION_INVALID")),
    };
    let id = MediaId::from_wire(id).filter(|id| id.access_hash() == hash).ok_or_else(|| bad_request("LOCATION_INVALID"))?;
    let media = state.world.media.get(id.0).ok_or_else(|| bad_request("LOCATION_INVALID"))?;
    if reference.is_empty() {
        return Err(bad_request("FILE_REFERENCE_EMPTY"));
    }
    if *reference != id.reference(state.world.reference_epoch) {
        return Err(bad_request("FILE_REFERENCE_EXPIRED"));
    }
    Ok((media, size == "m"))
}

/// Ranges are multiples of 4 KiB within one MiB, or of 1 KiB when asked precisely (core.telegram.org/api/files).
fn check_range(asked: &functions::upload::GetFile) -> Result<(), Refusal> {
    let (step, limit) = (if asked.precise { KIB } else { 4 * KIB }, i64::from(asked.limit));
    if limit <= 0 || limit % step != 0 || limit > 1024 * KIB || (!asked.precise && (1024 * KIB) % limit != 0) {
        return Err(bad_request("LIMIT_INVALID"));
    }
    let crosses = asked.offset / (1024 * KIB) != (asked.offset + limit - 1) / (1024 * KIB);
    if asked.offset < 0 || asked.offset % step != 0 || crosses {
        return Err(bad_request("OFFSET_INVALID"));
    }
    Ok(())
}

pub(super) fn get_file(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let asked: functions::upload::GetFile = call.read()?;
    call.me()?;
    let (media, is_small) = located(state, &asked.location)?;
    if media.dc != call.caller.dc {
        return Err(Refusal::new(303, format!("FILE_MIGRATE_{}", media.dc)));
    }
    check_range(&asked)?;
    let bytes = if is_small { &media.bytes[..media.bytes.len().min(100)] } else { &media.bytes[..] };
    let within = |place: i64| usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
    let range = &bytes[within(asked.offset)..within(asked.offset + i64::from(asked.limit))];
    let file = types::upload::File { r#type: enums::storage::FileType::FileUnknown, mtime: 0, bytes: range.to_vec() };
    Ok(Reply::plain(&enums::upload::File::File(file)))
}
