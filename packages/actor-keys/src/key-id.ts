import { actorPath } from './built-in-actors.ts';
import type { KeyKind } from './key-pair.ts';

const fragments: Record<KeyKind, string> = { rsa: 'main-key', ed25519: 'ed25519-key' };

/** Id of an actor's first key of a kind: `{ap_id}#main-key`, `{ap_id}#ed25519-key`. */
export function firstKeyId(publicUrl: string, username: string, kind: KeyKind): string {
  return `${publicUrl}${actorPath(username)}#${fragments[kind]}`;
}

/** Id of the key after these, all of one actor and kind: `{ap_id}#main-key-2` and so on. No number is used twice. */
export function nextKeyId(publicUrl: string, username: string, kind: KeyKind, keyIds: readonly string[]): string {
  const number = Math.max(1, ...keyIds.map(keyNumber)) + 1;
  return `${firstKeyId(publicUrl, username, kind)}-${number}`;
}

/** 1 for `…#main-key`, 2 for `…#main-key-2`. */
export function keyNumber(keyId: string): number {
  return Number(/-key-([1-9]\d*)$/.exec(keyId)?.[1] ?? 1);
}
