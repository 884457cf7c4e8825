import { Writable } from 'node:stream';
import { run } from '@artdag/admin-cli';

export interface Ran {
  code: number;
  out: string;
  err: string;
  // What JSON.parse gives; each test says what it expects.
  json: ReturnType<typeof JSON.parse>;
}

/** Runs `artdag-admin` as an operator would who has this environment. */
export async function admin(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Ran> {
  const [out, err] = [collector(), collector()];
  const surroundings = { ARTDAG_DATA: '/nonexistent', INTERNAL_SECRET: 's'.repeat(64), ...env };
  const code = await run(args, { env: surroundings, stdout: out.stream, stderr: err.stream });
  const text = out.text();
  return { code, out: text, err: err.text(), json: args.includes('--json') && text !== '' ? JSON.parse(text) : null };
}

function collector() {
  const parts: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      parts.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => parts.join('') };
}
