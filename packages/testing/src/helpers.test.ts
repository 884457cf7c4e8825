import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { addressOf, isReachable } from './brokers.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { collectLogs, quietLogger } from './logs.ts';
import { testPrefix } from './random.ts';

describe('eventually', () => {
  it('gives what the attempt gave once it neither throws nor is false', async () => {
    let n = 0;
    const value = await eventually(() => {
      n += 1;
      if (n === 1) throw new Error('not yet');
      return n < 3 ? false : { n };
    });
    expect(value).toEqual({ n: 3 });
  });

  it('rejects with the last error', async () => {
    const attempt = (): never => {
      throw new Error('still raining');
    };
    await expect(eventually(attempt, { timeoutMs: 50 })).rejects.toThrow(
      'still not so after 50 ms: Error: still raining',
    );
  });
});

describe('freePort', () => {
  it('gives nobody else a port that it has given, used or not', async () => {
    const port = await freePort();
    const taken = await new Promise((resolve) => {
      const other = createSocket('udp4');
      other.once('error', ({ message }) => resolve(message)).bind(port, '127.0.0.1', () => resolve('nobody has it'));
    });
    expect(taken).toMatch(/EADDRINUSE/);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    server.close();
  });
});

describe('isReachable', () => {
  it('tells whether somebody listens', async () => {
    const port = await freePort();
    expect(await isReachable(`http://127.0.0.1:${port}`)).toBe(false);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await isReachable(`amqp://guest:guest@127.0.0.1:${port}`)).toBe(true);
    server.close();
  });

  it.each([
    ['redis://h', 6379],
    ['amqp://u:p@h/v', 5672],
    ['postgresql://u@h/db', 5432],
    ['http://h', 80],
    ['redis://h:7000', 7000],
  ])('knows the port of %s', (url, port) => {
    expect(addressOf(url)).toEqual({ host: 'h', port });
  });
});

describe('loggers', () => {
  it('collect, parsed, or say nothing', () => {
    const { logger, records, text } = collectLogs();
    logger.debug('one', { n: 1 });
    expect(records()).toMatchObject([{ message: 'one', n: 1, level: 'debug' }]);
    expect(text()).toContain('"one"');
    quietLogger().error('nothing to see');
  });
});

describe('testPrefix', () => {
  it('is another one each time', () => {
    expect(testPrefix()).toMatch(/^test-[0-9a-f]{10}\.$/);
    expect(testPrefix()).not.toBe(testPrefix());
  });
});
