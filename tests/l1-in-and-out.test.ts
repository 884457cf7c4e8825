import { afterAll, beforeAll, describe } from '@jest/globals';
import { inAndOut } from './lib/l1/in-and-out.ts';
import { reservePorts, startL1s, type L1 } from './lib/l1/l1.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

describe('L1s and the suite in one process', () => {
  let suite: StandaloneSuite;
  let l1s: L1[] = [];
  let l2 = '';
  beforeAll(async () => {
    const { ports, listed } = await reservePorts(3);
    suite = await startStandalone({ env: { L1_SERVERS: listed, OTS_CALENDARS: 'none' } });
    l2 = `http://localhost:${new URL(suite.url).port}`;
    l1s = await startL1s(l2, ports);
  });
  afterAll(async () => {
    for (const l1 of l1s) await l1.stop();
    await suite?.remove();
  });

  inAndOut(() => ({ l2, l1s }));
});
