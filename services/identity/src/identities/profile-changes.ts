import { shownText } from '@artdag/service-kit';
import { z } from 'zod';

/** A name as people are shown it. */
export const displayNameSchema = shownText(100);

const maxUrl = 2048;

/** As the URL parser writes it: what it drops (tabs, line ends) is not to be found in what browsers are given. */
const webAddress = z
  .string()
  .max(maxUrl)
  .transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    const isWeb = url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
    if (isWeb && url.username === '' && url.password === '' && url.href.length <= maxUrl) return url.href;
    context.addIssue({ code: 'custom', message: 'wants an https or http address without a user name or password' });
    return z.NEVER;
  });

const bio = z
  .string()
  .max(2000)
  .refine((text) => !/[^\P{Cc}\n\r\t]|\p{Cs}/u.test(text), 'A text has no control characters but line ends and tabs.')
  // Two ways to have no text would be one too many.
  .transform((text) => (text.trim() === '' ? null : text));

/** What its owner may change of an identity; null takes away. */
export const profileChangesSchema = z.strictObject({
  display_name: displayNameSchema.optional(),
  bio: bio.nullish(),
  avatar_url: webAddress.nullish(),
  website_url: webAddress.nullish(),
  email: z
    .string()
    .max(254)
    .toLowerCase()
    .pipe(z.email())
    .nullish()
    .meta({ description: 'Shown to everybody; not the e-mail address of the account.' }),
});

export type ProfileChanges = z.output<typeof profileChangesSchema>;
