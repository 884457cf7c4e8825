import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { quietLogger } from '@artdag/testing';
import { type Harness, startHarness, valuesOf } from '../harness.testing.ts';
import { rawGet } from '../raw-http.testing.ts';

let trusting: Harness;
let distrusting: Harness;

beforeAll(async () => {
  const logger = quietLogger();
  trusting = await startHarness({ logger, config: { trustedProxies: ['127.0.0.0/8', '10.0.0.0/8', 'fd00::/8'] } });
  distrusting = await startHarness({ logger, config: { trustedProxies: ['10.0.0.0/8'] } });
});
afterAll(async () => {
  await trusting.close();
  await distrusting.close();
});

/** What the service is told about the client: address and protocol. */
async function told(gateway: Harness, lines: readonly string[]): Promise<string[]> {
  gateway.seen.length = 0;
  await rawGet(gateway.port, '/assets', lines);
  const { rawHeaders = [] } = gateway.seen[0] ?? {};
  return [...valuesOf(rawHeaders, 'x-forwarded-for'), ...valuesOf(rawHeaders, 'x-forwarded-proto')];
}

describe('behind a trusted proxy', () => {
  it.each([
    [[], '127.0.0.1', 'http'],
    [['X-Forwarded-For: 203.0.113.9'], '203.0.113.9', 'http'],
    [['X-Forwarded-For: 1.1.1.1, 203.0.113.9'], '203.0.113.9', 'http'],
    [['X-Forwarded-For: 1.1.1.1', 'x-forwarded-for: 203.0.113.9,10.1.2.3'], '203.0.113.9', 'http'],
    [['X-Forwarded-For: 10.9.9.9, 10.1.2.3'], '10.9.9.9', 'http'],
    [['X-Forwarded-For: 203.0.113.9, nonsense, 10.1.2.3'], '10.1.2.3', 'http'],
    [['X-Forwarded-For: 203.0.113.9, '], '127.0.0.1', 'http'],
    [['X-Forwarded-For: ::ffff:203.0.113.9'], '203.0.113.9', 'http'],
    [['X-Forwarded-For: 2001:DB8::1, fd00::1'], '2001:db8::1', 'http'],
    [['X-Forwarded-For: 203.0.113.9:4711'], '127.0.0.1', 'http'],
    [['X-Forwarded-Proto: https'], '127.0.0.1', 'https'],
    [['X-Forwarded-Proto: http, https'], '127.0.0.1', 'https'],
    [['X-Forwarded-Proto: https, http'], '127.0.0.1', 'http'],
    [['X-Forwarded-Proto: javascript'], '127.0.0.1', 'http'],
  ])('%j means %s by %s', async (lines, address, protocol) => {
    expect(await told(trusting, lines)).toEqual([address, protocol]);
  });
});

describe('without one', () => {
  it.each([[[]], [['X-Forwarded-For: 203.0.113.9']], [['X-Forwarded-For: 10.1.2.3', 'X-Forwarded-Proto: https']]])(
    '%j changes nothing',
    async (lines) => {
      expect(await told(distrusting, lines)).toEqual(['127.0.0.1', 'http']);
    },
  );
});
