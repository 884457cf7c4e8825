/** The numbers of a record `a:b:c`; none when it is absent or not ours. */
export function fieldsOf(record: string | null): number[] {
  if (record === null || !/^\d+(:\d+)*$/.test(record)) return [];
  return record.split(':').map(Number);
}

/** Whole seconds, at least one. */
export function secondsUntil(untilMs: number, nowMs: number): number {
  return Math.max(1, Math.ceil((untilMs - nowMs) / 1000));
}
