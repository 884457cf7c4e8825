import { createHash, sign, type KeyObject } from 'node:crypto';

export interface Signing {
  /** draft-cavage by default. */
  scheme?: 'draft-cavage' | 'rfc9421';
  keyId: string;
  privateKey: KeyObject;
  method?: string;
  url: string;
  body: Buffer;
  date?: Date;
  /** What the signature covers; by RFC 9421 without quotes. */
  covered?: string[];
  /** By RFC 9421: in place of `;created=…;keyid="…"`. */
  parameters?: string;
  /** Replaces or adds headers before signing. */
  headers?: Record<string, string>;
}

export const digestOf = (body: Buffer): string => `SHA-256=${createHash('sha256').update(body).digest('base64')}`;

const contentDigestOf = (body: Buffer): string => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

/** Signs by hand, in either scheme. */
export function signByHand(s: Signing): Record<string, string> {
  return s.scheme === 'rfc9421' ? signByRfc9421(s) : signByDraftCavage(s);
}

/** By an RSA key with SHA-256, or an Ed25519 key. */
const signBytes = (text: string, key: KeyObject): string =>
  sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', Buffer.from(text), key).toString('base64');

function signByRfc9421(s: Signing): Record<string, string> {
  const { host, origin, pathname, search } = new URL(s.url);
  const headers: Record<string, string> = {
    host,
    'content-digest': contentDigestOf(s.body),
    'content-type': 'application/activity+json',
    ...s.headers,
  };
  const { method = 'POST', date = new Date() } = s;
  const covered = s.covered ?? [
    '@method',
    '@target-uri',
    ...(method === 'GET' || method === 'HEAD' ? [] : ['content-digest']),
  ];
  const created = Math.floor(date.getTime() / 1000);
  const names = covered.map((name) => `"${name}"`).join(' ');
  const input = `(${names})${s.parameters ?? `;created=${created};keyid="${s.keyId}"`}`;
  const derived: Record<string, string> = { '@method': method, '@target-uri': `${origin}${pathname}${search}` };
  const lines = covered.map((name) => `"${name}": ${derived[name] ?? headers[name]}`);
  const base = [...lines, `"@signature-params": ${input}`].join('\n');
  headers['signature-input'] = `sig1=${input}`;
  headers['signature'] = `sig1=:${signBytes(base, s.privateKey)}:`;
  return headers;
}

/** Signs by draft-cavage, by hand, so that a mistake of our own signer cannot hide one of our verifier. */
function signByDraftCavage(s: Signing): Record<string, string> {
  const { host, pathname, search } = new URL(s.url);
  const headers: Record<string, string> = {
    host,
    date: (s.date ?? new Date()).toUTCString(),
    digest: digestOf(s.body),
    'content-type': 'application/activity+json',
    ...s.headers,
  };
  const { method = 'POST' } = s;
  const covered = s.covered ?? [
    '(request-target)',
    'host',
    'date',
    ...(method === 'GET' || method === 'HEAD' ? [] : ['digest']),
  ];
  const target = `${method.toLowerCase()} ${pathname}${search}`;
  const text = covered.map((name) => `${name}: ${name === '(request-target)' ? target : headers[name]}`).join('\n');
  const signature = signBytes(text, s.privateKey);
  headers['signature'] =
    `keyId="${s.keyId}",algorithm="rsa-sha256",headers="${covered.join(' ')}",signature="${signature}"`;
  return headers;
}
