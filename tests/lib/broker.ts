import { brokerUrls } from '@artdag/testing';
import { defaultRetryDelaysMs, knownConsumers } from '@artdag/messaging';
import amqp from 'amqplib';

/** Removes everything that suites with this prefix have declared at the broker. */
export async function removeTopology(prefix: string): Promise<void> {
  const connection = await amqp.connect(brokerUrls().rabbitmqUrl);
  try {
    const channel = await connection.createChannel();
    const delays = defaultRetryDelaysMs.map((delay) => `${prefix}artdag.retry.${delay}`);
    const queues = knownConsumers.flatMap(({ queue }) => [`${prefix}${queue}`, `${prefix}${queue}.dead`]);
    for (const queue of [...queues, ...delays]) await channel.deleteQueue(queue);
    for (const exchange of [`${prefix}artdag.events`, `${prefix}artdag.dlx`, ...delays])
      await channel.deleteExchange(exchange);
    await channel.close();
  } finally {
    await connection.close();
  }
}
