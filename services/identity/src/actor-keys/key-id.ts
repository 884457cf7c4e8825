import type { KeyKind } from './key-pair.ts';

const fragments: Record<KeyKind, string> = { rsa: 'main-key', ed25519: 'ed25519-key' };

/** Id of an actor's first key of a kind: `{ap_id}#main-key`, `{ap_id}#ed25519-key`. A rotation will count on: `#main-key-2`. */
export function firstKeyId(publicUrl: string, username: string, kind: KeyKind): string {
  return `${publicUrl}/users/${username}#${fragments[kind]}`;
}
