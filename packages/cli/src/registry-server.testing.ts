import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came. */
export interface SeenRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
}

/** What is answered: lines for NDJSON, anything else as JSON, undefined for nothing ever. */
export interface Reply {
  status: number;
  body?: unknown;
  lines?: unknown[];
  headers?: Record<string, string>;
}

/** A server that answers what a test says. */
export class RegistryServer {
  readonly seen: SeenRequest[] = [];
  answer: (request: SeenRequest) => Reply | undefined = () => ({ status: 404, body: {} });
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const seen = { method, path, headers, text: Buffer.concat(chunks).toString() };
      this.seen.push(seen);
      const reply = this.answer(seen);
      if (reply === undefined) return;
      const type = reply.lines === undefined ? 'application/json' : 'application/x-ndjson';
      response.writeHead(reply.status, { 'content-type': type, ...reply.headers });
      const lines = reply.lines?.map((line) => `${JSON.stringify(line)}\n`).join('');
      response.end(lines ?? (reply.body === undefined ? undefined : JSON.stringify(reply.body)));
    });
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** By an API key at this server, without a login. */
  get env(): NodeJS.ProcessEnv {
    return { ARTDAG_SERVER: this.url, ARTDAG_API_KEY: 'dk_test' };
  }
}
