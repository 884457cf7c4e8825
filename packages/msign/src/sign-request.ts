import { sign, type KeyObject } from 'node:crypto';
import { bodyDigest, emptyBodyDigest } from './body-digest.ts';
import { formatCredentials } from './format.ts';
import { legacyText, normaliseHost, signedText } from './signed-text.ts';

export interface RequestToSign {
  method: string;
  /** Where the request goes; its host and port are signed, its path and query as this object writes them. */
  url: URL;
  body?: Buffer | string | undefined;
}

/** The text that is signed of a request at a time. @param o.legacy the original's text, which binds no host */
export function textOf({ method, url, body }: RequestToSign, o: { now: Date; legacy?: boolean | undefined }): string {
  const request = {
    method,
    host: normaliseHost(url.host, url.protocol === 'https:' ? 'https' : 'http'),
    target: url.pathname + url.search,
    ts: Math.floor(o.now.getTime() / 1000),
    bodySha256: body === undefined ? emptyBodyDigest : bodyDigest(body),
  };
  return o.legacy === true ? legacyText(request) : signedText(request);
}

/** The `Authorization` header with which a client signs a request by its own Ed25519 key. */
export function signRequest(
  request: RequestToSign,
  by: {
    handle: string;
    privateKey: KeyObject;
    now: Date;
    kid?: string;
    alg?: boolean;
    legacy?: boolean | undefined;
  },
): string {
  const ts = Math.floor(by.now.getTime() / 1000);
  const signature = sign(null, Buffer.from(textOf(request, by)), by.privateKey);
  const { handle, kid, alg } = by;
  return formatCredentials({
    handle,
    ts,
    signature,
    ...(kid === undefined ? {} : { kid }),
    ...(alg === undefined ? {} : { alg }),
  });
}
