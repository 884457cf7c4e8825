import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../credentials/carrier.ts';
import type { Client } from '../proxy/client-address.ts';
import type { Route, Upstream } from '../route-table.ts';

/** One request on its way through the gateway. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  /** `performance.now()` when it came. */
  startedAt: number;
  route: Route;
  /** Who answers: the route's owner, or web where a browser gets the page. */
  owner: Upstream;
  /** Added to the answer's `Vary`. */
  vary: string | undefined;
  /** Of this route. */
  maxBodyBytes: number;
  /** Where the request comes from; for web's own calls, the visitor. */
  client: Client;
  /** Undefined for anonymous callers. */
  caller: Caller | undefined;
  /** `Set-Cookie` values for the answer, where it does not set those cookies itself. */
  clearCookies: readonly string[];
}
