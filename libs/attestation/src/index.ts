/**
 * Android key attestation and Google's upload document, the phone's side and the server's. Knows
 * no socket, no clock and no Prio.
 */

export { createAndroidAttestor } from './attestor.ts';
export type {
  AndroidAttestor,
  AndroidAttestorOptions,
  DocumentRequest,
  KeyRequest,
} from './attestor.ts';
export { DAY_MS, attestationChallenge, dayOf, keyAlias } from './challenge.ts';
export type { KeyUse } from './challenge.ts';
export { DOCUMENT_SIZE_MAX, encodeDocument, hourOf, readDocument } from './document.ts';
export type { DocumentFault, DocumentPlace, DocumentRules, RefusedDocument } from './document.ts';
export type { SecurityLevel } from './key-description.ts';
export { serializePayload } from './payload.ts';
export type { AndroidUpload, EncryptedShare, PrioParams, SignedPart } from './payload.ts';
export type { Refused } from './refusal.ts';
export { createAndroidAuthority } from './simulated-authority.ts';
export type { AndroidAuthority, SigningScalars } from './simulated-authority.ts';
export { createAndroidVerifier } from './verifier.ts';
export type {
  AndroidVerifier,
  AndroidVerifierOptions,
  AttestationFault,
  RefusedAttestation,
  VerifiedAttestation,
} from './verifier.ts';
