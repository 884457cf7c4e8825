import { describe, jest } from '@jest/globals';
import { deliveryContract } from './delivery.contract.ts';
import { failureContract } from './failure.contract.ts';
import { setStage, type Installation } from './testing/stage.testing.ts';

/** For machines that do several things at once. */
const PATIENCE_MS = 30_000;

/** What every transport promises. `open` makes an installation with `contractTopology` and `contractDelaysMs`. */
export function describeTransport(name: string, open: () => Promise<Installation>): void {
  jest.setTimeout(PATIENCE_MS);
  describe(`${name}: transport contract`, () => {
    const stage = setStage(open);
    deliveryContract(stage);
    failureContract(stage);
  });
}
