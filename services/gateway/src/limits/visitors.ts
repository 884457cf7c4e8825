import type { IncomingMessage } from 'node:http';
import type { CidrMatcher } from '@artdag/service-kit';
import { type Client, clientOf } from '../proxy/client-address.ts';
import type { WebCalls } from './web-calls.ts';

export interface Visitor {
  client: Client;
  /** web asks for this visitor. */
  byWeb: boolean;
}

/** Whom a request is counted under. */
export interface Visitors {
  /** The caller's address, or that of the visitor for whom web asks. At once where nobody has to be asked. */
  of(request: IncomingMessage): Visitor | Promise<Visitor>;
}

export function createVisitors(webCalls: WebCalls, trustedProxies: CidrMatcher): Visitors {
  async function claimed(request: IncomingMessage): Promise<Visitor> {
    const byWeb = await webCalls.proven(request);
    return { client: clientOf(request, byWeb ? trusting(request, trustedProxies) : trustedProxies), byWeb };
  }
  return {
    of: (request) =>
      webCalls.claimed(request) ? claimed(request) : { client: clientOf(request, trustedProxies), byWeb: false },
  };
}

/** web has proven that it is web, so what it says of the visitor's address is believed wherever it runs. */
function trusting(request: IncomingMessage, trusted: CidrMatcher): CidrMatcher {
  const own = request.socket.remoteAddress ?? '';
  return { matches: (address) => address === own || trusted.matches(address) };
}
