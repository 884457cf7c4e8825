import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { createLogger } from '@artdag/service-kit';
import type { InternalJwk } from './key-set.ts';
import { serviceKey, verifyServiceRequest } from './service-key.ts';

export const SECRET = 'a secret of at least thirty-two characters';

export const quiet = createLogger({
  service: 'test',
  level: 'error',
  stream: new Writable({ write: (_chunk, _encoding, done) => done() }),
});

export interface AuthStub {
  url: string;
  /** Registered keys, newest last; a second registration of a kid replaces the first. */
  keys: InternalJwk[];
  registrations: number;
  reads: number;
  down: boolean;
}

const servers: Server[] = [];

/** Auth's two routes for assertion keys, over HTTP, checking service keys. */
export async function startAuthStub(): Promise<AuthStub> {
  const stub: AuthStub = { url: '', keys: [], registrations: 0, reads: 0, down: false };
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      try {
        const answer = respond(stub, req.method ?? '', req.url ?? '', req.headers.authorization, Buffer.concat(chunks));
        res.writeHead(answer === undefined ? 201 : 200).end(JSON.stringify(answer ?? {}));
      } catch {
        res.writeHead(stub.down ? 503 : 401).end();
      }
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return stub;
}

export async function closeAuthStubs(): Promise<void> {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function respond(stub: AuthStub, method: string, path: string, header: string | undefined, body: Buffer): unknown {
  if (stub.down) throw new Error('down');
  if (method === 'GET' && path === '/internal/auth/jwks') {
    stub.reads += 1;
    return { keys: stub.keys };
  }
  if (method !== 'POST' || path !== '/internal/auth/assertion-keys') throw new Error('no such route');
  const keyOf = (name: string): string => serviceKey(SECRET, name);
  const service = verifyServiceRequest({ header, method, path, body, now: new Date(), keyOf });
  const { kid, jwk } = JSON.parse(body.toString()) as { kid: string; jwk: InternalJwk };
  const not_after = new Date(Date.now() + 86_400_000).toISOString();
  stub.keys = [...stub.keys.filter((key) => key.kid !== kid), { ...jwk, kid, service, not_after }];
  stub.registrations += 1;
  return undefined;
}

export function eventually(condition: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = Date.now() + 5000;
    const timer = setInterval(() => {
      if (!condition() && Date.now() < end) return;
      clearInterval(timer);
      if (condition()) resolve();
      else reject(new Error('never'));
    }, 10);
  });
}
