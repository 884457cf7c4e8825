import { sign as signBytes, type KeyObject } from 'node:crypto';
import { signRequest } from '@artdag/http-signatures';
import { KitError } from '../kit-error.ts';
import type { Settings } from '../options.ts';

export interface L2Answer {
  status: number;
  /** Undefined where it is no JSON object. */
  body: Record<string, unknown> | undefined;
  retryAfter: string | undefined;
}

export interface L2 {
  /** Rejects with KitError 502 `l2_unreachable` when nothing comes back in time. */
  post(l2Server: string, path: string, body: Record<string, unknown>): Promise<L2Answer>;
  get(url: string, accept: string): Promise<L2Answer>;
}

const maxBytes = 256 * 1024;

/** Speaks to L2: no redirects, a limit on time and size, signed where this L1 has a key. */
export function createL2(settings: Pick<Settings, 'fetch' | 'timeoutMs' | 'signing' | 'now'>): L2 {
  const { fetch, timeoutMs, signing, now } = settings;

  async function send(url: string, init: RequestInit): Promise<L2Answer> {
    try {
      const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
      const retryAfter = response.headers.get('retry-after') ?? undefined;
      return { status: response.status, body: asObject(await readText(response)), retryAfter };
    } catch (cause) {
      throw new KitError('l2_unreachable', 502, `${new URL(url).origin} does not answer. Try again in a minute.`, {
        cause,
        headers: { 'retry-after': '60' },
      });
    }
  }

  return {
    async post(l2Server, path, body) {
      const url = `${l2Server}${path}`;
      const text = JSON.stringify(body);
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const signed = signing ? await signedHeaders(url, text, headers, signing) : headers;
      return send(url, { method: 'POST', headers: signed, body: text });
    },
    get: (url, accept) => send(url, { headers: { accept } }),
  };

  async function signedHeaders(
    url: string,
    text: string,
    headers: Record<string, string>,
    by: { key: KeyObject; keyId: string },
  ): Promise<Record<string, string>> {
    const sign = async (bytes: Buffer): Promise<Buffer> => signBytes('sha256', bytes, by.key);
    const body = Buffer.from(text);
    return signRequest({ method: 'POST', url, body, headers, keyId: by.keyId, date: now(), sign });
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Error(`The answer is over ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function asObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
