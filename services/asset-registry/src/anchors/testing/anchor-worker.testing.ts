import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '@artdag/database/registry';
import { createLogger, createMetrics } from '@artdag/service-kit';
import { workOnAnchors } from '../work-on-anchors.ts';
import { makeAnchorDeps } from './anchoring.testing.ts';

/*
 * A replica that works on anchors until it is killed. A second of its clock is five minutes, and its log grows by a leaf every half second, so
 * often as an anchor may be made, up to `leaves`.
 */
const [databaseUrl = '', headersUrl, epoch = '', leaves = '', ...calendars] = process.argv.slice(2);
const speed = 300;
const leafMs = 500;
const began = Number(epoch);
const now = (): Date => new Date(began + (Date.now() - began) * speed);
const size = (): number => Math.min(Number(leaves), 1 + Math.floor((Date.now() - began) / leafMs));
const tables = openDatabase({ databaseUrl, max: 2 });
const logger = createLogger({ service: 'anchor-worker', level: 'error' });
const surroundings = { tables, logger, metrics: createMetrics(), headersUrl, calendars, intervalMs: leafMs * speed };
const { deps } = makeAnchorDeps({ ...surroundings, now, size });
const { signal } = new AbortController();
process.stdout.write('works\n');
for (;;) {
  await workOnAnchors(deps, new Date(began), signal);
  await sleep(10);
}
