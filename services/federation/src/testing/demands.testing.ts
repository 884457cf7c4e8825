import type { IncomingMessage } from 'node:http';
import { signatureKeyIds, verifyRequest, type SignatureScheme } from '@artdag/http-signatures';
import { send } from './http-client.testing.ts';

/** What a server wants of the signatures of what it gets. */
export interface Demands {
  /** The only scheme that it reads; either by default. */
  scheme?: SignatureScheme;
  /** Whether who fetches has to sign, too. */
  ofFetches?: boolean;
  /** What its refusal is; 401 by default. */
  status?: number;
  acceptSignature?: string;
  /** Where its refusal leads, if that is a redirect. */
  location?: string;
  /** Has to stand in `Signature-Input`. */
  input?: string;
}

interface Refusal {
  status: number;
  headers: Record<string, string>;
}

/** Verifies a request as the server with these demands does, which looks the key up in the signer's document, without a signature of its own. */
export async function findFault(
  demands: Demands | undefined,
  req: IncomingMessage,
  body: Buffer,
): Promise<Refusal | undefined> {
  if (demands === undefined || (req.method === 'GET' && demands.ofFetches !== true)) return undefined;
  const { status = 401, acceptSignature, location } = demands;
  const headers = { ...(acceptSignature && { 'accept-signature': acceptSignature }), ...(location && { location }) };
  return (await isMet(demands, req, body)) ? undefined : { status, headers };
}

/** By the header that only one of them has. */
export function schemeOf(headers: IncomingMessage['headers']): SignatureScheme {
  return headers['signature-input'] === undefined ? 'draft-cavage' : 'rfc9421';
}

/** Those of a request's signatures, if it has any. */
export function keyIdsOf(req: IncomingMessage): string[] {
  return req.headers['signature'] === undefined ? [] : signatureKeyIds(req);
}

async function isMet({ scheme, input }: Demands, req: IncomingMessage, body: Buffer): Promise<boolean> {
  const { method = '', url: originalUrl = '', headers, rawHeaders } = req;
  if (scheme !== undefined && schemeOf(headers) !== scheme) return false;
  if (input !== undefined && headers['signature-input']?.includes(input) !== true) return false;
  const request = { method, originalUrl, headers, rawHeaders, body, now: new Date(), scheme: 'http' as const };
  try {
    await verifyRequest({ ...request, key: publishedKey });
    return true;
  } catch {
    return false;
  }
}

async function publishedKey(keyId: string) {
  const [url = ''] = keyId.split('#', 1);
  const { publicKey } = (await send(url)).json() as { publicKey: { id: string; owner: string; publicKeyPem: string } };
  if (publicKey.id !== keyId) throw new Error(`${url} does not show ${keyId}`);
  return publicKey;
}
