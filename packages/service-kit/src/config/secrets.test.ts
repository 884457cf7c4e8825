import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readSecret } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'artdag-secrets-'));
const mounted = join(folder, 'mounted');
mkdirSync(mounted);
writeFileSync(join(mounted, 'service_key'), 'from the mount\n');
writeFileSync(join(folder, 'named'), '  from the file\n');
writeFileSync(join(folder, 'empty'), '\n');
afterAll(() => rmSync(folder, { recursive: true }));

describe('readSecret', () => {
  it('prefers the named file, then the mount, then the variable', () => {
    const env = { SERVICE_KEY: 'from the variable' };
    expect(readSecret({ ...env, SERVICE_KEY_FILE: join(folder, 'named') }, 'SERVICE_KEY', mounted)).toBe(
      'from the file',
    );
    expect(readSecret(env, 'SERVICE_KEY', mounted)).toBe('from the mount');
    expect(readSecret(env, 'SERVICE_KEY', join(folder, 'nowhere'))).toBe('from the variable');
  });

  it('is undefined when there is none, or an empty one', () => {
    expect(readSecret({}, 'JWT_SECRET', mounted)).toBeUndefined();
    expect(readSecret({ JWT_SECRET: ' ' }, 'JWT_SECRET', mounted)).toBeUndefined();
  });

  it('does not fall back when a named file is missing or empty', () => {
    const missing = join(folder, 'missing');
    expect(() => readSecret({ A_FILE: missing, A: 'x' }, 'A', mounted)).toThrow(
      `A_FILE: cannot read ${missing} (ENOENT), wants a readable file`,
    );
    expect(() => readSecret({ A_FILE: join(folder, 'empty'), A: 'x' }, 'A', mounted)).toThrow(
      /is empty, wants a file that holds the secret/,
    );
  });
});
