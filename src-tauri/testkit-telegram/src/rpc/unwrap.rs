//! Calls come wrapped: invokeWithLayer(initConnection(invokeWithTakeout(…))). The generic types of the schema are peeled by
//! hand, whatever is inside.

use grammers_tl_types::{Cursor, Deserializable, Identifiable, deserialize, enums, functions as f};

type Ping = f::Ping; // any concrete query makes the generic wrappers nameable; only their ids are used

pub(super) struct Unwrapped<'a> {
    pub(super) id: u32,
    /// The fields of the call, without its id.
    pub(super) rest: &'a [u8],
    pub(super) takeout: Option<i64>,
    pub(super) device_model: Option<String>,
}

/// Peels all wrappers. A broken one becomes the unknown method 0.
pub(super) fn unwrap(body: &[u8]) -> Unwrapped<'_> {
    let mut call = Unwrapped { id: 0, rest: body, takeout: None, device_model: None };
    while let Ok(true) = peel(&mut call) {}
    call
}

/// Takes one constructor off; true if it was a wrapper.
fn peel(call: &mut Unwrapped<'_>) -> deserialize::Result<bool> {
    let mut cursor = Cursor::from_slice(call.rest);
    call.id = 0;
    let id = u32::deserialize(&mut cursor)?;
    let is_wrapper = match id {
        f::InvokeWithLayer::<Ping>::CONSTRUCTOR_ID => i32::deserialize(&mut cursor).map(|_| true)?,
        f::InvokeWithoutUpdates::<Ping>::CONSTRUCTOR_ID => true,
        f::InvokeAfterMsg::<Ping>::CONSTRUCTOR_ID => i64::deserialize(&mut cursor).map(|_| true)?,
        f::InvokeWithMessagesRange::<Ping>::CONSTRUCTOR_ID => enums::MessageRange::deserialize(&mut cursor).map(|_| true)?,
        f::InvokeWithTakeout::<Ping>::CONSTRUCTOR_ID => {
            call.takeout = Some(i64::deserialize(&mut cursor)?);
            true
        }
        f::InitConnection::<Ping>::CONSTRUCTOR_ID => {
            call.device_model = Some(init_connection(&mut cursor)?);
            true
        }
        _ => false,
    };
    call.id = id;
    call.rest = call.rest.get(cursor.pos()..).unwrap_or_default();
    Ok(is_wrapper)
}

/// initConnection#c1cd5ea9 flags api_id device_model system_version app_version system_lang_code lang_pack lang_code
/// proxy:flags.0 params:flags.1 query. Returns the device model.
fn init_connection(cursor: &mut Cursor<'_>) -> deserialize::Result<String> {
    let flags = u32::deserialize(cursor)?;
    let _api_id = i32::deserialize(cursor)?;
    let device_model = String::deserialize(cursor)?;
    for _ in 0..5 {
        String::deserialize(cursor)?;
    }
    if flags & 1 != 0 {
        enums::InputClientProxy::deserialize(cursor)?;
    }
    if flags & 2 != 0 {
        enums::Jsonvalue::deserialize(cursor)?;
    }
    Ok(device_model)
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammers_tl_types::Serializable;

    #[test]
    fn every_wrapper_comes_off() {
        let query = f::InvokeWithTakeout { takeout_id: 7, query: f::Ping { ping_id: 5 } };
        let init = f::InitConnection {
            api_id: 1,
            device_model: "Ноутбук".into(),
            system_version: "1".into(),
            app_version: "1".into(),
            system_lang_code: "ru".into(),
            lang_pack: String::new(),
            lang_code: "ru".into(),
            proxy: None,
            params: None,
            query,
        };
        let bytes = f::InvokeWithLayer { layer: 230, query: init }.to_bytes();
        let call = unwrap(&bytes);
        assert_eq!((call.id, call.takeout), (f::Ping::CONSTRUCTOR_ID, Some(7)));
        assert_eq!((call.device_model.as_deref(), call.rest), (Some("Ноутбук"), &5i64.to_le_bytes()[..]));
    }

    #[test]
    fn a_broken_wrapper_is_an_unknown_method() {
        let bytes = f::InvokeWithTakeout::<Ping>::CONSTRUCTOR_ID.to_le_bytes();
        assert_eq!(unwrap(&bytes).id, 0);
        assert_eq!(unwrap(&[]).id, 0);
    }
}
