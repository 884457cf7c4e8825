import type { Express } from 'express';

/** What `createService(config, overrides)` of every service returns. */
export interface Service {
  readonly name: string;
  readonly app: Express;
  /** Resolves once requests are served. */
  start(): Promise<{ port: number; url: string }>;
  /** Stops accepting, finishes what is in flight, lets go of everything. Idempotent. */
  close(): Promise<void>;
}
