import { storableText } from '../storable-text.ts';

/** What a key's owner calls it. */
export const keyLabel = storableText(80).nullish();
