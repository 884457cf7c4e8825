import type { Execute } from '@artdag/messaging';
import type { Logger } from '@artdag/service-kit';
import type { AnchorMetrics } from './anchor-metrics.ts';
import type { HeaderSource } from './bitcoin/header-source.ts';
import type { CalendarClient } from './calendars/calendar-client.ts';
import type { CalendarRepository } from './calendars/calendar.repository.ts';
import type { CheckpointSource } from './signed-checkpoint.ts';

/** What the work on anchors is done with. */
export interface AnchorDeps {
  now: () => Date;
  /** 16 bytes. */
  newNonce: () => Buffer;
  logger: Logger;
  metrics: AnchorMetrics;
  /** Autocommit statements. */
  execute: Execute;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  checkpoints: CheckpointSource;
  client: CalendarClient;
  calendars: CalendarRepository;
  /** Undefined: headers are not checked. */
  headers: HeaderSource | undefined;
  settings: AnchorSettings;
}

export interface AnchorSettings {
  /** Base URLs of the calendars that anchors are given to. */
  calendars: readonly string[];
  /** Hosts of further calendars that may be asked. */
  calendarHosts: readonly string[];
  intervalMs: number;
  network: 'mainnet' | 'regtest';
}
