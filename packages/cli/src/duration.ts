import { CliError } from './cli-error.ts';

const seconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds in `90s`, `30m`, `2h` or `7d`. @throws CliError for anything else */
export function parseDuration(text: string): number {
  const [, count, unit = ''] = /^(\d{1,7})([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw new CliError(`"${text}" is no time span. Give one such as 90s, 30m, 2h or 7d.`);
  return Number(count) * (seconds[unit] ?? 0);
}
