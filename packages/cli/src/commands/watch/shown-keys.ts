import { commitment, jcs } from '@artdag/claims';
import type { ActorEntry, IsActor } from './actor-entry.ts';
import { Alarmed } from './alarm.ts';
import type { Json } from './log-server.ts';

/** The keys that an actor document shows, by their ids, each in the form that the log commits to. */
export type ShownKeys = Readonly<Record<string, Json>>;

/** @throws Alarmed when it is somebody else's */
export function keysIn(document: Json | undefined, isActor: IsActor): ShownKeys {
  const { id, publicKey, assertionMethod } = document ?? {};
  if (document !== undefined && !isActor(id)) {
    throw new Alarmed('actor_differs', `The server shows ${String(id)} in the place of the actor.`);
  }
  const multikeys = Array.isArray(assertionMethod) ? (assertionMethod as unknown[]) : [];
  const read = [
    ...multikeys.map((each) => pick(each, ['id', 'type', 'controller', 'publicKeyMultibase'])),
    pick(publicKey, ['id', 'owner', 'publicKeyPem']),
  ];
  return Object.fromEntries(read.flatMap((key) => (key === undefined ? [] : [[String(key['id']), key]])));
}

/** Undefined when one of the members is missing, or no text. */
function pick(value: unknown, names: readonly string[]): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const members = names.map((name) => [name, Object.hasOwn(value, name) ? (value as Json)[name] : undefined] as const);
  const areTexts = members.every(([, member]) => typeof member === 'string' && member.isWellFormed());
  return areTexts ? Object.fromEntries(members) : undefined;
}

/** `unexplained`: the actor document does not show the key, as it does not after a key was compromised. */
export type KeyChange = 'introduced' | 'retired' | 'revoked' | 'unexplained';

const noSalt = Buffer.alloc(0);

/** What an entry says of a key: the one whose document it commits to. */
export function changeOf({ activity, publishedMs, commitment: committed }: ActorEntry, keys: ShownKeys): KeyChange {
  const key = Object.hasOwn(keys, activity) ? keys[activity] : undefined;
  if (key === undefined) return 'unexplained';
  const at = `${new Date(publishedMs).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}Z`;
  const documents: [KeyChange, Json][] = [
    ['introduced', key],
    ['retired', { ...key, expires: at }],
    ['revoked', { ...key, revoked: at }],
  ];
  return documents.find(([, document]) => commitment(noSalt, jcs(document)) === committed)?.[0] ?? 'unexplained';
}
