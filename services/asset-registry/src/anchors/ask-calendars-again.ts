import { AppError } from '@artdag/service-kit';
import { notFound } from '../http/answers.ts';
import { getAnchor, merkleRootForm } from './get-anchor.ts';
import type { AnchorReaderDeps } from './list-anchors.ts';

export interface AskAgainDeps {
  reader: AnchorReaderDeps;
  now: () => Date;
  /** Whether there are calendars to ask. */
  isEnabled: boolean;
}

/**
 * Makes everything that is left to ask for an anchor due now: calendars that were left in peace, promises of an anchor that is through
 * with, and the source of block headers.
 *
 * @throws AppError 404, 409 `no_calendars`
 */
export async function askCalendarsAgain({ reader, now, isEnabled }: AskAgainDeps, merkleRoot: string) {
  const isKnown = merkleRootForm.test(merkleRoot) && (await reader.anchors.askAgain(merkleRoot, now()));
  if (!isKnown) throw notFound('anchor');
  if (!isEnabled) throw noCalendars();
  return await getAnchor(reader, merkleRoot);
}

export function noCalendars(): AppError {
  return new AppError('no_calendars', 409, 'This server has no calendars to anchor with.');
}
