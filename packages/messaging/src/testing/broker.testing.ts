import { randomUUID } from 'node:crypto';
import { connect, type Channel } from 'amqplib';
import { testUrls } from './config.testing.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.testing.ts';

/** A prefix that nobody else on the broker has. */
export const freshPrefix = (): string => `test-messaging-${randomUUID().slice(0, 8)}.`;

/** A proxy of the test's own in front of the broker, and the URL that goes through it. */
export async function startBrokerProxy(query = ''): Promise<{ proxy: TcpProxy; url: string }> {
  const url = new URL(testUrls.rabbitmq);
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port || 5672) });
  return { proxy, url: `amqp://${url.username}:${url.password}@127.0.0.1:${proxy.port}${url.pathname}${query}` };
}

/** Work on a channel that goes straight to the broker. */
export async function onBroker<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
  const connection = await connect(testUrls.rabbitmq);
  try {
    return await work(await connection.createChannel());
  } finally {
    await connection.close();
  }
}
