// Stands in for the public-key curves of age in the viewer's build: a pack is opened by passphrase only, and 60 kB of
// mathematics that nothing can reach does not belong in front of a stranger's bytes.

export const p256 = undefined;
export const x25519 = undefined;
export const MLKEM768P256 = undefined;
export const MLKEM768X25519 = undefined;
