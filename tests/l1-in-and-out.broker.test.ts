import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { brokerUrls, eventually, freePort, testPrefix } from '@artdag/testing';
import { inAndOut } from './lib/l1/in-and-out.ts';
import { reservePorts, startCircles, startL1s, type L1 } from './lib/l1/l1.ts';
import { newVisitor } from './lib/l1/visitor.ts';
import { removeKeys, startProcesses, type ProcessSuite } from './lib/process-suite.ts';

describe('L1s and every service as its own process', () => {
  let suite: ProcessSuite;
  let l1s: L1[] = [];
  let listed: string;
  let ports: number[];
  beforeAll(async () => {
    ({ ports, listed } = await reservePorts(4));
    suite = await startProcesses({ env: { L1_SERVERS: listed, ALLOW_HTTP_L1: 'true', OTS_CALENDARS: 'none' } });
    l1s = await startL1s(suite.url, ports);
  });
  afterAll(async () => {
    for (const l1 of l1s) await l1.stop();
    await suite?.remove();
  });

  inAndOut(() => ({ l2: suite.url, l1s }));

  it('one replica of an L1 is told, and all of them know by their Redis', async () => {
    const keyPrefix = testPrefix();
    const { redisUrl } = brokerUrls();
    const env = { REDIS_URL: redisUrl, L1_REDIS_PREFIX: keyPrefix };
    const told = await startCircles(suite.url, ports[3] ?? 0, env);
    const other = await startCircles(suite.url, await freePort(), { ...env, L1_PUBLIC_URL: told.url });
    try {
      const visitor = await newVisitor(suite.url);
      await visitor.attach(told);
      visitor.alsoGoesTo(other, told);
      expect(await visitor.look(other)).toBe(200);
      await visitor.logOut();
      await eventually(async () => expect(await visitor.look(other)).toBe(401));
      expect(await visitor.look(told)).toBe(401);
      expect(other.output()).not.toContain('signed out');
    } finally {
      await Promise.all([told.stop(), other.stop()]);
      await removeKeys(redisUrl, keyPrefix);
    }
  });
});
