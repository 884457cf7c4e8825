import { shownText } from '@artdag/service-kit';

/** What a key's owner calls it. */
export const keyLabel = shownText(80).nullish();
