import type { Execute } from '@artdag/messaging';
import { listRules, type HostRule } from './host-rule.repository.ts';

/** Far more than anybody reads. */
const LIMIT = 10_000;

/** All rules, by host. `execute` runs autocommit statements. */
export async function viewRules(execute: Execute): Promise<{ blocked: HostRule[]; allowed: HostRule[] }> {
  return { blocked: await listRules(execute, 'blocked', LIMIT), allowed: await listRules(execute, 'allowed', LIMIT) };
}
