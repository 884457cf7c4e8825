import { generateKeyPairSync, sign as cryptoSign, type KeyObject } from 'node:crypto';
import { digestHeader } from './body-digest.ts';
import type { KeySource, VerifyRequestOptions } from './types.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const privateKey = pair.privateKey;
export const publicKeyPem = pem(pair.publicKey);
export const keyId = 'https://remote.example/users/alice#main-key';
export const owner = 'https://remote.example/users/alice';

export function pem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

export function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** A request before it is signed, and all that a stranger may get wrong about it. */
export interface Draft {
  method: string;
  target: string;
  body: Buffer;
  now: Date;
  headers: [string, string][];
  /** What goes into the signing string, line by line. */
  covered: string[];
  /** Values for covered names that are no headers. */
  pseudo: Record<string, string>;
  hash: string | null;
  key: KeyObject;
  /** The header's text, once the signature is known. */
  header: (signature: string, covered: string[]) => string;
}

export function writeHeader(parameters: Record<string, string | number>): string {
  return Object.entries(parameters)
    .map(([name, value]) => (typeof value === 'number' ? `${name}=${value}` : `${name}="${value}"`))
    .join(',');
}

/** A good POST of now, with changes. */
export function draft(changes: Partial<Draft> = {}): Draft {
  const now = changes.now ?? new Date();
  const body = changes.body ?? Buffer.from('{"type":"Follow"}');
  return {
    method: 'POST',
    target: '/users/giles/inbox',
    body,
    now,
    headers: [
      ['Host', 'l2.example.com'],
      ['Date', now.toUTCString()],
      ['Digest', digestHeader(body)],
    ],
    covered: ['(request-target)', 'host', 'date', 'digest'],
    pseudo: {},
    hash: 'sha256',
    key: privateKey,
    header: (signature, covered) =>
      writeHeader({ keyId, algorithm: 'rsa-sha256', headers: covered.join(' '), signature }),
    ...changes,
  };
}

export type SignedRequest = Omit<VerifyRequestOptions, 'key'>;

/** Signs a draft by hand, so that a mistake in our own signer cannot hide one in our verifier. */
export function seal(d: Draft): SignedRequest {
  const headers = nodeHeaders(d.headers);
  const lines = d.covered.map((name) => {
    if (name === '(request-target)') return `${name}: ${d.method.toLowerCase()} ${d.target}`;
    return `${name}: ${d.pseudo[name] ?? headers[name] ?? ''}`;
  });
  const signature = cryptoSign(d.hash, Buffer.from(lines.join('\n')), d.key).toString('base64');
  const sent: [string, string][] = [...d.headers, ['Signature', d.header(signature, d.covered)]];
  return {
    method: d.method,
    originalUrl: d.target,
    headers: nodeHeaders(sent),
    rawHeaders: sent.flat(),
    body: d.body,
    now: d.now,
  };
}

/** As node:http does: the first of those that may be there once, the others joined. */
export function nodeHeaders(list: readonly (readonly [string, string])[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of list) {
    const key = name.toLowerCase();
    const first = headers[key];
    if (first === undefined) headers[key] = value;
    else if (!['host', 'date', 'content-type', 'authorization'].includes(key)) headers[key] = `${first}, ${value}`;
  }
  return headers;
}

/** The key of the tests, and how it was asked for. */
export function keySource(publicKeyPems: readonly string[] = [publicKeyPem]): { key: KeySource; asked: boolean[] } {
  const asked: boolean[] = [];
  const key: KeySource = async (_keyId, { fresh }) => {
    asked.push(fresh);
    return { publicKeyPem: publicKeyPems[Math.min(asked.length, publicKeyPems.length) - 1] ?? '', owner };
  };
  return { key, asked };
}
