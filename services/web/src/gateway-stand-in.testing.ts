import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeAtEnd } from './close-at-end.testing.ts';

export interface Asked {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** As sent. */
  body: string;
}

export interface GatewayStandIn {
  url: string;
  /** The requests so far. */
  asked: Asked[];
  /** Answers from now on. */
  answer: RequestListener;
  /** Answers to one path before `answer` does, as long as it stands here. */
  routes: Record<string, RequestListener>;
  close(): Promise<void>;
}

/** What the gateway says about itself when all is well. */
export const serverInfo = {
  name: 'Art DAG L2',
  version: '0.1.0',
  domain: 'l2.example',
  default_user: 'giles',
  assets: 1234567,
  activities: 42,
  users: 7,
  followers: 0,
  l1_servers: ['https://l1.example'],
  keys_configured: true,
};

export function jsonAnswer(
  body: unknown,
  status = 200,
  headers: Record<string, string | string[]> = {},
): RequestListener {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (_req, res) => res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

/** The public API, as far as web asks it; ends with the test file. */
export function startGatewayStandIn(): Promise<GatewayStandIn> {
  return closeAtEnd(start(), (standIn) => standIn.close());
}

async function start(): Promise<GatewayStandIn> {
  const state = {
    url: '',
    asked: [] as Asked[],
    answer: jsonAnswer(serverInfo),
    routes: {} as Record<string, RequestListener>,
  };
  const server = createServer((req, res) => {
    const asked: Asked = { method: req.method ?? '', path: req.url ?? '', headers: req.headers, body: '' };
    state.asked.push(asked);
    req.on('data', (chunk: Buffer) => (asked.body += chunk.toString('utf8')));
    req.on('end', () => (state.routes[asked.path] ?? state.answer)(req, res));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return Object.assign(state, { close });
}
