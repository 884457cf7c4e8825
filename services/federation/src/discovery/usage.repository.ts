import type { Execute } from '@artdag/messaging';

/** How much this server is used, as far as federation knows. */
export interface Usage {
  /** Actors who are not deleted. */
  total: number;
  /** Those who published something in the last 180 and 30 days. */
  activeHalfyear: number;
  activeMonth: number;
  /** Assets that were ever published. */
  localPosts: number;
}

const COUNT = `
SELECT count(*)::int AS total, count(*) FILTER (WHERE latest > $1)::int AS half_year, count(*) FILTER (WHERE latest > $2)::int AS month,
  (SELECT count(*)::int FROM claim_versions) AS posts
FROM (
  SELECT (SELECT max(p.published_at) FROM publications p WHERE p.ap_actor_id = a.ap_id) AS latest
  FROM ap_actors a WHERE a.deleted_at IS NULL AND a.actor_version > 0) actors`;

const DAY_MS = 24 * 3600_000;

/** @param execute runs autocommit statements */
export async function countUsage(execute: Execute, now: Date): Promise<Usage> {
  const before = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
  const { rows } = await execute(COUNT, [before(180), before(30)]);
  const number = (name: string): number => Number(rows[0]?.[name]);
  const [activeHalfyear, activeMonth] = [number('half_year'), number('month')];
  return { total: number('total'), activeHalfyear, activeMonth, localPosts: number('posts') };
}
