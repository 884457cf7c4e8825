import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, newAccount, newContentHash, registerAsset } from './lib/api-client.ts';
import { rawRequest } from './lib/raw-request.ts';
import { root } from './lib/scripts.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
}

interface Description {
  paths: Record<string, Record<string, { parameters?: Parameter[] }>>;
}

const description = JSON.parse(readFileSync(join(root, 'docs', 'openapi.json'), 'utf8')) as Description;

// prettier-ignore
const odd = [
  '-1', '0', '01', '1e3', '9223372036854775808', '1'.repeat(400), 'x'.repeat(3_000), '%00', 'a%00b', '%FF', '%C0%AF', '%ED%A0%80', '%F0%9F%98%80',
  '%', '%zz', '..', '%2e%2e', '%2F', 'a%2Fb', '\\', '*', '%20', '%0d%0aX:y', "'", '%22', '$1', '[]', '{}', 'null', '__proto__', 'constructor', '@',
  'acct:x', 'https://x', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '+010000-01-01T00:00:00Z', '00000000-0000-0000-0000-000000000000',
];

let suite: StandaloneSuite;
let token: string;
/** What there is, by the parameter that names it. */
const known: Record<string, string> = {
  size: '1',
  leaf_hash: '0'.repeat(64),
  merkle_root: '0'.repeat(64),
  tile: '0/000.p/1',
};

beforeAll(async () => {
  suite = await startStandalone({ env: { OTS_CALENDARS: 'none' } });
  const account = await newAccount(suite.url);
  token = account.token;
  const hash = newContentHash();
  const { body } = await registerAsset(suite.url, token, 'work', hash);
  const config = { endpoint: 'https://pins.invalid', token: 'abcdefghijklmnop' };
  const storage = await call(suite.url, '/storage', { token, body: { provider_type: 'psa', config } });
  const ids = { ref: String(body['activity_id']), id: String(storage.body['id']), content_hash: hash, name: 'work' };
  Object.assign(known, ids, { username: account.username, handle: account.username });
});
afterAll(() => suite?.remove());

/** A path with one odd value, and with what there is for its other parameters. */
function targetOf(path: string, { in: place, name }: Parameter, value: string): string {
  const target = path.replaceAll(/\{(\w+)\}/g, (_, each: string) =>
    place === 'path' && each === name ? value : (known[each] ?? 'x'),
  );
  return place === 'query' ? `${target}?${name}=${value}` : target;
}

/** Every parameter of the API description. Those of a deletion by name alone: with what there is, it would be gone. */
const parameters = Object.entries(description.paths)
  .filter(([path]) => path !== '/auth/logout')
  .flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { parameters: all = [] }]) =>
      all
        .filter(({ in: place }) => method !== 'delete' || place === 'path')
        .map((parameter): [string, string, Parameter] => [
          parameter.name,
          `${method.toUpperCase()} ${path}`,
          parameter,
        ]),
    ),
  );

describe('an odd value', () => {
  it.each(parameters)('has a clear answer: as %s of %s', async (_name, operation, parameter) => {
    const [method = '', path = ''] = operation.split(' ');
    const hasBody = method === 'POST' || method === 'PATCH';
    for (const value of odd) {
      const headers = [`Authorization: Bearer ${token}`, ...(hasBody ? ['Content-Type: application/json'] : [])];
      if (parameter.in === 'header') headers.push(`${parameter.name}: ${value}`);
      const target = targetOf(path, parameter, value);
      const { status } = await rawRequest(suite.url, target, { method, headers, body: hasBody ? '{}' : '' });
      expect([value.slice(0, 40), status >= 200 && status < 500 ? 'clear' : status]).toEqual([
        value.slice(0, 40),
        'clear',
      ]);
    }
    // Nothing of it has ended the session.
    expect((await call(suite.url, '/auth/me', { token })).status).toBe(200);
  });
});
