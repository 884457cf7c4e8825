import { sign as cryptoSign, type KeyObject } from 'node:crypto';
import { keyId, nodeHeaders, privateKey, seconds, type SignedRequest } from '../signatures.testing.ts';
import { contentDigestHeader } from './content-digest.ts';

/** A request before it is signed, and all that a stranger may get wrong about it. */
export interface Draft {
  method: string;
  target: string;
  body: Buffer;
  now: Date;
  headers: [string, string][];
  /** Identifiers as they stand in `Signature-Input`, quotes and parameters included. */
  covered: string[];
  /** Values for identifiers that are neither headers nor the derived ones below. */
  values: Record<string, string>;
  /** What follows the list of components. */
  parameters: string;
  key: KeyObject;
  hash: string | null;
  /** The two headers' texts, once the signature is known. */
  write: (input: string, signature: string) => [string, string][];
}

export const fullTarget = ['"@method"', '"@target-uri"', '"content-digest"'];

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
      ['Content-Digest', contentDigestHeader(body)],
    ],
    covered: fullTarget,
    values: {},
    parameters: `;created=${seconds(now)};keyid="${keyId}"`,
    key: privateKey,
    hash: 'sha256',
    write: (input, signature) => [
      ['Signature-Input', `sig1=${input}`],
      ['Signature', `sig1=:${signature}:`],
    ],
    ...changes,
  };
}

/** Signs a draft by hand, so that a mistake in our own signer cannot hide one in our verifier. */
export function seal(d: Draft): SignedRequest {
  const headers = nodeHeaders(d.headers);
  const host = (headers['host'] ?? '').toLowerCase();
  const [path = '', ...query] = d.target.split('?');
  const derived: Record<string, string> = {
    '"@method"': d.method,
    '"@target-uri"': `https://${host}${d.target}`,
    '"@authority"': host,
    '"@path"': path,
    '"@query"': `?${query.join('?')}`,
    '"@scheme"': 'https',
    '"@request-target"': d.target,
  };
  const input = `(${d.covered.join(' ')})${d.parameters}`;
  const lines = d.covered.map((name) => {
    const value = d.values[name] ?? derived[name] ?? headers[name.split('"')[1] ?? ''] ?? '';
    return `${name}: ${value}`;
  });
  const base = [...lines, `"@signature-params": ${input}`].join('\n');
  const signature = cryptoSign(d.hash, Buffer.from(base), d.key).toString('base64');
  const sent = [...d.headers, ...d.write(input, signature)];
  return {
    method: d.method,
    originalUrl: d.target,
    headers: nodeHeaders(sent),
    rawHeaders: sent.flat(),
    body: d.body,
    now: d.now,
  };
}
