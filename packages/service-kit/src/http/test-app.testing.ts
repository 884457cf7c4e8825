import { Writable } from 'node:stream';
import { createHealth, type Health } from '../health.ts';
import { createLogger, flushLogs, type Logger } from '../logging/logger.ts';
import { createMetrics, type Metrics } from '../metrics.ts';
import { createHttpApp, type HttpAppOptions } from './create-http-app.ts';
import { type HttpServer, listen } from './listen.ts';

export interface TestApp {
  server: HttpServer;
  url: string;
  health: Health;
  metrics: Metrics;
  /** What was logged, parsed. */
  logs: () => Record<string, unknown>[];
}

export function collectingLogger(level = 'debug'): { logger: Logger; logs: TestApp['logs'] } {
  let text = '';
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const logger = createLogger({ service: 'test', level, stream });
  const logs = (): Record<string, unknown>[] => {
    flushLogs(logger);
    const lines = text.split('\n').filter((line) => line !== '');
    return lines.map((line): Record<string, unknown> => JSON.parse(line));
  };
  return { logger, logs };
}

const running: HttpServer[] = [];

/** An app as services make theirs, listening on loopback until closeTestApps. */
export async function startTestApp(o: Partial<HttpAppOptions> = {}): Promise<TestApp> {
  const { logger, logs } = collectingLogger();
  const [metrics, health] = [createMetrics(), createHealth()];
  const app = createHttpApp({
    service: 'test',
    version: '1.2.3',
    logger,
    metrics,
    health,
    metricsAllowCidrs: ['127.0.0.0/8'],
    routes: () => undefined,
    ...o,
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  running.push(server);
  return { server, url: server.url, health, metrics, logs };
}

export async function closeTestApps(): Promise<void> {
  await Promise.all(running.splice(0).map((server) => server.close(0)));
}

export async function json(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}
