import type { Logger } from '@artdag/service-kit';

/** A logger that keeps the level of each line, in `levels`. */
export function listLevels(): { logger: Logger; levels: string[] } {
  const levels: string[] = [];
  const note = (level: string) => () => void levels.push(level);
  // What the limiters use of a logger.
  const logger = { warn: note('warn'), info: note('info') } as unknown as Logger;
  return { logger, levels };
}
