import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import { findDeliveries, findHosts, retryNow, type DeliveryState, type HostState } from './operating.repository.ts';

export interface OperateDeps {
  /** Runs autocommit statements. */
  execute: Execute;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  now: () => Date;
}

/** How the hosts do that we send to; `troubled`: only those that fail, or for which something was given up. */
export async function viewHosts(
  { execute }: OperateDeps,
  o: { host?: string | undefined; troubled: boolean; limit: number },
): Promise<HostState[]> {
  return await findHosts(execute, { ...o, host: o.host?.toLowerCase() ?? null });
}

export interface DeliveryFilter {
  state: 'pending' | 'dead' | 'dropped' | 'delivered';
  host?: string | undefined;
  actor?: string | undefined;
  after?: string | undefined;
  limit: number;
}

export async function viewDeliveries({ execute }: OperateDeps, o: DeliveryFilter): Promise<DeliveryState[]> {
  const { host, actor = null, after = null } = o;
  return await findDeliveries(execute, { ...o, host: host?.toLowerCase() ?? null, actor, after });
}

/**
 * Has one delivery, or all of a host, tried now, those that were given up from their first attempt on. Throws AppError 404 `nothing_to_retry`.
 */
export async function retryDeliveries(
  { transaction, now }: OperateDeps,
  { id = null, host = null }: { id?: string | undefined | null; host?: string | undefined | null },
): Promise<{ revived: number; hurried: number; closed: boolean }> {
  const done = await transaction((execute) => retryNow(execute, { id, host: host?.toLowerCase() ?? null, now: now() }));
  if (done.revived + done.hurried > 0 || done.closed) return done;
  throw new AppError('nothing_to_retry', 404, 'There is no such delivery that waits or was given up.');
}
