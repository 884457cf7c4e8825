import { digestHeader } from './body-digest.ts';
import { composeSigningString } from './draft-cavage/signing-string.ts';
import type { SignRequestOptions } from './types.ts';

const replaced = new Set(['host', 'date', 'x-date', 'digest', 'signature']);

/**
 * Signs a request by draft-cavage, rsa-sha256. Returns the headers to send, lower-case: the given ones and `host`, `date`, `signature`,
 * and `digest` unless it is a GET or HEAD without a body. Throws TypeError for a keyId or URL that cannot be
 * written into a header, and SignatureError for a content type that cannot be signed.
 */
export async function signRequest(o: SignRequestOptions): Promise<Record<string, string>> {
  if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(o.keyId))
    throw new TypeError('keyId must be a URL without quotes or spaces.');
  const url = new URL(o.url);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(o.headers ?? {})) {
    if (!replaced.has(name.toLowerCase())) headers[name.toLowerCase()] = value;
  }
  headers['host'] = url.host;
  headers['date'] = o.date.toUTCString();
  const covered = ['(request-target)', 'host', 'date'];
  if (o.body !== undefined || !isBodiless(o.method)) {
    headers['digest'] = digestHeader(o.body ?? Buffer.alloc(0));
    covered.push('digest');
  }
  if (headers['content-type'] !== undefined) covered.push('content-type');

  const target = { method: o.method, originalUrl: `${url.pathname}${url.search}` };
  const signingString = composeSigningString(covered, target, (name) => headers[name]?.trim() ?? '');
  const signature = (await o.sign(Buffer.from(signingString, 'ascii'))).toString('base64');
  const parameters = { keyId: o.keyId, algorithm: 'rsa-sha256', headers: covered.join(' '), signature };
  headers['signature'] = Object.entries(parameters)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');
  return headers;
}

function isBodiless(method: string): boolean {
  return /^(get|head)$/i.test(method);
}
