// Where the symmetric kernels keep what lives no longer than one call: the static range
// [48 KiB, 64 KiB), below the compiler's constants.

const BASE: usize = 48 * 1024;

/** SHA-256: 8 state words, 16 schedule words and two padded blocks a lane, of 4 lanes. */
export const SHA_STATE: usize = BASE;
export const SHA_WORDS: usize = SHA_STATE + 8 * 16;
export const SHA_TAILS: usize = SHA_WORDS + 16 * 16;
export const SHA_TAIL_SIZE: u32 = 128;

/** AES: 11 round keys for each of 4 keys, then blocks to encrypt. */
export const ROUND_KEYS: usize = BASE + 1024;
export const ROUND_KEYS_SIZE: u32 = 11 * 16;
export const BLOCKS: usize = BASE + 2048;

/** 8 planes of 11 round keys. */
export const KEY_PLANES: usize = BASE + 2560;

/** GCM: what depends on the key alone, one block for each of 4 keys. */
export const HASH_KEYS: usize = BASE + 2304;
/** Of two messages: sums, encrypted first counter blocks, partial blocks padded. */
export const HASH_SUMS: usize = HASH_KEYS + 64;
export const TAG_MASKS: usize = HASH_SUMS + 32;
export const PADDED: usize = TAG_MASKS + 32;
/** Of two keys: 256 multiples. */
export const HASH_TABLES: usize = BASE + 4096;
export const HASH_TABLE_SIZE: u32 = 4096;
