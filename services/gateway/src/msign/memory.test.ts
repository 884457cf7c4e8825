import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually, quietLogger, type StartedProcess, startProcess } from '@artdag/testing';
import { type Harness, startHarness } from '../harness.testing.ts';
import { makeTestSigner, messageOf, type RequestToSend, type TestSigner } from './signing.testing.ts';

const mebibyte = 1024 * 1024;
const size = 10 * mebibyte;
const script = fileURLToPath(new URL('./gateway-process.testing.ts', import.meta.url));
/** Its stand-ins are used, and its own gateway is not. */
let around: Harness;
let gateway: StartedProcess;
let alice: TestSigner;

beforeAll(async () => {
  around = await startHarness({ logger: quietLogger() });
  const args = [around.auth.url, around.auth.url, around.identity.url];
  gateway = await startProcess({ script, args, readyLine: /listening on (\S+)/ });
  await eventually(async () => (await fetch(`${gateway.url}/readyz`)).ok);
  alice = makeTestSigner(around);
});
afterAll(async () => {
  await gateway.stop();
  await around.close();
});

interface Memory {
  held: number;
  resident: number;
  external: number;
}

async function memory(): Promise<Memory> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const valueOf = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    held: valueOf('msign_body_bytes'),
    resident: valueOf('process_resident_memory_bytes'),
    external: valueOf('nodejs_external_memory_bytes'),
  };
}

/** Right after a collection. */
async function memoryInUse(): Promise<Memory> {
  process.kill(gateway.pid, 'SIGUSR2');
  return memory();
}

function open(): Socket {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  // A client that is refused may be cut off before it has sent everything.
  return socket.on('error', () => undefined);
}

/** What came until the refusal was whole, or the other side had nothing more to say. */
async function answerTo(head: Buffer, body: Buffer): Promise<string> {
  const socket = open();
  socket.write(head);
  socket.write(body);
  const answer = await new Promise<string>((resolve) => {
    let text = '';
    socket.on('close', () => resolve(text));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.startsWith('HTTP/1.1 200 ') || text.endsWith('}')) resolve(text);
    });
  });
  socket.destroy();
  return answer;
}

it('200 bodies of 10 MiB at once never take more than their 64 MiB, and it is given back', async () => {
  const body = Buffer.alloc(size, 1);
  const before = await memoryInUse();
  const samples: Memory[] = [];
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) samples.push(await memory());
  })();
  const ts = Math.floor(Date.now() / 1000);
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) => {
      const lines = [`X-Forwarded-For: 10.1.${n >> 8}.${n & 255}`, `Content-Length: ${size}`];
      const request: RequestToSend = { method: 'POST', target: `/assets?n=${n}`, lines, ts };
      return answerTo(messageOf(request, alice.authorization({ ...request, body })), body);
    }),
  );
  over.abort();
  await watching;
  const isBusy = (answer: string) => answer.startsWith('HTTP/1.1 429 ') && answer.includes('"code":"busy"');
  const isGood = (answer: string) => answer.startsWith('HTTP/1.1 200 ');
  expect(answers.filter((answer) => !isBusy(answer) && !isGood(answer))).toEqual([]);
  expect(answers.some(isGood)).toBe(true);
  expect(answers.some(isBusy)).toBe(true);
  const highest = (of: keyof Memory): number => Math.max(...samples.map((sample) => sample[of]));
  expect(highest('held')).toBeGreaterThan(0);
  expect(highest('held')).toBeLessThanOrEqual(64 * mebibyte);
  // All of them together would be 2,000 MiB; what is refused is read, and collected when there is enough of it.
  expect(highest('resident') - before.resident).toBeLessThan(500 * mebibyte);
  await eventually(async () => (await memory()).held === 0);
  await eventually(async () => (await memoryInUse()).external - before.external < 16 * mebibyte);
});

it('a body that comes byte by byte takes about as much as it has bytes', async () => {
  const bytes = mebibyte / 2;
  const before = await memoryInUse();
  const piece = Buffer.from('1\r\nx\r\n');
  const pieces = Buffer.alloc(bytes * piece.length, piece);
  const sockets = ['10.2.0.1', '10.2.0.2'].map((from) => {
    const request: RequestToSend = {
      ...{ method: 'POST', target: '/assets?pieces' },
      lines: [`X-Forwarded-For: ${from}`, 'Transfer-Encoding: chunked'],
    };
    const socket = open();
    socket.write(messageOf(request, alice.authorization(request)));
    socket.write(pieces);
    return socket;
  });
  await eventually(async () => (await memory()).held === 2 * bytes);
  expect((await memoryInUse()).resident - before.resident).toBeLessThan(100 * mebibyte);
  for (const socket of sockets) socket.destroy();
  await eventually(async () => (await memory()).held === 0);
});
