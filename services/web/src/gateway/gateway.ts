import { ASSERTION_HEADER, type AssertionSigner } from '@artdag/actor-context';
import type { Visit } from './visit.ts';

export interface GatewayCall {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Absolute path, with its query. */
  path: string;
  /** Without its cookie where the answer is the same for everybody. */
  visit: Visit;
  /** Sent as JSON. */
  body?: unknown;
  /** For the API to tell a call from its repetition (`Idempotency-Key`). */
  idempotencyKey?: string;
}

export interface GatewayAnswer {
  status: number;
  /** Parsed JSON; undefined when it was none. */
  body: unknown;
  /** To hand through, one per cookie. */
  setCookies: string[];
  retryAfter: string | undefined;
}

/** Calls the public API for a visitor. Rejects when the gateway does not answer in time. */
export type Gateway = (call: GatewayCall) => Promise<GatewayAnswer>;

export interface GatewayOptions {
  gatewayUrl: string;
  /** For reading, from connecting to the last byte. */
  timeoutMs: number;
  /** For what writes: a logout may wait 5 s for the revocation to be in force (tenancy-tokens-ops.md §3). */
  writeTimeoutMs: number;
  /** Says that a call is ours: the page was counted already, and the address that we name is the visitor's (credentials.md §6). */
  signer: Pick<AssertionSigner, 'registered' | 'forService'>;
}

export function createGateway(o: GatewayOptions): Gateway {
  return async ({ method = 'GET', path, visit, body, idempotencyKey }) => {
    const response = await fetch(`${o.gatewayUrl}${path}`, {
      method,
      headers: {
        ...headersOf(method, visit, body !== undefined),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        ...(await ownName(o.signer)),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(method === 'GET' ? o.timeoutMs : o.writeTimeoutMs),
      redirect: 'manual',
    });
    const text = await response.text();
    return {
      status: response.status,
      body: parse(text),
      setCookies: response.headers.getSetCookie(),
      retryAfter: response.headers.get('retry-after') ?? undefined,
    };
  };
}

function headersOf(method: string, visit: Visit, hasBody: boolean): Record<string, string> {
  const optional = {
    'x-forwarded-for': visit.address,
    'user-agent': visit.userAgent,
    origin: visit.origin,
    cookie: visit.cookie,
    'content-type': hasBody ? 'application/json' : undefined,
    // Our own check is behind us, and a page that is only looked at (GET /logout) has no Origin to pass on.
    'sec-fetch-site': method === 'GET' ? undefined : 'same-origin',
  };
  const sent = Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { accept: 'application/json', 'x-request-id': visit.requestId, ...Object.fromEntries(sent) };
}

/** Without auth nobody could verify it; the call is then counted like anybody's, instead of waiting. */
async function ownName(signer: GatewayOptions['signer']): Promise<Record<string, string>> {
  return signer.registered ? { [ASSERTION_HEADER]: await signer.forService('gateway') } : {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
