import { Writable } from 'node:stream';
import { type Logger, createLogger, flushLogs } from '@artdag/service-kit';

/** A logger that says nothing. */
export function quietLogger(): Logger {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  return createLogger({ service: 'test', level: 'error', stream });
}

export interface CollectedLogs {
  logger: Logger;
  /** All that was written so far. */
  text: () => string;
  /** The same, parsed, a record per line. */
  records: () => Record<string, unknown>[];
}

/** A logger that keeps what it writes, down to `level` (default debug). */
export function collectLogs(level = 'debug'): CollectedLogs {
  let written = '';
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  const logger = createLogger({ service: 'test', level, stream });
  const text = (): string => {
    flushLogs(logger);
    return written;
  };
  return {
    logger,
    text,
    records: () =>
      text()
        .split('\n')
        .filter((line) => line !== '')
        .map((line): Record<string, unknown> => JSON.parse(line)),
  };
}
