import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import { createL1Kit, type L1KitOptions, type Revoked } from './index.ts';
import { startStandInL2, type StandInL2 } from './stand-in-l2.testing.ts';

/** A minimal L1 with the kit in it, and an L2 for it. */
export interface TestL1 {
  url: string;
  /** For pages of a test's own. */
  app: Express;
  l2: StandInL2;
  /** What `onRevoked` got. */
  revoked: Revoked[];
  errors: unknown[];
  /** The clock of the kit. */
  clock: { now: Date };
  /** Opens `/auth` as a browser does, without following the redirect. */
  attach(token: string, o?: { query?: string; cookie?: string; accept?: string }): Promise<Response>;
  /** Attaches a new token of the user, and gives the cookie. */
  enter(username: string): Promise<{ cookie: string; token: string; jti: string; tokenHash: string }>;
  /** The page that only signed-in people see. */
  me(cookie: string): Promise<{ status: number; body: Record<string, unknown> }>;
  close(): Promise<void>;
}

export async function startL1(options: Partial<L1KitOptions> = {}): Promise<TestL1> {
  let url = '';
  const l2 = await startStandInL2(() => url);
  const clock = { now: new Date() };
  const revoked: Revoked[] = [];
  const errors: unknown[] = [];
  const app = express();
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kit = createL1Kit({
    publicUrl: url,
    l2Servers: [l2.url],
    now: () => clock.now,
    onRevoked: (news) => void revoked.push(news),
    onError: (error) => void errors.push(error),
    timeoutMs: 20_000,
    ...options,
  });
  app.use(kit.router);
  app.all('/me', kit.requireUser, (req, res) => void res.json(kit.userOf(req)));

  const attach: TestL1['attach'] = (token, o = {}) =>
    fetch(`${url}/auth?auth_token=${encodeURIComponent(token)}${o.query ?? ''}`, {
      redirect: 'manual',
      headers: { accept: o.accept ?? 'text/html', ...(o.cookie === undefined ? {} : { cookie: o.cookie }) },
    });
  return {
    url,
    app,
    l2,
    revoked,
    errors,
    clock,
    attach,
    async enter(username) {
      const minted = l2.mint(username, url);
      const response = await attach(minted.token);
      if (response.status !== 303) throw new Error(`attaching answered ${response.status}: ${await response.text()}`);
      return { ...minted, cookie: cookieOf(response) };
    },
    async me(cookie) {
      const response = await fetch(`${url}/me`, { headers: { cookie } });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
      await l2.close();
    },
  };
}

export function cookieOf(response: Response): string {
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}
