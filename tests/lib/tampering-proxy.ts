import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between a reader and a service, and may change what is answered. */
export interface TamperingProxy {
  url: string;
  /** The body to answer instead, for the path of a request; by default what the service has answered. */
  tamper: (path: string, body: Buffer) => Buffer;
  close(): Promise<void>;
}

const untouched = (_path: string, body: Buffer): Buffer => body;

/** @param target the service's origin */
export async function startTamperingProxy(target: string): Promise<TamperingProxy> {
  const server = createServer((req, res) => {
    const path = req.url ?? '/';
    void fetch(target + path, { headers: { accept: req.headers.accept ?? '*/*' } })
      .then(async (answer) => {
        const body = proxy.tamper(path, Buffer.from(await answer.arrayBuffer()));
        res.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(body);
      })
      .catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: TamperingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tamper: untouched,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
