import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { StartupError } from './startup-error.ts';

function answerStarting(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
  response.end(JSON.stringify({ detail: 'The suite is starting. Try again in a second.', code: 'starting' }));
}

/** What the system says about a listen that failed, as one line that names the variable to change. */
function clearReason(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') return new StartupError(`port ${port} on ${host} is in use. Stop what uses it, or set PORT to another one.`);
  if (error.code === 'EACCES') return new StartupError(`this user may not listen on port ${port}. Set PORT to one above 1023.`);
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') return new StartupError(`this machine has no address ${host}. Correct HOST.`);
  return error;
}

/**
 * Listens before its service exists, so that every service can be told every other's address. Until the service attaches itself, requests
 * get 503 `starting`.
 */
export function listenEarly(host: string, port: number): Promise<Server> {
  const server = createServer({ maxHeaderSize: 64 * 1024 }, answerStarting);
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(clearReason(error, host, port)));
    server.listen(port, host, () => resolve(server));
  });
}

export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server does not listen');
  return address.port;
}
