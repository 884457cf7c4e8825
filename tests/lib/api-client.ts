import { createHash, randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import { insist } from './patience.ts';

/**
 * A connection pool of the test's own, so that a killed server never leaves a dead connection to somebody else. The second limit is for
 * servers that say for how long they keep one.
 */
const agent = new Agent({ connections: 64, keepAliveTimeout: 2000, keepAliveMaxTimeout: 2000 });

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Empty when the answer is no JSON. */
  body: Record<string, unknown>;
}

export interface Call {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A JSON call of the public API, which is repeated while a part of the suite does not answer in time (503). */
export function call(url: string, path: string, o: Call = {}): Promise<Answer> {
  return insist(() => callOnce(url, path, o));
}

/** One JSON call of the public API. */
export async function callOnce(url: string, path: string, o: Call = {}): Promise<Answer> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...(o.token === undefined ? {} : { authorization: `Bearer ${o.token}` }),
    ...(o.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...o.headers,
  };
  const method = o.method ?? (o.body === undefined ? 'GET' : 'POST');
  const response = await request(`${url}${path}`, {
    dispatcher: agent,
    method,
    headers,
    body: o.body === undefined ? null : JSON.stringify(o.body),
  });
  const text = await response.body.text();
  const isJson = /json/.test(String(response.headers['content-type']));
  return {
    status: response.statusCode,
    headers: response.headers,
    body: isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

export interface Account {
  username: string;
  token: string;
  /** The session of the same login, as a browser sends it. */
  cookie: string;
}

const password = 'correct horse battery staple';

/** Registers an account and logs in with its password. */
export async function newAccount(url: string, username = `u${randomUUID().slice(0, 8)}`): Promise<Account> {
  const registered = await call(url, '/auth/register', { body: { username, password } });
  if (registered.status !== 201)
    throw new Error(`registering answered ${registered.status}: ${JSON.stringify(registered.body)}`);
  return logIn(url, username);
}

/** Logs in with the password of new accounts. */
export async function logIn(url: string, username: string): Promise<Account> {
  const { status, headers, body } = await call(url, '/auth/login', { body: { username, password } });
  if (status !== 200) throw new Error(`logging in answered ${status}: ${JSON.stringify(body)}`);
  const lines = [headers['set-cookie'] ?? []].flat();
  const cookie = lines.map((line) => line.split(';', 1)[0]).join('; ');
  return { username, token: String(body['access_token']), cookie };
}

/** A content hash that nobody has claimed. */
export const newContentHash = (): string => createHash('sha3-256').update(randomUUID()).digest('hex');

export function registerAsset(
  url: string,
  token: string,
  name: string,
  contentHash = newContentHash(),
  by: typeof call = call,
): Promise<Answer> {
  return by(url, '/assets', {
    token,
    body: { name, content_hash: contentHash, asset_type: 'image', tags: ['test'] },
    headers: { 'idempotency-key': name },
  });
}
