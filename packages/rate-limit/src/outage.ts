import type { Logger } from '@artdag/service-kit';

/** Whether the shared store is there. Logs its going and its coming back once each. */
export interface Outage {
  /** True from a failure until the next success. */
  away(): boolean;
  /** Whether to ask the store now. While it is away that is said once a second only: asking may cost a whole time-out. */
  worthAsking(): boolean;
  began(error: unknown): void;
  ended(): void;
}

const askAgainMs = 1000;

/** @param o.now milliseconds that never go back */
export function createOutage(o: { logger: Logger; what: string; now: () => number }): Outage {
  let askedAt: number | undefined;
  return {
    away: () => askedAt !== undefined,
    worthAsking() {
      if (askedAt === undefined) return true;
      if (o.now() - askedAt < askAgainMs) return false;
      askedAt = o.now();
      return true;
    },
    began(error) {
      if (askedAt === undefined)
        o.logger.warn(`${o.what}: the shared store is away, this process counts alone`, { error });
      askedAt = o.now();
    },
    ended() {
      if (askedAt === undefined) return;
      askedAt = undefined;
      o.logger.info(`${o.what}: the shared store is back`);
    },
  };
}
