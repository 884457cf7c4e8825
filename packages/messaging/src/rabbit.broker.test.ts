import { createRabbitTransport } from './rabbit/transport.ts';
import { deleteLayout, freshPrefix, startBrokerProxy } from './testing/broker.testing.ts';
import { quietLogger } from './testing/eventually.testing.ts';
import { contractDelaysMs, contractTopology, describeTransport } from './transport.contract.ts';

describeTransport('RabbitMQ', async () => {
  const prefix = freshPrefix();
  const open = async () => {
    const { proxy, url } = await startBrokerProxy();
    const transport = createRabbitTransport({
      url,
      prefix,
      logger: quietLogger(),
      retryDelaysMs: contractDelaysMs,
      topology: contractTopology,
    });
    return { transport, proxy };
  };
  let process = await open();
  const killed: Promise<void>[] = [];
  return {
    transport: () => process.transport,
    async killProcess() {
      process.proxy.cut();
      killed.push(process.transport.close()); // nothing gets through any more; it only must not come back
      await process.proxy.close();
      process = await open();
    },
    async close() {
      await Promise.all([...killed, process.transport.close()]);
      await process.proxy.close();
      await deleteLayout(prefix, { delaysMs: contractDelaysMs, topology: contractTopology });
    },
  };
});
