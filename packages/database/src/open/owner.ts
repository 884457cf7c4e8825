import pg from 'pg';
import type { Who } from './types.ts';

/** The three settings that the policies read, always all of them, so that nothing is left to an earlier setting. */
export function ownerSettings(who: Who): [name: string, value: string][] {
  return [
    ['app.actor_id', who.actorId ?? ''],
    ['app.org_id', who.orgId ?? ''],
    ['app.system', who.system === true ? 'on' : ''],
  ];
}

/** `BEGIN`, and for somebody also the settings, as one simple query: one round trip. */
export function beginStatement(who?: Who): string {
  if (!who) return 'BEGIN';
  const calls = ownerSettings(who).map(([name, value]) => `set_config('${name}', ${literal(value)}, true)`);
  return `BEGIN; SELECT ${calls.join(', ')}`;
}

function literal(value: string): string {
  // PostgreSQL has no text with NUL, and in a simple query it would end the statement.
  if (value.includes('\0')) throw new TypeError('An actor or org id contains a NUL character.');
  return pg.escapeLiteral(value);
}
