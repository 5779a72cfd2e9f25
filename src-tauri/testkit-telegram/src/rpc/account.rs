//! The server's configuration, the list of devices, takeout.

use grammers_tl_types::{Deserializable, Serializable, enums, functions, types};

use super::{Call, Refusal, Reply};
use crate::shape::blank;
use crate::state::State;
use crate::world::TELEGRAM;

/// Integers between the test-mode DC's domain name and the link prefix in config#cc1a241e.
const NUMBERS: usize = 21;

/// No data centre is listed: a client keeps the addresses it has, which are those of this server. A chatty server lists one
/// at an address where nobody is.
pub(super) fn config(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let (date, dcs) = (state.date(), elsewhere(state, call.caller.dc));
    let mut bytes = Vec::new();
    0u32.serialize(&mut bytes);
    [date, date + 3600].iter().for_each(|number| number.serialize(&mut bytes));
    false.serialize(&mut bytes);
    call.caller.dc.serialize(&mut bytes);
    dcs.serialize(&mut bytes);
    String::new().serialize(&mut bytes);
    [1000i32; NUMBERS].iter().for_each(|number| number.serialize(&mut bytes));
    String::from("https://t.me/").serialize(&mut bytes);
    [1024i32, 4096, 4].iter().for_each(|number| number.serialize(&mut bytes));
    let config = types::Config::from_bytes(&bytes).expect("the fields of config");
    Ok(Reply::plain(&enums::Config::Config(config)))
}

fn elsewhere(state: &State, dc: i32) -> Vec<enums::DcOption> {
    const STATIC: u32 = 1 << 4;
    let option = blank!(types::DcOption; STATIC, dc, String::from("192.0.2.1"), 443i32);
    if state.options.chatty { vec![enums::DcOption::Option(option)] } else { Vec::new() }
}

pub(super) fn nearest_dc(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let (this_dc, nearest_dc) = (call.caller.dc, state.options.home_dc);
    Ok(Reply::plain(&enums::NearestDc::Dc(types::NearestDc { country: "RU".into(), this_dc, nearest_dc })))
}

/// One entry per device, not per key.
pub(super) fn authorizations(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let me = call.me()?;
    let own = call.key(state).device;
    let home = state.world.account(me).home_dc;
    let keys = state.keys.values().filter(|key| key.account == Some(me) && key.dc == home);
    let authorizations = keys.map(|key| {
        let date = crate::shape::peers::date(key.since);
        let hash = if key.device == own { 0i64 } else { i64::try_from(key.device).expect("few devices") };
        let (model, text) = (key.device_model.clone(), String::from("test"));
        let mut made =
            blank!(types::Authorization; 0u32, hash, model, text, text, 1i32, text, text, date, date, text, text, text);
        made.current = key.device == own;
        enums::Authorization::Authorization(made)
    });
    let authorizations = authorizations.collect();
    let answer = types::account::Authorizations { authorization_ttl_days: 180, authorizations };
    Ok(Reply::plain(&enums::account::Authorizations::Authorizations(answer)))
}

/// Telegram tells the account's devices of every export; so does this server.
pub(super) fn init_takeout(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let me = call.me()?;
    if let Some(seconds) = state.world.account_mut(me).takeout_delay {
        return Err(Refusal::new(420, format!("TAKEOUT_INIT_DELAY_{seconds}")));
    }
    let id = i64::try_from(state.dice.below(1 << 40)).expect("a small number");
    state.world.account_mut(me).takeouts.insert(id);
    state.notice(me, TELEGRAM, "Data export request");
    Ok(Reply::plain(&enums::account::Takeout::Takeout(types::account::Takeout { id })))
}

pub(super) fn finish_takeout(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let _: functions::account::FinishTakeoutSession = call.read()?;
    let id = call.takeout.ok_or_else(|| Refusal::new(403, "TAKEOUT_REQUIRED"))?;
    state.world.account_mut(call.me()?).takeouts.remove(&id);
    Ok(Reply::plain(&true))
}
