import { createInProcessTransport } from './in-process/transport.ts';
import { quietLogger } from './testing/eventually.testing.ts';
import { contractDelaysMs, contractTopology } from './testing/stage.testing.ts';
import { describeTransport } from './transport.contract.ts';

describeTransport('in-process', async () => {
  const open = () =>
    createInProcessTransport({ logger: quietLogger(), retryDelaysMs: contractDelaysMs, topology: contractTopology });
  let transport = open();
  return {
    transport: () => transport,
    async killProcess() {
      transport = open(); // the old one's handlers hang for ever, and what it knew is gone
    },
    close: () => transport.close(),
  };
});
