import type { IncomingMessage } from 'node:http';
import { AppError } from '@artdag/service-kit';
import type { Client } from './client-address.ts';
import { headerRule } from './header-rules.ts';

export interface Forwarded {
  requestId: string;
  client: Client;
  /** The assertion for the owner of the route; undefined for anonymous callers. */
  assertion: string | undefined;
  /** Which raw credentials the owner gets. */
  credentials: 'all' | 'cookie' | 'none';
}

/**
 * The raw headers for the service: names, values, order and duplicates as they came, less what ends here, plus what
 * the gateway says about the request.
 *
 * @returns name, value, name, value, …
 * @throws AppError 400 `invalid_host` unless there is exactly one Host: signatures cover it, and two are two answers
 */
export function requestHeaders(request: IncomingMessage, forwarded: Forwarded): string[] {
  const { rawHeaders } = request;
  const named = connectionOptions(request.headers.connection);
  const headers: string[] = [];
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const rule = headerRule(name);
    if (rule === 'drop' || (rule === 'credential' && !passes(name, forwarded.credentials))) continue;
    if (named?.has(name.toLowerCase())) continue;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
    headers.push(name, rawHeaders[at + 1] ?? '');
  }
  if (hosts !== 1) throw new AppError('invalid_host', 400, 'The request must have exactly one Host header.');
  headers.push('X-Request-Id', forwarded.requestId);
  headers.push('X-Forwarded-For', forwarded.client.address, 'X-Forwarded-Proto', forwarded.client.protocol);
  if (forwarded.assertion !== undefined) headers.push('X-Actor-Assertion', forwarded.assertion);
  return headers;
}

function passes(name: string, credentials: Forwarded['credentials']): boolean {
  return credentials === 'all' || (credentials === 'cookie' && name.toLowerCase() === 'cookie');
}

/** Headers that every request needs end to end; naming them in `Connection` takes none of them away. */
const endToEnd = new Set(['host', 'content-length', 'content-type', 'digest', 'date', 'signature']);

/** The headers that the client declares to be about this connection only. Undefined in the usual case. */
function connectionOptions(connection: string | undefined): Set<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  const names = connection.split(',').map((name) => name.trim().toLowerCase());
  return new Set(names.filter((name) => !endToEnd.has(name)));
}
