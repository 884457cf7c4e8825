import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A body, or a status as well. */
export type Told = Buffer | { status: number; body?: Buffer; headers?: Record<string, string> };

/** Changes an answer on its way; undefined leaves it as it is. */
export type Lie = (path: string, body: Buffer) => Told | undefined | Promise<Told | undefined>;

/** Stands between a reader and a server, and passes on what the server says, or something else. */
export interface LyingServer {
  url: string;
  /** Undefined: honest. */
  lie: Lie | undefined;
  close(): Promise<void>;
}

export async function startLyingServer(target: string): Promise<LyingServer> {
  const answer = async (path: string, accept: string, res: ServerResponse): Promise<void> => {
    const response = await fetch(target + path, { headers: { accept } });
    const body = Buffer.from(await response.arrayBuffer());
    const told = (await server.lie?.(path, body)) ?? body;
    const type = { 'content-type': response.headers.get('content-type') ?? '' };
    if (told instanceof Uint8Array) res.writeHead(response.status, type).end(told);
    else res.writeHead(told.status, { ...type, ...told.headers }).end(told.body);
  };
  const http = createServer((req, res) => {
    answer(req.url ?? '/', req.headers.accept ?? '*/*', res).catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: LyingServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    lie: undefined,
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}
