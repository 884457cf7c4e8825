import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actorRows } from './lib/hostile-inbox/actor-rows.ts';
import { bodyRows } from './lib/hostile-inbox/body-rows.ts';
import { startHostileSuite, type HostileSuite } from './lib/hostile-inbox/hostile-suite.ts';
import { keyRows } from './lib/hostile-inbox/key-rows.ts';
import { routingRows } from './lib/hostile-inbox/routing-rows.ts';
import { signatureRows } from './lib/hostile-inbox/signature-rows.ts';

let suite: HostileSuite;

beforeAll(async () => {
  suite = await startHostileSuite();
});
afterAll(async () => {
  await suite?.remove();
});

const blocks = [
  ['Signature', signatureRows],
  ['Key', keyRows],
  ['Actor and ids', actorRows],
  ['Body', bodyRows],
  ['Routing', routingRows],
] as const;

/** Every row of the specification's table of what hostile input gets, as a stranger sees it: through the gateway, by HTTP alone. */
describe.each(blocks)('what hostile input gets: %s', (_block, rows) => {
  it.each(rows)('%s: %s', async (_condition, _answer, check) => check(suite));

  it('and no mistake of ours is in the log', () => {
    expect(suite.process.output).not.toMatch(/internal_error|could not be processed/);
  });
});
