//! The Merkle tree of RFC 6962 (SHA-256) over the versions in Seq order: leaf `n` is version `n + 1`. Hashes live in tiles
//! of 256, as in transparency logs: tile `(level, index)` holds the hashes of complete subtrees of 256^level leaves. A hash
//! is written once and never changes, so a root, an inclusion proof or a consistency proof of any earlier size can be made
//! at any time from a few tiles.

use sha2::{Digest, Sha256};

pub type Hash = [u8; 32];

/// Hashes in a full tile.
pub const WIDTH: u64 = 256;
const LOG: u32 = 8;

/// RFC 6962, 2.1: `SHA-256(0x00 || leaf)`.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

/// RFC 6962, 2.1: `SHA-256(0x01 || left || right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of no leaves: the hash of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// Where tiles come from. A tile may be shorter than [`WIDTH`] at the right edge of the tree.
pub trait Tiles {
    type Error;
    /// # Errors
    /// The place cannot be read, or holds no such tile.
    fn tile(&self, level: u32, index: u64) -> Result<Vec<Hash>, Self::Error>;
    /// What to say when a tile is shorter than the tree needs.
    fn missing(level: u32, index: u64) -> Self::Error;
}

/// The root of the first `size` leaves.
///
/// # Errors
/// Those of the tiles.
pub fn root<T: Tiles>(tiles: &T, size: u64) -> Result<Hash, T::Error> {
    if size == 0 { Ok(empty_root()) } else { subtree(tiles, 0, size) }
}

/// `MTH(D[from..to])` of RFC 6962; `from` is a multiple of the subtree's width.
fn subtree<T: Tiles>(tiles: &T, from: u64, to: u64) -> Result<Hash, T::Error> {
    let size = to - from;
    if size.is_power_of_two() {
        return complete(tiles, size.trailing_zeros(), from >> size.trailing_zeros());
    }
    let split = split(size);
    Ok(node_hash(&subtree(tiles, from, from + split)?, &subtree(tiles, from + split, to)?))
}

/// The largest power of two smaller than `size`; `size` is at least 2.
fn split(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

/// The hash of the complete subtree of 2^`height` leaves with this index among its like.
fn complete<T: Tiles>(tiles: &T, height: u32, index: u64) -> Result<Hash, T::Error> {
    let (level, above) = (height / LOG, height % LOG);
    let first = index << above;
    let tile = tiles.tile(level, first / WIDTH)?;
    let start = (first % WIDTH) as usize;
    let hashes = tile.get(start..start + (1 << above)).ok_or_else(|| T::missing(level, first / WIDTH))?;
    Ok(fold(hashes))
}

/// The root over hashes whose number is a power of two.
pub fn fold(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => empty_root(),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            node_hash(&fold(left), &fold(right))
        }
    }
}

/// `PATH(leaf, D[size])` of RFC 6962, 2.1.1: sibling hashes from the leaf up. `leaf` is less than `size`.
///
/// # Errors
/// Those of the tiles.
pub fn inclusion<T: Tiles>(tiles: &T, leaf: u64, size: u64) -> Result<Vec<Hash>, T::Error> {
    let (mut from, mut to) = (0, size);
    let mut down = Vec::new();
    while to - from > 1 {
        let middle = from + split(to - from);
        if leaf < middle {
            down.push(subtree(tiles, middle, to)?);
            to = middle;
        } else {
            down.push(subtree(tiles, from, middle)?);
            from = middle;
        }
    }
    down.reverse();
    Ok(down)
}

/// Recomputes a root from a leaf and its path (RFC 9162, 2.1.3.2); `None` when the path has the wrong length.
pub fn root_from_inclusion(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return None;
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node.is_multiple_of(2) && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(hash)
}

/// The right edge of the tree, kept in memory by the writer: the last, not yet full tile of every level.
#[derive(Clone, Debug, Default)]
pub struct Edge {
    levels: Vec<Growing>,
}

#[derive(Clone, Debug, Default)]
struct Growing {
    index: u64,
    hashes: Vec<Hash>,
    is_dirty: bool,
}

/// A tile to be written in the place of its shorter self.
#[derive(Debug, PartialEq, Eq)]
pub struct Tile {
    pub level: u32,
    pub index: u64,
    pub hashes: Vec<Hash>,
}

impl Edge {
    /// Reads the edge of a tree of `size` leaves.
    ///
    /// # Errors
    /// Those of the tiles.
    pub fn load<T: Tiles>(tiles: &T, size: u64) -> Result<Self, T::Error> {
        let mut levels = Vec::new();
        let (mut level, mut nodes) = (0, size);
        while nodes > 0 {
            let index = nodes / WIDTH;
            let held = (nodes % WIDTH) as usize;
            let mut hashes = if held > 0 { tiles.tile(level, index)? } else { Vec::new() };
            if hashes.len() < held {
                return Err(T::missing(level, index));
            }
            hashes.truncate(held);
            levels.push(Growing { index, hashes, is_dirty: false });
            nodes = index;
            level += 1;
        }
        Ok(Edge { levels })
    }

