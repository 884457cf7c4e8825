import { join } from 'node:path';
import { freePort, startProcess } from '@artdag/testing';
import { hasPython, startPythonL1 } from '../python-l1.ts';
import { root } from '../scripts.ts';

/** An L1 in a process of its own, as a test sees it. */
export interface L1 {
  name: string;
  /** As L2 lists it. */
  url: string;
  /** Only signed-in people see it. */
  page: string;
  /** What it has printed so far. */
  output(): string;
  /** What it prints when L2 has told it that somebody is out, by the call that it ought to come by. */
  saysOut(username: string, reason: string): RegExp;
  /** A recipe for `POST /runs`, another one each time. */
  recipe(): object;
  stop(): Promise<unknown>;
}

export const exampleMain = join(root, 'packages', 'l1-kit', 'dist', 'example', 'main.js');

let serial = 0;

/** The kit's example. It asks L2 again after five minutes only, so what it knows before that it was told. */
export async function startCircles(l2: string, port: number, env: Record<string, string> = {}): Promise<L1> {
  const started = await startProcess({
    script: exampleMain,
    env: { PORT: String(port), L2_SERVERS: l2, ...env },
    readyLine: /ready at (\S+?),/,
  });
  return {
    name: 'the example of the kit',
    // Of this process, though it may be one of several behind one address.
    url: `http://localhost:${port}`,
    page: '/studio',
    output: () => started.output,
    saysOut: (username, reason) => new RegExp(`^signed out: ${username} of ${l2} \\(${reason}\\)$`, 'm'),
    recipe: () => ({ seed: `seed ${port} ${(serial += 1)}`, circles: 3 }),
    stop: started.stop,
  };
}

/** The one in Python, which never asks again; without `/auth/revoke` when it is old, so that L2 has to fall back. */
export async function startPython(l2: string, port: number, isOld: boolean): Promise<L1> {
  const started = await startPythonL1(l2, { port, isOld });
  const call = (reason: string): string => (isOld ? '/auth/revoke-user' : `/auth/revoke \\(${reason}\\)`);
  return {
    name: isOld ? 'an old one in Python' : 'the one in Python',
    url: started.url,
    page: '/me',
    output: () => started.output,
    saysOut: (username, reason) => new RegExp(`^out: ${username} by ${call(reason)}$`, 'm'),
    recipe: () => ({ seed: `seed ${port} ${(serial += 1)}` }),
    stop: started.stop,
  };
}

/** A port for each L1, known before L2 starts, which has them in its list. */
export async function reservePorts(count: number): Promise<{ ports: number[]; listed: string }> {
  const ports: number[] = [];
  for (let n = 0; n < count; n += 1) ports.push(await freePort());
  return { ports, listed: ports.map((port) => `http://localhost:${port}`).join(',') };
}

/** The example, the one in Python and an old one in Python; the first alone where there is no Python. */
export async function startL1s(l2: string, ports: readonly number[]): Promise<L1[]> {
  const [first = 0, second = 0, third = 0] = ports;
  const circles = await startCircles(l2, first);
  if (!hasPython) return [circles];
  return [circles, await startPython(l2, second, false), await startPython(l2, third, true)];
}
