import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GatewayStandIn {
  url: string;
  /** Headers of the requests so far. */
  asked: IncomingHttpHeaders[];
  /** Answers from now on. */
  answer: RequestListener;
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

export function jsonAnswer(body: unknown, status = 200): RequestListener {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (_req, res) => res.writeHead(status, { 'content-type': 'application/json' }).end(text);
}

/** A gateway of which web sees only `GET /`. */
export async function startGatewayStandIn(): Promise<GatewayStandIn> {
  const state = { url: '', asked: [] as IncomingHttpHeaders[], answer: jsonAnswer(serverInfo) };
  const server = createServer((req, res) => {
    state.asked.push(req.headers);
    state.answer(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return Object.assign(state, { close });
}
