import { startL1Farm, type L1Farm } from '@artdag/testing';
import { startClockedSuite, type ClockedSuite } from '../clocked-suite.ts';

/** A suite and the one L1 that it knows, which answers at once and keeps what it was told. */
export interface SuiteWithL1 {
  suite: ClockedSuite;
  farm: L1Farm;
  /** Of the L1. */
  url: string;
  close(): Promise<void>;
}

export async function startSuiteWithL1(): Promise<SuiteWithL1> {
  const farm = await startL1Farm({ good: 1, hanging: 0, refusing: 0, failing: 0 });
  const url = farm.all[0] ?? '';
  const network = { ALLOW_HTTP_L1: 'true', ALLOWED_PRIVATE_CIDRS: '127.0.0.0/8', RATE_LIMIT_SESSION: 'off' };
  try {
    const suite = await startClockedSuite({ L1_SERVERS: url, ...network }, { between: ['identity', 'l1-bridge'] });
    const close = async (): Promise<void> => {
      await suite.remove();
      await farm.close();
    };
    return { suite, farm, url, close };
  } catch (error) {
    await farm.close();
    throw error;
  }
}
