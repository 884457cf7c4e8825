import { expect, it } from '@jest/globals';
import { loadConfig } from '../config.ts';

const good = { SERVICE_KEY: '22'.repeat(32), REDIS_URL: 'redis://127.0.0.1' };

it('has the limits of the specification', () => {
  expect(loadConfig(good).limits).toEqual({
    ...{ keys: 20, session: 10, anonymous: 120, actor: 600, agent: 1200 },
    ...{ inbox: 1200, log: 1200, recordRun: 30, remoteFollow: 20, storageTest: 10 },
  });
});

it('takes a number per minute, or off', () => {
  const { limits } = loadConfig({ ...good, RATE_LIMIT_SESSION: '25', RATE_LIMIT_ANONYMOUS: 'off' });
  expect(limits).toMatchObject({ session: 25, anonymous: undefined, actor: 600 });
});

it.each(['0', '-1', 'none', '1.5', '10/min', ''])('refuses %j', (value) => {
  const wanted = /RATE_LIMIT_ACTOR: .*wants a number per minute, at least 1, or off/;
  if (value === '') expect(loadConfig({ ...good, RATE_LIMIT_ACTOR: value }).limits.actor).toBe(600);
  else expect(() => loadConfig({ ...good, RATE_LIMIT_ACTOR: value })).toThrow(wanted);
});
