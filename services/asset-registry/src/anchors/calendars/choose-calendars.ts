import { operatorOf } from './calendar-url.ts';

/** Of how many operators a calendar has to have accepted an anchor: of two, where there are two. */
export function wantedOperators(calendars: readonly string[]): number {
  return Math.min(2, new Set(calendars.map(operatorOf)).size);
}

const mostAtFirst = 3;

/** Whom to ask first: one calendar of each operator, at least two in all where there are two, in the order of the configuration. */
export function firstCalendars(calendars: readonly string[]): string[] {
  const oneEach = calendars.filter(
    (calendar, i) => calendars.findIndex((other) => operatorOf(other) === operatorOf(calendar)) === i,
  );
  return (oneEach.length < 2 ? calendars.slice(0, 2) : oneEach).slice(0, mostAtFirst);
}

/**
 * The calendar that should stand in for one that does not take an anchor: one that was not asked yet, best of an operator who is not
 * among those asked.
 */
export function substituteFor(calendars: readonly string[], asked: readonly string[]): string | undefined {
  const left = calendars.filter((calendar) => !asked.includes(calendar));
  const known = new Set(asked.map(operatorOf));
  return left.find((calendar) => !known.has(operatorOf(calendar))) ?? left[0];
}
