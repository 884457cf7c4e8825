import { removeRabbitTopology } from './rabbit/remove.ts';
import { createRabbitTransport } from './rabbit/transport.ts';
import { freshPrefix, startBrokerProxy } from './testing/broker.testing.ts';
import { testUrls } from './testing/config.testing.ts';
import { quietLogger } from './testing/eventually.testing.ts';
import { contractDelaysMs, contractTopology } from './testing/stage.testing.ts';
import { describeTransport } from './transport.contract.ts';

const layout = { retryDelaysMs: contractDelaysMs, topology: contractTopology };

describeTransport('RabbitMQ', async () => {
  const prefix = freshPrefix();
  const open = async () => {
    const { proxy, url } = await startBrokerProxy();
    const transport = createRabbitTransport({
      url,
      prefix,
      logger: quietLogger(),
      ...layout,
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
      await removeRabbitTopology({ url: testUrls.rabbitmq, prefix, ...layout });
    },
  };
});
