import { assertionKeyPem, rawKey, type AssertionKey } from './assertion-keys.ts';

/** What we keep of a stranger: where to write, and the keys by which it signs. */
export interface RemoteActor {
  apId: string;
  keyId: string;
  publicKeyPem: string;
  /** Its Ed25519 keys. */
  assertionKeys: AssertionKey[];
  inbox: string;
  sharedInbox: string | null;
}

type Json = Record<string, unknown>;

const MAX_PEM = 16_384;
/** Of each kind. */
const MAX_KEYS = 16;
/** In bytes: two of them are one key of an index, which takes 2,700. */
const MAX_URL_BYTES = 1024;
/** Text that the database can hold: one with NUL it cannot. */
const PRINTABLE = /^[\t\r\n\x20-\x7e]+$/;

/** A URL to be kept or fetched: http(s), at most 1 KiB, without spaces and control characters. */
export function isHttpUrl(value: unknown): value is string {
  if (typeof value !== 'string' || Buffer.byteLength(value) > MAX_URL_BYTES) return false;
  return /^https?:\/\/[\x21-\x7e\u00a0-\uffff]+$/i.test(value) && value.isWellFormed() && URL.canParse(value);
}

/** A URL without its fragment. */
export function documentUrl(keyId: string): string {
  return keyId.split('#', 1)[0] ?? '';
}

export function isJsonObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The id in a property that holds one thing: the string itself, or the `id` of an object. */
export function idOf(value: unknown): string | undefined {
  const id = isJsonObject(value) ? value['id'] : value;
  return typeof id === 'string' ? id : undefined;
}

/** The owner that a key document (as opposed to an actor's) names. */
export function ownerOfKeyDocument(document: Json): string | undefined {
  return typeof document['publicKeyPem'] === 'string' ? idOf(document['owner']) : undefined;
}

/** The key of an actor that has this id, as PEM. */
export function keyPem({ keyId, publicKeyPem, assertionKeys }: RemoteActor, wanted: string): string | undefined {
  if (wanted === keyId) return publicKeyPem;
  const found = assertionKeys.find((key) => key.keyId === wanted);
  return found && assertionKeyPem(found);
}

/**
 * Reads an actor document that was fetched from `apId` itself. `keyId` chooses among its keys; without it, or when the actor has no
 * such key, its first key is taken, so that one fetch is enough to know which keys it does not have.
 * Undefined when it is not that actor's document, or lacks an inbox or a usable key.
 */
export function readRemoteActor(document: Json, apId: string, keyId: string): RemoteActor | undefined {
  const { id, inbox } = document;
  if (id !== apId || !isHttpUrl(inbox)) return undefined;
  const keys = keysOf(document, apId);
  const key = keys.find((candidate) => candidate.keyId === keyId) ?? keys[0];
  if (key === undefined) return undefined;
  const endpoints = document['endpoints'];
  const shared = isJsonObject(endpoints) ? endpoints['sharedInbox'] : undefined;
  const assertionKeys = assertionKeysOf(document, apId);
  return { apId, ...key, assertionKeys, inbox, sharedInbox: isHttpUrl(shared) ? shared : null };
}

function keysOf(document: Json, apId: string): { keyId: string; publicKeyPem: string }[] {
  const given: unknown[] = [document['publicKey']].flat();
  return given.slice(0, MAX_KEYS).flatMap((key) => {
    if (!isJsonObject(key)) return [];
    const { id, publicKeyPem, owner } = key;
    if (!isHttpUrl(id) || !isPem(publicKeyPem)) return [];
    return owner === undefined || idOf(owner) === apId ? [{ keyId: id, publicKeyPem }] : [];
  });
}

/** `assertionMethod` of Multikeys, with the actor's URL for their controller (FEP-521a). */
function assertionKeysOf(document: Json, apId: string): AssertionKey[] {
  const given: unknown[] = [document['assertionMethod'] ?? []].flat();
  return given.slice(0, MAX_KEYS).flatMap((key) => {
    if (!isJsonObject(key) || key['type'] !== 'Multikey' || idOf(key['controller']) !== apId) return [];
    const { id, publicKeyMultibase: multibase } = key;
    if (!isHttpUrl(id) || typeof multibase !== 'string' || rawKey(multibase) === undefined) return [];
    return [{ keyId: id, multibase }];
  });
}

function isPem(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_PEM && PRINTABLE.test(value);
}
