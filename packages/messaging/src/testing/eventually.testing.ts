import { Writable } from 'node:stream';
import { createLogger, sleep, type Logger } from '@artdag/service-kit';

/** Waits until the condition holds. @throws Error when it does not within `ms`. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const giveUpAt = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(10);
  }
}

/** A logger whose lines go nowhere. */
export function quietLogger(): Logger {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  return createLogger({ service: 'test', level: 'debug', stream });
}

/** A promise with its switches, for handlers that a test holds up. */
export function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
