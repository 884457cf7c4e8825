import { formatTable } from '../format.ts';
import { printable } from '../printable.ts';
import { spanBetween } from '../span.ts';

export interface HostState {
  host: string;
  waiting: number;
  dead: number;
  followers: number;
  signature_scheme: string | null;
  failures: number;
  failing_since: string | null;
  retry_at: string | null;
  last_error: string | null;
  latency_ms: number | null;
  seen_at: string | null;
}

export interface DeliveryState {
  id: string;
  kind: string;
  state: string;
  actor: string;
  inbox: string;
  attempts: number;
  created_at: string;
  next_at: string;
  last_error: string | null;
}

/** Failures in a row from which on a host is left alone. */
const OPENS_AFTER = 5;

export function hostTable(hosts: readonly HostState[], now: Date): string {
  const heading = ['HOST', 'STATE', 'WAITING', 'GIVEN UP', 'FOLLOWERS', 'SIGNED BY', 'ANSWERED', 'LAST ERROR'];
  const rows = hosts.map((host) => [
    printable(host.host, 60),
    stateOf(host, now),
    ...[host.waiting, host.dead, host.followers].map(String),
    host.signature_scheme ?? '-',
    host.latency_ms === null ? '-' : `in ${host.latency_ms} ms`,
    printable(host.last_error ?? '-', 60),
  ]);
  return formatTable(heading, rows, 'Nothing was sent to any such host.');
}

function stateOf({ failures, failing_since: since, retry_at: retryAt, seen_at: seenAt }: HostState, now: Date): string {
  if (failures === 0) return seenAt === null ? 'new' : 'well';
  const long = since === null ? '' : ` for ${spanBetween(new Date(since), now)}`;
  if (failures < OPENS_AFTER) return `failing${long}`;
  const next = retryAt === null ? '' : `, next try in ${spanBetween(now, new Date(retryAt))}`;
  return `left alone${long}${next}`;
}

export function deliveryTable(deliveries: readonly DeliveryState[], state: string, now: Date): string {
  const heading = [
    'ID',
    'KIND',
    'TO',
    'OF',
    'ATTEMPTS',
    'AGE',
    state === 'pending' ? 'NEXT IN' : 'ENDED',
    'LAST ERROR',
  ];
  const rows = deliveries.map((one) => [
    one.id,
    one.kind,
    printable(one.inbox, 80),
    printable(one.actor.split('/').at(-1) ?? '-', 40),
    String(one.attempts),
    spanBetween(new Date(one.created_at), now),
    one.state === 'pending' ? spanBetween(now, new Date(one.next_at)) : one.state,
    printable(one.last_error ?? '-', 60),
  ]);
  return formatTable(heading, rows, `No delivery is ${state}.`);
}
