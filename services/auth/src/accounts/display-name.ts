import { shownText } from '@artdag/service-kit';

/** A name as people are shown it. */
export const displayName = shownText(100);
