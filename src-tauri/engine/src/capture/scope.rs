//! Which chats are work. Nothing is, until a rule names it: one chat, or a folder of the account. A folder's private chats
//! count only where the rule says so. A chat that a rule forbids is out, whatever folder it stands in.

use letopis_archive::{CaptureRule, RuleOf};
use letopis_model::{ChatType, PeerId, PeerKind};
use letopis_telegram::{Folder, PeerFacts};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub rules: Vec<CaptureRule>,
    pub folders: Vec<Folder>,
    pub archived: BTreeSet<PeerId>,
    /// Chats that were found in scope; what is known of a chat comes and goes, a chat found to be work stays so until its
    /// folders or the rules change.
    pub members: BTreeSet<PeerId>,
}

impl Scope {
    /// By the rules alone.
    pub fn allows(&self, facts: &PeerFacts) -> bool {
        let own = self.rules.iter().find(|rule| rule.of == RuleOf::Chat(facts.peer));
        if let Some(rule) = own {
            return rule.allow;
        }
        let private = facts.peer.kind == PeerKind::User;
        if matches!(facts.kind, ChatType::Replies | ChatType::VerificationCodes) || facts.peer == PeerId::user(TELEGRAM) {
            return false; // sign-in codes and the like are never work
        }
        let archived = self.archived.contains(&facts.peer);
        self.rules.iter().filter(|rule| rule.allow && (rule.with_private || !private)).any(|rule| match rule.of {
            RuleOf::Folder(id) => self.folders.iter().any(|folder| folder.id == id && folder.holds(facts, archived)),
            RuleOf::Chat(_) => false,
        })
    }

    pub fn holds(&self, facts: &PeerFacts) -> bool {
        self.members.contains(&facts.peer) || self.allows(facts)
    }

    /// A chat of which nothing but its number is known: only a rule of its own can allow it.
    pub fn holds_unmet(&self, peer: PeerId) -> bool {
        let named = |rule: &CaptureRule| rule.of == RuleOf::Chat(peer) && rule.allow;
        self.members.contains(&peer) || self.rules.iter().any(named)
    }
}

/// Telegram's own service account.
const TELEGRAM: i64 = 777_000;

/// A folder as it is kept, names and kinds only.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptFolder {
    pub id: i32,
    pub title: String,
    include: Vec<String>,
    exclude: Vec<String>,
    kinds: [bool; 6],
}

impl From<&Folder> for KeptFolder {
    fn from(f: &Folder) -> Self {
        let words = |peers: &BTreeSet<PeerId>| peers.iter().map(PeerId::to_string).collect();
        let kinds = [f.contacts, f.non_contacts, f.groups, f.broadcasts, f.bots, f.no_archived];
        KeptFolder { id: f.id, title: f.title.clone(), include: words(&f.include), exclude: words(&f.exclude), kinds }
    }
}

impl From<KeptFolder> for Folder {
    fn from(kept: KeptFolder) -> Self {
        let peers = |words: Vec<String>| words.iter().filter_map(|word| word.parse().ok()).collect();
        let [contacts, non_contacts, groups, broadcasts, bots, no_archived] = kept.kinds;
        let (include, exclude) = (peers(kept.include), peers(kept.exclude));
        Folder { id: kept.id, title: kept.title, include, exclude, contacts, non_contacts, groups, broadcasts, bots, no_archived }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(peer: PeerId, kind: ChatType) -> PeerFacts {
        PeerFacts { peer, name: "Кирилл".into(), hash: Some(1), kind, contact: true, gone: false, moved_to: None }
    }

    fn rule(of: RuleOf, allow: bool, with_private: bool) -> CaptureRule {
        CaptureRule { of, allow, with_private }
    }

    #[test]
    fn nothing_is_work_until_a_rule_names_it() {
        let (client, group) = (facts(PeerId::user(1), ChatType::PersonalChat), facts(PeerId::group(2), ChatType::PrivateGroup));
        let codes = facts(PeerId::user(777_000), ChatType::PersonalChat);
        let folder = Folder { id: 3, contacts: true, groups: true, ..Folder::default() };
        let check = |rules: &[CaptureRule], expected: [bool; 3]| {
            let scope = Scope { rules: rules.to_vec(), folders: vec![folder.clone()], ..Scope::default() };
            assert_eq!([&client, &group, &codes].map(|f| scope.holds(f)), expected, "{rules:?}");
        };
        check(&[], [false; 3]);
        check(&[rule(RuleOf::Folder(4), true, true)], [false; 3]);
        check(&[rule(RuleOf::Folder(3), true, false)], [false, true, false]);
        check(&[rule(RuleOf::Folder(3), true, true)], [true, true, false]);
        check(&[rule(RuleOf::Folder(3), true, true), rule(RuleOf::Chat(client.peer), false, false)], [false, true, false]);
        check(&[rule(RuleOf::Chat(client.peer), true, false)], [true, false, false]);
    }

    #[test]
    fn a_folder_survives_writing_and_reading() {
        let folder =
            Folder { id: 3, title: "Работа".into(), include: [PeerId::user(1)].into(), bots: true, ..Folder::default() };
        let json = serde_json::to_string(&KeptFolder::from(&folder)).unwrap();
        let kept: KeptFolder = serde_json::from_str(&json).unwrap();
        assert_eq!(Folder::from(kept), folder);
    }
}
