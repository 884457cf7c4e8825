import { assetTypes } from '@artdag/claims/asset-types';
import { createJsonCheck, isPrintable, UnboundedJson, type BoundedJson } from './bounded-json.ts';

/** A run as we understand it, whichever L1 wrote it. What it did not say is null or empty. */
export interface Run {
  /** `completed`, or anything else. */
  status: string;
  username: string | null;
  actor_id: string | null;
  /** SHA3-256, 64 lower-case hex characters; there for each completed run. */
  output_hash: string | null;
  ipfs_cid: string | null;
  provenance_cid: string | null;
  /** What it is, as far as it said something that we know. */
  asset_type: string | null;
  recipe: BoundedJson;
  inputs: BoundedJson[];
  effects: BoundedJson[];
  infrastructure: Record<string, BoundedJson>;
  /** When it was rendered, as it said it. */
  completed_at: string | null;
}

/** Why something is no run; the message may be shown. */
export class NotARun extends Error {
  override readonly name = 'NotARun';
}

type Json = Record<string, unknown>;

const maxListItems = 512;
const bounds = { maxDepth: 8, maxValues: 8_192, maxCharacters: 64 * 1024 };
const contentHash = /^(?:sha3-256:)?([0-9a-f]{64})$/;
const cid = /^[A-Za-z0-9_=-]{1,128}$/;
const knownTypes: ReadonlySet<string> = new Set(assetTypes);

/**
 * Reads an L1's run document (art-dag-l2.md §7.3). Tolerant: members that it does not know count as absent, so does `null`. Strict about what is kept
 * or decides something: of the wrong type, too much, or with control characters in it, it is none.
 *
 * @throws NotARun
 */
export function readRun(document: unknown, runId: string): Run {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new NotARun('the answer is no JSON object');
  }
  try {
    return readMembers(document as Json, runId);
  } catch (error) {
    if (error instanceof UnboundedJson) throw new NotARun(`it has ${error.message}`);
    throw error;
  }
}

function readMembers(document: Json, runId: string): Run {
  const given = textOf(document, 'run_id', 128);
  if (given !== null && given !== runId) throw new NotARun('"run_id" is another run\'s');
  const status = textOf(document, 'status', 64);
  if (status === null) throw new NotARun('"status" is missing');
  const outputHash = readOutputHash(document);
  if (status === 'completed' && outputHash === null) throw new NotARun('"output_hash" is missing');
  const check = createJsonCheck(bounds);
  return {
    status,
    username: textOf(document, 'username', 512),
    actor_id: textOf(document, 'actor_id', 512),
    output_hash: outputHash,
    ipfs_cid: cidOf(document, 'ipfs_cid') ?? cidOf(document, 'output_cid'),
    provenance_cid: cidOf(document, 'provenance_cid'),
    asset_type: readAssetType(document),
    recipe: check(memberOf(document, 'recipe')),
    inputs: listOf(document, 'inputs').map(check),
    effects: listOf(document, 'effects').map(check),
    infrastructure: check(objectOf(document, 'infrastructure') ?? {}) as Record<string, BoundedJson>,
    completed_at: readTime(document, 'completed_at'),
  };
}

/** Its own member only, not what every object has. */
function memberOf(document: Json, name: string): unknown {
  return Object.hasOwn(document, name) ? (document[name] ?? null) : null;
}

function textOf(document: Json, name: string, maxLength: number): string | null {
  const value = memberOf(document, name);
  if (value === null) return null;
  if (typeof value !== 'string') throw new NotARun(`"${name}" is no text`);
  if (value.length > maxLength) throw new NotARun(`"${name}" has more than ${maxLength} characters`);
  if (!isPrintable(value)) throw new NotARun(`"${name}" has control characters`);
  return value === '' ? null : value;
}

function cidOf(document: Json, name: string): string | null {
  const value = textOf(document, name, 128);
  if (value !== null && !cid.test(value)) throw new NotARun(`"${name}" is no CID`);
  return value;
}

function listOf(document: Json, name: string): unknown[] {
  const value = memberOf(document, name) ?? [];
  if (!Array.isArray(value)) throw new NotARun(`"${name}" is no list`);
  if (value.length > maxListItems) throw new NotARun(`"${name}" has more than ${maxListItems} items`);
  return value;
}

function objectOf(document: Json, name: string): Json | null {
  const value = memberOf(document, name);
  if (value !== null && (typeof value !== 'object' || Array.isArray(value))) {
    throw new NotARun(`"${name}" is no object`);
  }
  return value as Json | null;
}

function readTime(document: Json, name: string): string | null {
  const value = textOf(document, name, 64);
  if (value !== null && Number.isNaN(Date.parse(value))) throw new NotARun(`"${name}" is no time`);
  return value;
}

/** In one of two places; in both, it has to be the same. */
function readOutputHash(document: Json): string | null {
  const direct = hashOf(document, 'output_hash');
  const output = memberOf(document, 'output');
  // Some say a path there.
  const isObject = typeof output === 'object' && output !== null && !Array.isArray(output);
  const nested = isObject ? hashOf(output as Json, 'content_hash') : null;
  if (direct !== null && nested !== null && direct !== nested) throw new NotARun('it names two outputs');
  return direct ?? nested;
}

function hashOf(document: Json, name: string): string | null {
  const text = textOf(document, name, 80);
  if (text === null) return null;
  const hash = contentHash.exec(text)?.[1];
  if (hash === undefined) throw new NotARun(`"${name}" is no SHA3-256 in lower-case hex`);
  return hash;
}

/** `asset_type`, or the first half of a media type such as `video/mp4`; what is no type of ours says nothing. */
function readAssetType(document: Json): string | null {
  for (const name of ['asset_type', 'media_type']) {
    const type = textOf(document, name, 128)?.toLowerCase().split('/', 1)[0];
    if (type !== undefined && knownTypes.has(type)) return type;
  }
  return null;
}
