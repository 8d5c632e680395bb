/** Addresses and ranges of them, as people write them into a configuration. */

import { isIP } from 'node:net';

/** An address, or a range such as `10.0.0.0/8`; not all addresses there are. */
export function isAddressRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || address.includes('%')) return false;
  if (bits === undefined) return true;
  return /^[1-9][0-9]{0,2}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}
