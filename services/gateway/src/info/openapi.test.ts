import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { quietLogger } from '@artdag/testing';
import { type Harness, startHarness } from '../harness.testing.ts';

let gateway: Harness;
beforeAll(async () => {
  gateway = await startHarness({ logger: quietLogger() });
});
afterAll(() => gateway.close());

const look = (headers: Record<string, string> = {}) => fetch(`${gateway.url}/openapi.json`, { headers });

it('GET /openapi.json is not sent again to who has it', async () => {
  const first = await look();
  const etag = first.headers.get('etag') ?? '';
  expect([first.status, etag]).toEqual([200, expect.stringMatching(/^"[\w-]{43}"$/)]);
  expect(await first.json()).toMatchObject({ openapi: '3.1.1' });
  for (const tag of [etag, `"x", W/${etag}`, '*']) {
    const again = await look({ 'if-none-match': tag });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
    expect(again.headers.get('cache-control')).toBe('public, max-age=300');
  }
  expect((await look({ 'if-none-match': '"x"' })).status).toBe(200);
});
