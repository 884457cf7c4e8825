import { shownText } from '../shown-text.ts';

/** What a key's owner calls it. */
export const keyLabel = shownText(80).nullish();
