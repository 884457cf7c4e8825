import type { Logger } from '@artdag/service-kit';

/** Lines for a log, handed on together. */
export interface LineBatch {
  add(line: string): void;
  flush(): void;
}

const flushChars = 64 * 1024;
const flushMs = 100;
/** What winston's transports read (package triple-beam): a line that is ready, and its level. */
const level = Symbol.for('level');
const message = Symbol.for('message');

/**
 * Ready-made JSON lines for the logger's own transports, past its formatting: one of winston's calls per request costs
 * as much as finding and checking the request's route and caller.
 */
export function createLineBatch(logger: Logger): LineBatch {
  let lines = '';
  let timer: NodeJS.Timeout | undefined;
  const batch: LineBatch = {
    add(line) {
      lines += lines === '' ? line : `\n${line}`;
      if (lines.length >= flushChars) batch.flush();
      else timer ??= setTimeout(batch.flush, flushMs).unref();
    },
    flush() {
      clearTimeout(timer);
      timer = undefined;
      if (lines === '') return;
      const info = { level: 'info', message: '', [level]: 'info', [message]: lines };
      lines = '';
      for (const transport of logger.transports) transport.write(info);
    },
  };
  return batch;
}
