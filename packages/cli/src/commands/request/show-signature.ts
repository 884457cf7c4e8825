import { bodyDigest, emptyBodyDigest, normaliseHost, signedText } from '@artdag/msign';
import { signAs, type Signer } from '../../credential.ts';

/** The header with which a request is signed at a time, and the text that is signed. */
export function showSignature(
  signer: Signer,
  request: { method: string; url: URL; body?: Buffer | undefined },
  now: Date,
): string {
  const { method, url, body } = request;
  const text = signedText({
    method,
    host: normaliseHost(url.host, url.protocol === 'https:' ? 'https' : 'http'),
    target: url.pathname + url.search,
    ts: Math.floor(now.getTime() / 1000),
    bodySha256: body === undefined ? emptyBodyDigest : bodyDigest(body),
  });
  return `Authorization: ${signAs(signer, request, now)}\n\n${text}`;
}
