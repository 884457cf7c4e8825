import { sign, type KeyObject } from 'node:crypto';
import { bodyDigest, emptyBodyDigest } from './body-digest.ts';
import { formatCredentials } from './format.ts';
import { normaliseHost, signedText } from './signed-text.ts';

export interface RequestToSign {
  method: string;
  /** Where the request goes; its host and port are signed, its path and query as this object writes them. */
  url: URL;
  body?: Buffer | string | undefined;
}

/** The `Authorization` header with which a client signs a request by its own Ed25519 key. */
export function signRequest(
  { method, url, body }: RequestToSign,
  by: { handle: string; privateKey: KeyObject; now: Date; kid?: string; alg?: boolean },
): string {
  const ts = Math.floor(by.now.getTime() / 1000);
  const text = signedText({
    method,
    host: normaliseHost(url.host, url.protocol === 'https:' ? 'https' : 'http'),
    target: url.pathname + url.search,
    ts,
    bodySha256: body === undefined ? emptyBodyDigest : bodyDigest(body),
  });
  const signature = sign(null, Buffer.from(text), by.privateKey);
  const { handle, kid, alg } = by;
  return formatCredentials({
    handle,
    ts,
    signature,
    ...(kid === undefined ? {} : { kid }),
    ...(alg === undefined ? {} : { alg }),
  });
}
