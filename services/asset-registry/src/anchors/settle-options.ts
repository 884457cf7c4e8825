import type { AnchorDeps } from './anchor-deps.ts';
import { wantedOperators } from './calendars/choose-calendars.ts';
import type { SettleOptions } from './locked-anchor.repository.ts';

export function settleOptions({ now, settings, headers }: AnchorDeps): SettleOptions {
  return {
    now: now(),
    wantedOperators: wantedOperators(settings.calendars),
    checksHeaders: headers !== undefined,
  };
}
