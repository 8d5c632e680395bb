/**
 * The key of who is signed in: in memory, and in this tab's session storage so that loading the
 * page again asks for it no second time. Nowhere else; signing out forgets it.
 */

const STORED = 'priolab-key';
/** Longer than any key the portal makes. */
export const KEY_LENGTH_MAX = 256;

export function readKey(): string | undefined {
  const key = sessionStorage.getItem(STORED);
  return key === null || key === '' || key.length > KEY_LENGTH_MAX ? undefined : key;
}

export function keepKey(key: string): void {
  sessionStorage.setItem(STORED, key);
}

/** Forgets the key, and the address's filters with it: they name the places of an authority. */
export function forgetKey(): void {
  sessionStorage.removeItem(STORED);
  history.replaceState(null, '', '/');
}

/** What a person may have copied around a key; undefined where it can't go into a header. */
export function cleanKey(text: string): string | undefined {
  const key = text.trim();
  return /^[\x21-\x7e]+$/.test(key) && key.length <= KEY_LENGTH_MAX ? key : undefined;
}
