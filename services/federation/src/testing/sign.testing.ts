import { createHash, sign, type KeyObject } from 'node:crypto';

export interface Signing {
  keyId: string;
  privateKey: KeyObject;
  method?: string;
  url: string;
  body: Buffer;
  date?: Date;
  /** What the signature covers. */
  covered?: string[];
  /** Replaces or adds headers before signing. */
  headers?: Record<string, string>;
}

export const digestOf = (body: Buffer): string => `SHA-256=${createHash('sha256').update(body).digest('base64')}`;

/** Signs by draft-cavage, by hand, so that a mistake of our own signer cannot hide one of our verifier. */
export function signByHand(s: Signing): Record<string, string> {
  const { host, pathname, search } = new URL(s.url);
  const headers: Record<string, string> = {
    host,
    date: (s.date ?? new Date()).toUTCString(),
    digest: digestOf(s.body),
    'content-type': 'application/activity+json',
    ...s.headers,
  };
  const covered = s.covered ?? ['(request-target)', 'host', 'date', 'digest'];
  const target = `${(s.method ?? 'POST').toLowerCase()} ${pathname}${search}`;
  const text = covered.map((name) => `${name}: ${name === '(request-target)' ? target : headers[name]}`).join('\n');
  const signature = sign('sha256', Buffer.from(text), s.privateKey).toString('base64');
  headers['signature'] =
    `keyId="${s.keyId}",algorithm="rsa-sha256",headers="${covered.join(' ')}",signature="${signature}"`;
  return headers;
}
