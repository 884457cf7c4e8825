import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export type Json = Record<string, unknown>;

export interface FakeL1 {
  url: string;
  /** Every request: `GET /runs/…`. */
  calls: string[];
  /** How it answers; by default 404 for runs that it was not given. */
  respond: RequestListener;
  /** A finished run, but for the changes, and its id. */
  finished(change?: Json): string;
  close(): Promise<void>;
}

let serial = 0;

/** A rendering server on loopback that has the runs that a test gives it, and answers as badly as a test wants. */
export async function startFakeL1(): Promise<FakeL1> {
  const runs = new Map<string, Json>();
  const fake: FakeL1 = {
    url: '',
    calls: [],
    respond: (request, response) => {
      const run = runs.get((request.url ?? '').replace(/^.*\/runs\//, ''));
      const head = { 'content-type': 'application/json' };
      response.writeHead(run === undefined ? 404 : 200, head).end(JSON.stringify(run ?? { detail: 'no such run' }));
    },
    finished(change = {}) {
      const runId = `run-${(serial += 1)}`;
      runs.set(runId, { ...finishedRun(runId), ...change });
      return runId;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer((request, response) => {
    fake.calls.push(`${request.method} ${request.url}`);
    fake.respond(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fake;
}

export const hashOf = (n: number): string => n.toString(16).padStart(64, '0');

/** As an L1 of the original writes it. */
export function finishedRun(runId: string): Json {
  return {
    run_id: runId,
    status: 'completed',
    recipe: 'beat-cut',
    inputs: [hashOf(1), { name: 'dog', content_hash: hashOf(2) }],
    output_name: 'ignored',
    output_hash: Buffer.from(runId).toString('hex').padEnd(64, 'a').slice(0, 64),
    ipfs_cid: 'bafkreigdvoh7cnza5cwzar65hfdgwpejotszfqx2ha6uuolaofgk54ge6i',
    provenance_cid: null,
    plan_id: 'p1',
    created_at: '2026-01-10T11:59:00Z',
    completed_at: '2026-01-10T12:00:00.123456',
    error: null,
    effects: [{ name: 'dog', content_hash: hashOf(3) }],
    infrastructure: { software: { name: 'artdag', content_hash: hashOf(4) }, hardware: { gpu: 'none' } },
  };
}

/** Answers that are no run: what it is, the answer, and the code of the refusal. */
export const badAnswers: [what: string, respond: RequestListener, status: number, code: string][] = [
  ['404', (_, res) => void res.writeHead(404).end(), 404, 'run_not_found'],
  ['410', (_, res) => void res.writeHead(410).end(), 404, 'run_not_found'],
  ['500', (_, res) => void res.writeHead(500).end('{}'), 502, 'l1_unreachable'],
  ['503', (_, res) => void res.writeHead(503).end('{}'), 502, 'l1_unreachable'],
  ['429', (_, res) => void res.writeHead(429).end('{}'), 502, 'l1_unreachable'],
  ['400', (_, res) => void res.writeHead(400).end('{}'), 502, 'l1_bad_response'],
  ['401', (_, res) => void res.writeHead(401).end('{}'), 502, 'l1_bad_response'],
  ['204', (_, res) => void res.writeHead(204).end(), 502, 'l1_bad_response'],
  ['a reset connection', (req) => void req.socket.destroy(), 502, 'l1_unreachable'],
  ['a body that ends early', (_, res) => cutShort(res), 502, 'l1_unreachable'],
  ['HTML', (_, res) => void res.writeHead(200, { 'content-type': 'text/html' }).end('{}'), 502, 'l1_bad_response'],
  ['no content type', (_, res) => void res.writeHead(200).end('{}'), 502, 'l1_bad_response'],
  ['1 MiB and a byte', (_, res) => json(res, paddedRun('r', 1024 * 1024 + 1)), 502, 'l1_bad_response'],
  ['a gzip bomb', (_, res) => gzipped(res), 502, 'l1_bad_response'],
  ['an endless stream', (_, res) => endless(res), 502, 'l1_bad_response'],
  ['silence until the limit', () => undefined, 502, 'l1_unreachable'],
  ['a drip of bytes beyond the limit', (_, res) => drip(res), 502, 'l1_unreachable'],
  ['a redirect to itself', (_, res) => redirect(res, '/runs/other'), 502, 'l1_bad_response'],
  ['a redirect to metadata', (_, res) => redirect(res, 'http://169.254.169.254/'), 502, 'l1_bad_response'],
  ['a redirect to a public address', (_, res) => redirect(res, 'https://example.org/run'), 502, 'l1_bad_response'],
  ['a redirect to loopback', (_, res) => redirect(res, 'http://127.0.0.1:1/'), 502, 'l1_bad_response'],
  ['a redirect without a target', (_, res) => void res.writeHead(302).end(), 502, 'l1_bad_response'],
  ['nothing', (_, res) => json(res, ''), 502, 'l1_bad_response'],
  ['broken JSON', (_, res) => json(res, '{"status":'), 502, 'l1_bad_response'],
  ['invalid UTF-8', (_, res) => json(res, Buffer.from('{"status":"\xff"}', 'latin1')), 502, 'l1_bad_response'],
  ['null', (_, res) => json(res, 'null'), 502, 'l1_bad_response'],
  ['a list', (_, res) => json(res, '[]'), 502, 'l1_bad_response'],
  ['a number', (_, res) => json(res, '42'), 502, 'l1_bad_response'],
  ['100,000 brackets', (_, res) => json(res, '['.repeat(100_000) + ']'.repeat(100_000)), 502, 'l1_bad_response'],
];

type Response = Parameters<RequestListener>[1];

function json(res: Response, body: string | Buffer): void {
  res.writeHead(200, { 'content-type': 'application/json' }).end(body);
}

function redirect(res: Response, location: string): void {
  res.writeHead(302, { location }).end();
}

function cutShort(res: Response): void {
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' }).write('{"status":');
  setTimeout(() => res.destroy(), 50);
}

function endless(res: Response): void {
  res.writeHead(200, { 'content-type': 'application/json' }).write('[');
  const more = setInterval(() => res.write('0,'.repeat(50_000)), 5);
  res.on('close', () => clearInterval(more));
}

/** 8 KiB that inflate to 8 MiB. */
const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024, ' '));

function gzipped(res: Response): void {
  res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
}

/** Each byte is in time for whoever waits for the next one only. */
function drip(res: Response): void {
  res.writeHead(200, { 'content-type': 'application/json' });
  const more = setInterval(() => res.write(' '), 100);
  res.on('close', () => clearInterval(more));
}

const deep = (depth: number): unknown => JSON.parse('{"a":'.repeat(depth) + '1' + '}'.repeat(depth));

/** Changes of a finished run that make it none. */
export const badRuns: [what: string, change: Json | string][] = [
  ['no status', { status: null }],
  ['a status that is a number', { status: 1 }],
  ['a status that is a list', { status: ['completed'] }],
  ['a very long status', { status: 'x'.repeat(65) }],
  ['another run id', { run_id: 'other' }],
  ['a run id that is a number', { run_id: 7 }],
  ['no output hash', { output_hash: null }],
  ['an empty output hash', { output_hash: '' }],
  ['a short output hash', { output_hash: 'abc' }],
  ['an output hash in upper case', { output_hash: 'A'.repeat(64) }],
  ['an output hash of another algorithm', { output_hash: `sha256:${'a'.repeat(64)}` }],
  ['an output hash that is an object', { output_hash: {} }],
  ['two different outputs', { output: { content_hash: hashOf(9) } }],
  ['a CID with a slash', { ipfs_cid: '../x' }],
  ['a CID that is a list', { ipfs_cid: [] }],
  ['a provenance CID of 129 characters', { provenance_cid: 'a'.repeat(129) }],
  ['inputs that are an object', { inputs: { a: hashOf(1) } }],
  ['inputs that are a text', { inputs: hashOf(1) }],
  ['513 inputs', { inputs: Array.from({ length: 513 }, (_, i) => hashOf(i)) }],
  ['100,000 inputs', { inputs: Array.from({ length: 100_000 }, () => 1) }],
  ['inputs of 100 KiB', { inputs: ['x'.repeat(100_000)] }],
  ['an input with a control character', { inputs: ['a\u0000b'] }],
  ['an input with an escape', { inputs: [{ name: '\u001b[2J' }] }],
  ['an input that turns the writing', { inputs: [{ name: '\u202egpj.exe' }] }],
  ['an input with half a surrogate pair', '{"inputs":["\\ud800"]}'],
  ['an input with __proto__', '{"inputs":[{"__proto__":{"polluted":true}}]}'],
  ['a number that is too large', '{"infrastructure":{"hardware":{"n":1e400}}}'],
  ['a recipe nested nine deep', { recipe: deep(9) }],
  ['infrastructure nested 5,000 deep', `{"infrastructure":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`],
  ['infrastructure that is a list', { infrastructure: [] }],
  [
    '10,000 values of hardware',
    { infrastructure: { hardware: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [i, i])) } },
  ],
  ['effects that are a number', { effects: 3 }],
  ['a time that is none', { completed_at: 'yesterday' }],
  ['a time that is a number', { completed_at: 1736510400 }],
  ['a username that is an object', { username: { name: 'giles' } }],
  ['a username that is a list', { username: ['giles'] }],
  ['a username of 513 characters', { username: 'g'.repeat(513) }],
  ['a username with NUL', { username: 'giles\u0000' }],
  ['an actor id that is a number', { actor_id: 1 }],
  ['a media type that is a list', { media_type: [] }],
];

/** The text of a finished run with a change; a text is merged as it is, since an object could not hold it. */
export function changedRun(runId: string, change: Json | string): string {
  if (typeof change !== 'string') return JSON.stringify({ ...finishedRun(runId), ...change });
  return `${JSON.stringify(finishedRun(runId)).slice(0, -1)},${change.slice(1)}`;
}

/** A finished run of so many bytes. */
export function paddedRun(runId: string, bytes: number): string {
  return JSON.stringify(finishedRun(runId)).padEnd(bytes, ' ');
}
