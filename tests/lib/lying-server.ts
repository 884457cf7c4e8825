import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Changes an answer on its way; undefined leaves it as it is. */
export type Lie = (path: string, body: Buffer) => Buffer | undefined | Promise<Buffer | undefined>;

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
    res.writeHead(response.status, { 'content-type': response.headers.get('content-type') ?? '' }).end(told);
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
