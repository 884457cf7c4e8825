import type { AssertionSigner } from '@artdag/actor-context';
import { Pool } from 'undici';

export interface ServiceAnswer {
  status: number;
  body: unknown;
}

export interface ServiceClient {
  /** Rejects when the service does not answer within `timeoutMs`. */
  request(method: 'GET' | 'POST', path: string, o: { body?: string; timeoutMs: number }): Promise<ServiceAnswer>;
  close(): Promise<void>;
}

export interface ServiceClientOptions {
  /** Which one it is, as assertions name it. */
  service: string;
  url: string;
  signer: AssertionSigner;
  /** Open at once; null for as many as there are calls. */
  connections: number | null;
}

/** Calls to another service over kept connections, each with this service's own assertion. */
export function createServiceClient({ service, url, signer, connections }: ServiceClientOptions): ServiceClient {
  const { origin, pathname } = new URL(url);
  const prefix = pathname.replace(/\/$/, '');
  const pool = new Pool(origin, { connections, pipelining: 1, connect: { timeout: 1_000 } });
  return {
    async request(method, path, { body, timeoutMs }) {
      const signal = AbortSignal.timeout(timeoutMs);
      const token = signer.forService(service);
      const assertion = signer.registered ? await token : await beforeAbort(token, signal);
      const headers = { 'x-actor-assertion': assertion, ...(body && { 'content-type': 'application/json' }) };
      const answer = await pool.request({
        method,
        path: prefix + path,
        headers,
        body: body ?? null,
        signal,
      });
      const text = await answer.body.text();
      return { status: answer.statusCode, body: text === '' ? null : (JSON.parse(text) as unknown) };
    },
    close: () => pool.close(),
  };
}

/** While auth does not know our key yet, the signer waits for longer than a request can. */
async function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('auth does not know this service yet')), { once: true });
  });
  return await Promise.race([work, aborted]);
}
