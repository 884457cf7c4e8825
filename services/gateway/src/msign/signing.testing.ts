import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { bodyDigest, formatCredentials, signedText } from '@artdag/msign';
import type { Harness } from '../harness.testing.ts';
import { type RawAnswer, sendRaw } from '../raw-http.testing.ts';

export interface RequestToSend {
  method?: string;
  target?: string;
  body?: string | Buffer;
  host?: string;
  /** Unix seconds; now, by default. */
  ts?: number;
  alg?: boolean;
  /** Further header lines. */
  lines?: readonly string[];
}

/** Somebody with a key. */
export interface TestSigner {
  handle: string;
  /** The value of `Authorization` for a request. */
  authorization(request: RequestToSend): string;
  /** Signs and sends; `changes` are made after signing. */
  send(request?: RequestToSend, changes?: RequestToSend): Promise<RawAnswer>;
}

/** Makes a key pair that the gateway's identity knows under this handle. */
export function makeTestSigner(gateway: Harness, handle = 'alice'): TestSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  gateway.identity.keys.set(handle, publicKey);
  const authorization = (request: RequestToSend): string => authorizationOf(handle, privateKey, request);
  return {
    handle,
    authorization,
    send: (request = {}, changes = {}) =>
      sendRaw(gateway.port, messageOf({ ...request, ...changes }, authorization(request))),
  };
}

export function authorizationOf(handle: string, privateKey: KeyObject, request: RequestToSend): string {
  const { method = 'GET', target = '/assets', body = '', host = 'l2.example', alg } = request;
  const ts = request.ts ?? Math.floor(Date.now() / 1000);
  const text = signedText({ method, host, target, ts, bodySha256: bodyDigest(body) });
  const signature = sign(null, Buffer.from(text), privateKey);
  return formatCredentials({ handle, ts, signature, ...(alg === undefined ? {} : { alg }) });
}

/** The bytes of a request. */
export function messageOf(request: RequestToSend, authorization: string): Buffer {
  const { method = 'GET', target = '/assets', body, host = 'l2.example', lines = [] } = request;
  const head = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, `Authorization: ${authorization}`, ...lines];
  const bytes = Buffer.from(body ?? '');
  if (body !== undefined) head.push(`Content-Length: ${bytes.length}`);
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

export function codeOf({ body }: RawAnswer): unknown {
  return (JSON.parse(body) as { code: unknown }).code;
}
