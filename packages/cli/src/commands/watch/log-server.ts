import { setTimeout as sleep } from 'node:timers/promises';
import {
  decodeEntryBundle,
  hashBytes,
  LogDataError,
  tilePath,
  tileWidth,
  widthInTree,
  type ReadTiles,
  type Tile,
} from '@artdag/transparency-log';
import { userAgent } from '../../api.ts';
import { CliError } from '../../cli-error.ts';
import { sendPatiently } from '../../send.ts';
import { readAtMost } from './read-at-most.ts';
import { Alarmed } from './alarm.ts';

export type Json = Record<string, unknown>;

/** What the server says about the certificate of a claim. */
export type CertificateAnswer = { kind: 'there'; text: string } | { kind: 'not yet' | 'erased' | 'unknown' };

/** The public routes that a watcher reads, as anybody: nobody can be shown another log because of who asks. */
export interface LogServer {
  /** The newest signed checkpoint; undefined when the server says that there is none. */
  checkpoint(): Promise<string | undefined>;
  /** The log's keys as the server names them, those that were compromised left out. */
  vkeys(): Promise<string[]>;
  /** Hash tiles. @throws Alarmed when one is not served */
  readTiles: ReadTiles;
  /** All entries of a bundle, as far as a tree of that size has them. @throws Alarmed when they are not served */
  entries(index: number, treeSize: number): Promise<Buffer[]>;
  /** A page of an actor's claims, newest first. */
  claimsOf(username: string, offset: number): Promise<unknown[]>;
  certificate(activityId: string): Promise<CertificateAnswer>;
  /** Undefined when it has none. */
  actorDocument(username: string): Promise<Json | undefined>;
}

interface Reply {
  status: number;
  bytes: Buffer;
}

/** How many claims a page has. */
export const pageSize = 100;

const timeoutMs = 30_000;
const smallBytes = 1024 * 1024;
/** 256 entries of at most 64 KiB each. */
const bundleBytes = 17 * 1024 * 1024;
const listBytes = 16 * 1024 * 1024;

export function createLogServer(server: string): LogServer {
  const get = (path: string, accept: string, maxBytes: number): Promise<Reply> => read(server, path, accept, maxBytes);

  const json = async (path: string, maxBytes: number): Promise<Json> => {
    const { status, bytes } = await get(path, 'application/json', maxBytes);
    return parseObject(server + path, status, bytes);
  };

  const tile = async (each: Tile, maxBytes: number): Promise<Buffer> => {
    const path = `/log/tile/${tilePath(each)}`;
    const { status, bytes } = await get(path, 'application/octet-stream', maxBytes);
    if (status === 200) return bytes;
    if (status !== 404) throw unexpected(server + path, status);
    throw new Alarmed('withheld', `The server does not show ${path}, which its own checkpoint covers.`);
  };

  return {
    async checkpoint() {
      const { status, bytes } = await get('/log/checkpoint', 'text/plain', smallBytes);
      if (status !== 200 && status !== 404) throw unexpected(`${server}/log/checkpoint`, status);
      return status === 200 ? bytes.toString() : undefined;
    },
    async vkeys() {
      const listed = (await json('/log/vkeys', smallBytes))['vkeys'];
      const keys = Array.isArray(listed) ? (listed as unknown[]).filter(isObject) : [];
      return keys.flatMap(({ vkey, status }) => (typeof vkey === 'string' && status !== 'compromised' ? [vkey] : []));
    },
    async readTiles(tiles) {
      const read: Buffer[] = [];
      for (const each of tiles) read.push(await tile(each, tileWidth * hashBytes));
      return read;
    },
    async entries(index, treeSize) {
      const width = widthInTree('entries', index, treeSize);
      return entriesIn(await tile({ level: 'entries', index, width }, bundleBytes), index, width);
    },
    async claimsOf(username, offset) {
      const query = `actor=${encodeURIComponent(username)}&limit=${pageSize}&offset=${offset}`;
      const listed = (await json(`/activities?${query}`, listBytes))['activities'];
      return Array.isArray(listed) ? listed : [];
    },
    async certificate(activityId) {
      const path = `/activities/${activityId}/certificate`;
      const { status, bytes } = await get(path, 'application/json', smallBytes);
      if (status === 200) return { kind: 'there', text: bytes.toString() };
      if (status === 410) return { kind: 'erased' };
      if (status !== 404) throw unexpected(server + path, status);
      return { kind: codeOf(bytes) === 'not_in_log_yet' ? 'not yet' : 'unknown' };
    },
    async actorDocument(username) {
      const path = `/users/${encodeURIComponent(username)}`;
      const { status, bytes } = await get(path, 'application/activity+json', smallBytes);
      if (status === 404) return undefined;
      // What is left of an actor that is gone shows its keys too.
      return parseObject(server + path, status === 410 ? 200 : status, bytes);
    },
  };
}

/** @throws Alarmed when it has fewer entries than the log, or more, or is no bundle */
function entriesIn(bundle: Buffer, index: number, count: number): Buffer[] {
  const name = `The server's bundle ${index} of the log's entries`;
  let entries: Buffer[];
  try {
    entries = decodeEntryBundle(bundle);
  } catch (error) {
    if (!(error instanceof LogDataError)) throw error;
    throw new Alarmed('entries_differ', `${name} is none. ${error.message}`);
  }
  if (entries.length === count) return entries;
  throw new Alarmed('entries_differ', `${name} has ${entries.length} of them, and the log ${count}.`);
}

const attempts = 5;
const longestPauseS = 60;

/** Waits when the server has had enough of us for now. @throws CliError when there is no answer, or one that is too long */
async function read(server: string, path: string, accept: string, maxBytes: number): Promise<Reply> {
  const url = new URL(server + path);
  const headers = { accept, 'user-agent': userAgent };
  for (let attempt = 1; ; attempt += 1) {
    const response = await sendPatiently({ method: 'GET', url, headers, isRepeatable: true, timeoutMs });
    const bytes = await readAtMost(response, maxBytes);
    if (response.status !== 429 || attempt === attempts) return { status: response.status, bytes };
    const seconds = Number(response.headers.get('retry-after')) || 1;
    await sleep(1000 * Math.min(Math.max(seconds, 1), longestPauseS));
  }
}

function parseObject(url: string, status: number, bytes: Buffer): Json {
  if (status !== 200) throw unexpected(url, status);
  const value = safeParse(bytes);
  if (isObject(value)) return value;
  throw new CliError(`${url} did not answer in JSON. Is it an Art DAG L2 server?`);
}

function safeParse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function codeOf(bytes: Buffer): unknown {
  const value = safeParse(bytes);
  return isObject(value) ? value['code'] : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

function unexpected(url: string, status: number): CliError {
  return new CliError(`${url} answered ${status}.`);
}
