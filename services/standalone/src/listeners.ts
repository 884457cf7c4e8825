import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { openServer } from '@artdag/service-kit';

function answerStarting(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
  response.end(JSON.stringify({ detail: 'The suite is starting. Try again in a second.', code: 'starting' }));
}

/**
 * Listens before its service exists, so that every service can be told every other's address. Until the service attaches itself, requests
 * get 503 `starting`.
 *
 * @throws ConfigError, one line, when the address cannot be had
 */
export async function listenEarly(host: string, port: number): Promise<Server> {
  const server = await openServer({ host, port });
  return server.on('request', answerStarting);
}

export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server does not listen');
  return address.port;
}
