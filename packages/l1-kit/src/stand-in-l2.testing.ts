import { createHash, generateKeyPairSync, randomUUID, sign as signBytes, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { signRequest } from '@artdag/http-signatures';

/** An L2 as an L1 sees it: tokens, `/auth/verify`, `/actor`, and signed calls. The real one is met in tests/. */
export interface StandInL2 {
  url: string;
  /** Everything that was asked, in order: `POST /auth/verify`. */
  asked: { request: string; headers: IncomingMessage['headers']; body: Record<string, unknown> }[];
  /** What `/auth/verify` says instead, e.g. `{ status: 503, body: {} }`; `'silence'` is no answer at all. */
  verifySays: { status: number; body: unknown } | 'silence' | undefined;
  mint(username: string, l1Server: string, o?: { issuedAt?: Date }): { token: string; jti: string; tokenHash: string };
  /** From now on it is refused at verify. */
  kill(token: string): void;
  /** A call as l1-bridge makes them. */
  call(path: string, body: Record<string, unknown>, o?: Calling): Promise<Response>;
  /** A new key under the next id. */
  rotate(): void;
  close(): Promise<void>;
}

export interface Calling {
  date?: Date;
  keyId?: string;
  key?: KeyObject;
  /** What is sent in place of what was signed. */
  sent?: string;
  unsigned?: boolean;
}

const newPair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

export async function startStandInL2(l1Url: () => string): Promise<StandInL2> {
  const tokens = new Map<string, { dead: boolean; body: Record<string, unknown> }>();
  let pair = newPair();
  let keyNumber = 1;
  const keyId = (): string => `${l2.url}/actor#main-key${keyNumber === 1 ? '' : `-${keyNumber}`}`;

  const server = createServer((req, res) => void answer(req, res));
  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const text = await readAll(req);
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    l2.asked.push({ request: `${req.method} ${req.url}`, headers: req.headers, body });
    if (req.url === '/auth/verify' && l2.verifySays === 'silence') return;
    const [status, json] = req.url === '/actor' ? [200, actor()] : verdict(req, body);
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  }
  function actor(): unknown {
    const publicKeyPem = pair.publicKey.export({ type: 'spki', format: 'pem' });
    const id = `${l2.url}/actor`;
    return { id, type: 'Application', publicKey: { id: keyId(), owner: id, publicKeyPem } };
  }
  function verdict(req: IncomingMessage, body: Record<string, unknown>): [number, unknown] {
    if (req.url === '/auth/revoke') return [200, {}];
    if (l2.verifySays !== undefined && l2.verifySays !== 'silence') return [l2.verifySays.status, l2.verifySays.body];
    const known = tokens.get(String(body['token']));
    if (known === undefined) return [401, { code: 'invalid_token' }];
    if (known.body['l1_server'] !== body['l1_server']) return [403, { code: 'token_scope_mismatch' }];
    return known.dead ? [401, { code: 'token_revoked' }] : [200, known.body];
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const l2: StandInL2 = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    verifySays: undefined,
    mint(username, l1Server, o = {}) {
      const jti = `tok_${randomUUID()}`;
      const payload = Buffer.from(JSON.stringify({ l2_server: l2.url, l1_server: l1Server, username, jti }));
      const token = `e30.${payload.toString('base64url')}.c2ln`;
      const issued = o.issuedAt ?? new Date(Date.now() - 2000);
      const body = {
        valid: true,
        username,
        actor_id: `user:${username}`,
        display_name: username.toUpperCase(),
        l2_server: l2.url,
        l1_server: l1Server,
        scopes: ['l1:use', 'assets:record'],
        jti,
        issued_at: issued.toISOString(),
        expires_at: new Date(issued.getTime() + 30 * 24 * 3600_000).toISOString(),
      };
      tokens.set(token, { dead: false, body });
      return { token, jti, tokenHash: createHash('sha256').update(token).digest('hex') };
    },
    kill(token) {
      const known = tokens.get(token);
      if (known !== undefined) known.dead = true;
    },
    async call(path, body, o = {}) {
      const url = `${l1Url()}${path}`;
      const text = JSON.stringify(body);
      const signed = await signRequest({
        method: 'POST',
        url,
        body: Buffer.from(text),
        headers: { 'content-type': 'application/json' },
        keyId: o.keyId ?? keyId(),
        date: o.date ?? new Date(),
        sign: async (bytes) => signBytes('sha256', bytes, o.key ?? pair.privateKey),
      });
      const headers = o.unsigned === true ? { 'content-type': 'application/json' } : signed;
      return fetch(url, { method: 'POST', headers, body: o.sent ?? text });
    },
    rotate() {
      pair = newPair();
      keyNumber += 1;
    },
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
  return l2;
}