    /// Adds a leaf; returns the tiles that became full by it.
    pub fn push(&mut self, leaf: Hash) -> Vec<Tile> {
        let mut full = Vec::new();
        let mut carried = Some(leaf);
        let mut level = 0;
        while let Some(hash) = carried.take() {
            if self.levels.len() <= level {
                self.levels.push(Growing::default());
            }
            let Some(growing) = self.levels.get_mut(level) else { break };
            growing.hashes.push(hash);
            growing.is_dirty = true;
            if growing.hashes.len() as u64 == WIDTH {
                let hashes = std::mem::take(&mut growing.hashes);
                carried = Some(fold(&hashes));
                full.push(Tile { level: level as u32, index: growing.index, hashes });
                growing.index += 1;
                growing.is_dirty = false;
                level += 1;
            }
        }
        full
    }

    /// The unfinished tiles that changed since they were last taken.
    pub fn take_dirty(&mut self) -> Vec<Tile> {
        let dirty = (0u32..).zip(&mut self.levels).filter(|(_, growing)| growing.is_dirty && !growing.hashes.is_empty());
        dirty
            .map(|(level, growing)| {
                growing.is_dirty = false;
                Tile { level, index: growing.index, hashes: growing.hashes.clone() }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ct_merkle::RootHash;
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use std::collections::BTreeMap;

    #[derive(Default)]
    struct Shelf(BTreeMap<(u32, u64), Vec<Hash>>);

    impl Tiles for Shelf {
        type Error = String;
        fn tile(&self, level: u32, index: u64) -> Result<Vec<Hash>, String> {
            self.0.get(&(level, index)).cloned().ok_or_else(|| Self::missing(level, index))
        }
        fn missing(level: u32, index: u64) -> String {
            format!("{level}/{index}")
        }
    }

    fn grown(sizes: &[u64]) -> (Shelf, MemoryBackedTree<Sha256, Vec<u8>>) {
        let (mut shelf, mut other) = (Shelf::default(), MemoryBackedTree::new());
        let mut at = 0;
        for size in sizes {
            // Each round begins from what is stored, as after a restart.
            let mut edge = Edge::load(&shelf, at).unwrap();
            for leaf in at..*size {
                let bytes = leaf.to_le_bytes();
                other.push(bytes.to_vec());
                for tile in edge.push(leaf_hash(&bytes)) {
                    shelf.0.insert((tile.level, tile.index), tile.hashes);
                }
            }
            for tile in edge.take_dirty() {
                shelf.0.insert((tile.level, tile.index), tile.hashes);
            }
            at = *size;
        }
        (shelf, other)
    }

    /// RFC 6962 as another library reads it: roots, and proofs that it accepts.
    #[test]
    fn another_implementation_agrees_at_every_size() {
        for size in (1..40).chain([255, 256, 257, 511, 513, 1000, 65_537]) {
            let (shelf, other) = grown(&[size / 3, size / 2, size]);
            let ours = root(&shelf, size).unwrap();
            let theirs: RootHash<Sha256> = other.root();
            assert_eq!(ours.as_slice(), theirs.as_bytes().as_slice(), "{size}");
            for leaf in [0, size / 3, size / 2, size - 1] {
                let path = inclusion(&shelf, leaf, size).unwrap();
                let proof = other.prove_inclusion(usize::try_from(leaf).unwrap());
                assert_eq!(path.concat(), proof.as_bytes(), "{leaf} of {size}");
                assert_eq!(root_from_inclusion(leaf_hash(&leaf.to_le_bytes()), leaf, size, &path), Some(ours));
            }
        }
    }

    #[test]
    fn an_earlier_root_can_be_made_again() {
        let (shelf, _) = grown(&[700]);
        let (early, _) = grown(&[300]);
        assert_eq!(root(&shelf, 300).unwrap(), root(&early, 300).unwrap());
        assert_eq!(root(&shelf, 0).unwrap(), empty_root());
    }

    #[test]
    fn a_changed_hash_or_a_wrong_path_gives_another_root() {
        let (shelf, _) = grown(&[300]);
        let whole = root(&shelf, 300).unwrap();
        let path = inclusion(&shelf, 7, 300).unwrap();
        let leaf = leaf_hash(&7u64.to_le_bytes());
        for at in 0..path.len() {
            let mut changed = path.clone();
            changed[at][0] ^= 1;
            assert_ne!(root_from_inclusion(leaf, 7, 300, &changed), Some(whole));
        }
        assert_ne!(root_from_inclusion(leaf, 8, 300, &path), Some(whole));
        assert_eq!(root_from_inclusion(leaf, 7, 300, &path[1..]), None);
        assert_eq!(root_from_inclusion(leaf, 300, 300, &path), None);
    }
}
