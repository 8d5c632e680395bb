/**
 * A uuid of a name, version 3, as Java's `UUID.nameUUIDFromBytes` makes it: MD5 of the text alone,
 * without the name space that RFC 9562 puts before it. Google's ingestion server names its files so
 * (ENPA section 7.3). It hides nothing: MD5 is no digest for secrets.
 */

import { createHash } from 'node:crypto';

/** 16 bytes. */
export function nameUuid(name: string): Uint8Array {
  const id = new Uint8Array(createHash('md5').update(name, 'utf8').digest());
  id[6] = (id[6]! & 0x0f) | 0x30;
  id[8] = (id[8]! & 0x3f) | 0x80;
  return id;
}
