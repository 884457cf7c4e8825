import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { claimTravels } from './lib/journey.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

describe('the suite in one process, everything embedded', () => {
  let suite: StandaloneSuite;
  beforeAll(async () => void (suite = await startStandalone()), 60_000);
  afterAll(() => suite.remove(), 30_000);

  it('carries a claim from a hash to a Fedify follower', () => claimTravels(suite.url), 60_000);
});
