import { describe } from '@jest/globals';
import { deliveryContract } from './delivery.contract.ts';
import { failureContract } from './failure.contract.ts';
import { setStage, type Installation } from './testing/stage.testing.ts';

/** What every transport promises. `open` makes an installation with `contractTopology` and `contractDelaysMs`. */
export function describeTransport(name: string, open: () => Promise<Installation>): void {
  describe(`${name}: transport contract`, () => {
    const stage = setStage(open);
    deliveryContract(stage);
    failureContract(stage);
  });
}
