import { Agent } from 'undici';
import { createConnector } from './dial.ts';
import { exchange } from './exchange.ts';
import { toSafeFetchError } from './failure.ts';
import { createAddressPolicy, type AddressPolicy } from './policy.ts';
import { acceptEncoding } from './read-body.ts';
import { isRedirect, nextHop, type Hop } from './redirect.ts';
import { createSystemLookup } from './resolve.ts';
import { SafeFetchError } from './safe-fetch-error.ts';
import { createSocketGate, type SocketGate } from './socket-gate.ts';
import type { SafeFetchClient, SafeFetchInit, SafeFetchOptions, SafeFetchResponse } from './types.ts';
import { describeUrl, vetUrl } from './vet-url.ts';

interface Client {
  policy: AddressPolicy;
  gate: SocketGate;
  userAgent: string;
  agentFor(connectTimeoutMs: number): Agent;
}

/** Set by the HTTP layer from the URL and the body; a caller's own would contradict them or change the framing. */
const managedHeaders = /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|expect|te|trailer)$/;

/**
 * Makes a client for URLs that strangers chose. Addresses are vetted at the moment of dialling, on every hop, and the vetted address is the
 * one that is dialled. A kept-alive connection is used again for its own origin only: its address was vetted when it was opened.
 * Throws TypeError when an entry of `allowedPrivateCidrs` is no CIDR.
 */
export function createSafeFetch(o: SafeFetchOptions): SafeFetchClient {
  const policy = createAddressPolicy(o.allowedPrivateCidrs);
  const gate = createSocketGate(o.maxSockets ?? 512);
  const lookup = o.lookup ?? createSystemLookup();
  // undici knows connection time-outs per agent, not per request. Callers use a few fixed values.
  const agents = new Map<number, Agent>();
  let closed = false;
  const agentFor = (connectTimeoutMs: number): Agent => {
    if (closed) throw new SafeFetchError('unreachable', 'This client is closed.');
    const known = agents.get(connectTimeoutMs);
    if (known !== undefined) return known;
    const connect = createConnector({ policy, lookup, gate, connectTimeoutMs, ca: o.ca });
    const agent = createAgent(connect, o.maxSocketsPerOrigin ?? 8);
    agents.set(connectTimeoutMs, agent);
    return agent;
  };
  const client = { policy, gate, userAgent: o.userAgent, agentFor };
  const close = async () => {
    closed = true;
    await Promise.all([...agents.values()].map((agent) => agent.destroy()));
  };
  return Object.assign((url: string, init: SafeFetchInit = {}) => fetchWithin(client, url, init), { close });
}

function createAgent(connect: ReturnType<typeof createConnector>, connections: number): Agent {
  return new Agent({
    connect,
    connections,
    pipelining: 1,
    allowH2: false,
    // A server's hint must not keep our sockets for longer than this.
    keepAliveTimeout: 4000,
    keepAliveMaxTimeout: 4000,
    // The whole exchange has a timer of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

async function fetchWithin(client: Client, text: string, init: SafeFetchInit): Promise<SafeFetchResponse> {
  const first: Hop = {
    url: vetUrl(text, client.policy),
    method: vetMethod(init.method ?? 'GET'),
    headers: requestHeaders(client, init),
    body: init.body,
  };
  const timeoutMs = init.timeoutMs ?? 10_000;
  const controller = new AbortController();
  const message = `${describeUrl(first.url)} did not answer in full within ${timeoutMs} ms.`;
  const timer = setTimeout(() => controller.abort(new SafeFetchError('timeout', message)), timeoutMs);
  try {
    return await follow(client, first, init, controller.signal);
  } catch (error) {
    throw toSafeFetchError(error, first.url, controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

async function follow(
  client: Client,
  first: Hop,
  init: SafeFetchInit,
  signal: AbortSignal,
): Promise<SafeFetchResponse> {
  const maxRedirects = init.maxRedirects ?? 0;
  const dispatcher = client.agentFor(init.connectTimeoutMs ?? 2000);
  const { maxBytes = 1024 * 1024, contentTypes, discardBody = false } = init;
  const limits = { dispatcher, signal, maxBytes, contentTypes, discardBody };
  let hop = first;
  for (let redirects = 0; ; redirects += 1) {
    const response = await exchange(hop, { ...limits, closeAfter: client.gate.busy });
    if (!isRedirect(response.status)) return response;
    if (redirects >= maxRedirects) {
      const limit = maxRedirects === 0 ? 'redirects are not followed here' : `${maxRedirects} redirects are the limit`;
      throw new SafeFetchError(
        'redirect_refused',
        `${describeUrl(hop.url)} answered ${response.status}, and ${limit}.`,
      );
    }
    const next = nextHop(hop, response.status, response.headers['location']);
    hop = { ...next, url: vetUrl(next.url.href, client.policy) };
  }
}

/** CONNECT and TRACE would mean something else than a request and its answer. */
function vetMethod(method: string): string {
  const upper = method.toUpperCase();
  if (/^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(upper)) return upper;
  throw new SafeFetchError(
    'url_refused',
    `Refused the method ${method.slice(0, 20)}: use GET, POST or another common one.`,
  );
}

function requestHeaders(client: Client, init: SafeFetchInit): Record<string, string> {
  const own = Object.entries(init.headers ?? {}).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  return {
    'user-agent': client.userAgent,
    'accept-encoding': acceptEncoding,
    ...(init.accept === undefined ? {} : { accept: init.accept }),
    ...Object.fromEntries(own.filter(([name]) => !managedHeaders.test(name))),
  };
}
