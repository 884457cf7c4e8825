import { Writable } from 'node:stream';
import { run } from '@artdag/admin-cli';
import { testSecrets } from '../start-auth.testing.ts';

export interface Ran {
  code: number;
  out: string;
  err: string;
  // What JSON.parse gives; each test says what it expects.
  json: ReturnType<typeof JSON.parse>;
}

/** Runs `artdag-admin` against a running auth, as an operator called `ops`. */
export function adminOf(url: string, env: NodeJS.ProcessEnv = {}): (...args: string[]) => Promise<Ran> {
  const surroundings = { AUTH_URL: url, INTERNAL_SECRET: testSecrets.internal, ARTDAG_DATA: '/nonexistent', ...env };
  return async (...args) => {
    const out: string[] = [];
    const err: string[] = [];
    const terminal = { env: surroundings, stdout: collect(out), stderr: collect(err) };
    const code = await run([...args, '--as', 'ops'], terminal);
    const text = out.join('');
    return {
      code,
      out: text,
      err: err.join(''),
      json: args.includes('--json') && code === 0 ? JSON.parse(text) : null,
    };
  };
}

function collect(parts: string[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      parts.push(String(chunk));
      done();
    },
  });
}
