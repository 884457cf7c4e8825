import { connect } from 'node:net';
import { testConfig } from './config.ts';

const DEFAULT_PORTS: Record<string, number> = {
  'http:': 80,
  'https:': 443,
  'redis:': 6379,
  'amqp:': 5672,
  'postgres:': 5432,
  'postgresql:': 5432,
};

const CONNECT_MS = 10_000;

/** TEST_REDIS_URL and TEST_RABBITMQ_URL, or those servers on loopback. */
export function brokerUrls(): { redisUrl: string; rabbitmqUrl: string } {
  const { redisUrl, rabbitmqUrl } = testConfig();
  return { redisUrl, rabbitmqUrl };
}

/** Host and port of a URL, the port by its scheme when none is given. */
export function addressOf(url: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(url);
  const known = port === '' ? DEFAULT_PORTS[protocol] : Number(port);
  if (known === undefined) throw new Error(`${protocol} has no port that we know; write it into the URL`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: known };
}

/** Whether something accepts TCP connections at the URL's host and port within ten seconds. */
export function isReachable(url: string): Promise<boolean> {
  const socket = connect(addressOf(url));
  socket.setTimeout(CONNECT_MS);
  return new Promise((resolve) => {
    const answer = (reachable: boolean): void => {
      socket.destroy();
      resolve(reachable);
    };
    socket
      .once('connect', () => answer(true))
      .once('error', () => answer(false))
      .once('timeout', () => answer(false));
  });
}
