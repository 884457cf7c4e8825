import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  bodyDigest,
  decodeBase64,
  fingerprintOf,
  normaliseHost,
  parseCredentials,
  publicKeyFromBytes,
  signedText,
  verifySignature,
} from '@artdag/msign';

/** A request as it came. */
export interface SeenCall {
  method: string;
  /** Path and query, byte by byte. */
  target: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Why the signature was refused, or `signed`, or `unsigned`. */
  verdict: string;
}

export interface StoredKey {
  key_id: string;
  fingerprint: string;
  algorithm: 'ed25519';
  label: string | null;
  created_at: string;
  last_used_at: null;
  expires_at: string | null;
  revoked_at: string | null;
}

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

type Json = Record<string, string>;
const refuse = (status: number, code: string, more: object = {}): Answer => ({
  status,
  body: { detail: `Refused: ${code}.`, code, ...more },
});

/** Plays the key routes of a server and verifies what is signed as the specification says; other paths answer what was sent. */
export class KeyServer {
  readonly seen: SeenCall[] = [];
  readonly handles = new Map<string, StoredKey[]>();
  /** Seconds that its clock is ahead. */
  clockAhead = 0;
  /** What it asks to be signed, where it is not a fresh nonce. */
  nonce: string | undefined;
  /** Answers in its place: undefined for no change. */
  instead: (call: SeenCall, count: number) => Answer | 'hang up' | undefined = () => undefined;
  readonly #raw = new Map<string, Buffer>();
  readonly #challenges = new Map<string, string>();
  readonly #used = new Set<string>();
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: target = '', headers } = request;
      const call = { method, target, headers, body: Buffer.concat(chunks), verdict: '' };
      const { verdict, handle, problem } = this.#judge(call);
      call.verdict = verdict;
      this.seen.push(call);
      const answer = this.instead(call, this.seen.length) ?? problem ?? this.#answer(call, handle);
      if (answer === 'hang up') response.destroy();
      else send(response, answer);
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

  keysOf(handle: string): StoredKey[] {
    return this.handles.get(handle) ?? [];
  }

  #judge(call: SeenCall): { verdict: string; handle?: string; problem?: Answer } {
    const { authorization = '' } = call.headers;
    if (!authorization.startsWith('MSign ')) return { verdict: 'unsigned' };
    const said = parseCredentials(authorization.slice('MSign '.length));
    const serverTime = Math.floor(Date.now() / 1000) + this.clockAhead;
    if (Math.abs(serverTime - said.ts) > 30) return refused('msign_skew', { server_time: serverTime });
    const host = normaliseHost(call.headers.host ?? '', 'http');
    const { method, target, body } = call;
    const text = signedText({ method, host, target, ts: said.ts, bodySha256: bodyDigest(body) });
    const key = this.keysOf(said.handle).find(({ fingerprint }) => {
      const raw = this.#raw.get(fingerprint);
      return raw !== undefined && verifySignature(publicKeyFromBytes(raw), text, said.signature);
    });
    if (!key) return refused('bad_signature');
    if (key.revoked_at) return refused('key_revoked');
    if (key.expires_at) return refused('key_expired');
    if (method !== 'GET' && this.#used.has(text)) return refused('replayed');
    this.#used.add(text);
    return { verdict: 'signed', handle: said.handle };
  }

  #answer(call: SeenCall, handle: string | undefined): Answer {
    const path = call.target.split('?')[0] ?? '';
    const body = (): Json => JSON.parse(call.body.toString()) as Json;
    if (path === '/api/auth/challenge') return this.#challenge(body());
    if (path === '/api/auth/verify') return this.#verify(body());
    if (path === '/auth/me') return { status: 200, body: me(handle ?? 'nobody') };
    if (handle === undefined && path.startsWith('/api/')) return refuse(401, 'msign_required');
    if (path === '/api/auth/keys') return this.#prove(body()) ?? this.#add(handle ?? '', body());
    if (path === `/api/auth/keys/${handle}`) return { status: 200, body: { keys: this.keysOf(handle ?? '') } };
    if (path.startsWith(`/api/auth/keys/${handle}/`)) return this.#revoke(handle ?? '', path.split('/').at(-1) ?? '');
    return { status: 200, body: { method: call.method, target: call.target, body: call.body.toString() } };
  }

  #challenge({ fingerprint = '' }: Json): Answer {
    const token = this.nonce ?? randomBytes(32).toString('hex');
    this.#challenges.set(token, fingerprint);
    return { status: 200, body: { challenge_token: token, is_new_key: !this.#raw.has(fingerprint), expires_in: 300 } };
  }

  /** Undefined when the proof stands. */
  #prove({
    challenge_token: token = '',
    public_key_b64: key = '',
    signature_b64: signature = '',
  }: Json): Answer | undefined {
    const wanted = this.#challenges.get(token);
    this.#challenges.delete(token);
    const raw = decodeBase64(key) ?? Buffer.alloc(0);
    if (wanted === undefined) return refuse(400, 'challenge_invalid');
    if (!timingSafeEqual(Buffer.from(wanted), Buffer.from(fingerprintOf(raw))))
      return refuse(401, 'fingerprint_mismatch');
    const bytes = decodeBase64(signature) ?? Buffer.alloc(0);
    const isGood = verifySignature(publicKeyFromBytes(raw), Buffer.from(token, 'hex'), bytes);
    return isGood ? undefined : refuse(401, 'bad_signature');
  }

  #verify(body: Json): Answer {
    const bad = this.#prove(body);
    if (bad) return bad;
    const fingerprint = fingerprintOf(decodeBase64(body['public_key_b64'] ?? '') ?? Buffer.alloc(0));
    for (const [handle, keys] of this.handles) {
      const key = keys.find((one) => one.fingerprint === fingerprint);
      if (key?.revoked_at) return refuse(403, 'key_revoked');
      if (key) return { status: 200, body: { handle, is_new_identity: false, key } };
    }
    const handle = body['handle']?.toLowerCase() ?? '';
    if (this.handles.has(handle)) return refuse(409, 'handle_taken');
    return { status: 200, body: { handle, is_new_identity: true, key: this.#store(handle, body) } };
  }

  #add(handle: string, body: Json): Answer {
    return { status: 201, body: this.#store(handle, body) };
  }

  #store(handle: string, { public_key_b64: base64 = '', label }: Json): StoredKey {
    const raw = Buffer.from(base64, 'base64');
    const fingerprint = fingerprintOf(raw);
    this.#raw.set(fingerprint, raw);
    const key_id = `key_${createHash('sha256').update(fingerprint).digest('hex').slice(0, 12)}`;
    const now = '2026-11-22T12:00:00.000Z';
    const key: StoredKey = {
      ...{ key_id, fingerprint, algorithm: 'ed25519', label: label ?? null, created_at: now },
      ...{ last_used_at: null, expires_at: null, revoked_at: null },
    };
    this.handles.set(handle, [...this.keysOf(handle), key]);
    return key;
  }

  #revoke(handle: string, keyId: string): Answer {
    const key = this.keysOf(handle).find(({ key_id }) => key_id === keyId);
    if (!key) return refuse(404, 'key_not_found');
    key.revoked_at = '2026-11-22T13:00:00.000Z';
    return { status: 204 };
  }
}

function refused(code: string, more: object = {}): { verdict: string; problem: Answer } {
  return { verdict: code, problem: refuse(401, code, more) };
}

function me(username: string): object {
  const auth = { method: 'msign', expires_at: null };
  return { username, actor_id: 'user:1', actor_type: 'human', memberships: [], auth };
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
