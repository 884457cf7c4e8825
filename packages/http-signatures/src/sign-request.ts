import { digestHeader } from './body-digest.ts';
import { signByDraftCavage } from './draft-cavage/sign.ts';
import { contentDigestHeader } from './rfc9421/content-digest.ts';
import { signByRfc9421 } from './rfc9421/sign.ts';
import type { SignRequestOptions } from './types.ts';

const replaced = new Set(['host', 'date', 'x-date', 'digest', 'content-digest', 'signature', 'signature-input']);

/**
 * Signs a request with an RSA key, by draft-cavage or RFC 9421. Returns the headers to send, lower-case: the given ones and `host`, `date`, the scheme's
 * own, and the digest of the body unless it is a GET or HEAD without one. Throws TypeError for a keyId or URL that cannot be
 * written into a header, and SignatureError for a content type that cannot be signed.
 */
export async function signRequest(o: SignRequestOptions): Promise<Record<string, string>> {
  if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(o.keyId))
    throw new TypeError('keyId must be a URL without quotes or spaces.');
  const url = new URL(o.url);
  const byRfc = o.scheme === 'rfc9421';
  const headers = headersToSign(o, url, byRfc);
  const { method, keyId, date, wanted, sign } = o;
  if (byRfc) return { ...headers, ...(await signByRfc9421({ method, url, headers, keyId, date, wanted, sign })) };
  return { ...headers, signature: await signByDraftCavage({ method, url, headers, keyId, sign }) };
}

function headersToSign(o: SignRequestOptions, url: URL, byRfc: boolean): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(o.headers ?? {})) {
    if (!replaced.has(name.toLowerCase())) headers[name.toLowerCase()] = value;
  }
  headers['host'] = url.host;
  headers['date'] = o.date.toUTCString();
  if (o.body === undefined && /^(get|head)$/i.test(o.method)) return headers;
  const body = o.body ?? Buffer.alloc(0);
  if (byRfc) headers['content-digest'] = contentDigestHeader(body);
  else headers['digest'] = digestHeader(body);
  return headers;
}
