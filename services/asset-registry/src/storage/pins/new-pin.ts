import { validationError } from '@artdag/service-kit';
import { z } from 'zod';
import { contentHashSchema } from '../../assets/new-asset.ts';
import { isPlainText } from '../../assets/text-rules.ts';
import { maxSizeBytes, type PinType } from '../providers/copy.ts';
import type { ProviderType } from '../providers/provider-type.ts';

const cid = z
  .string()
  .regex(/^[A-Za-z0-9_=-]{1,128}$/, 'A CID has 1 to 128 characters A-Z a-z 0-9 _ = -.')
  .meta({ description: 'Where the provider pins by CID; elsewhere for your own use.' });

/** The name of an object or file. What a URL or a file system would take for a way up is none. */
const location = z
  .string()
  .min(1)
  .max(1024)
  .refine((text) => isPlainText(text) && !/\p{Cc}/u.test(text), 'Holds a control character.')
  .refine((text) => Buffer.byteLength(text) <= 1024, 'At most 1024 bytes of UTF-8.')
  .refine((text) => !text.split('/').some((step) => /^\.{0,2}$/.test(step)), 'A step is empty, `.` or `..`.');

/** The body of `POST /storage/{id}/pins`. */
export const newPinSchema = z.object({
  content_hash: contentHashSchema,
  ipfs_cid: cid.nullish().transform((value) => value ?? null),
  key: location.nullish().meta({ description: 'Of the object in the bucket.' }),
  path: location.nullish().meta({ description: 'Of the file below the folder.' }),
  size_bytes: z
    .number()
    .int()
    .min(0)
    .max(maxSizeBytes)
    .nullish()
    .transform((value) => value ?? null),
  etag: z
    .string()
    .regex(/^[\x21\x23-\x7e]{1,256}$/, 'An ETag without its quotes: 1 to 256 printable ASCII characters.')
    .nullish()
    .transform((value) => value ?? null),
  request: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false)
    .meta({ description: 'Ask the provider to pin it whenever a check does not find it there.' }),
});

/** What is to be recorded. */
export interface NewPin {
  contentHash: string;
  pinType: PinType;
  ipfsCid: string | null;
  location: string | null;
  sizeBytes: number | null;
  etag: string | null;
  request: boolean;
}

const locators = { cid: 'ipfs_cid', object: 'key', file: 'path' } as const;

/** @throws AppError 422 without what a provider of this type finds a copy by, and with what another one would */
export function newPin(type: ProviderType, body: z.output<typeof newPinSchema>): NewPin {
  const wanted = locators[type.pinType];
  const problems: [string, string][] = [];
  if (body[wanted] === undefined || body[wanted] === null) {
    problems.push([wanted, `A provider of the type ${type.name} finds copies by this.`]);
  }
  for (const other of ['key', 'path'] as const) {
    if (other === wanted || body[other] === undefined || body[other] === null) continue;
    problems.push([other, `A provider of the type ${type.name} has no such thing.`]);
  }
  if (body.request && type.requestPin === undefined) {
    problems.push(['request', `A provider of the type ${type.name} cannot be asked to pin.`]);
  }
  if (problems.length > 0) throw invalid(problems);
  return {
    contentHash: body.content_hash,
    pinType: type.pinType,
    ipfsCid: body.ipfs_cid,
    location: body.key ?? body.path ?? null,
    ...{ sizeBytes: body.size_bytes, etag: body.etag, request: body.request },
  };
}

function invalid(problems: [string, string][]) {
  const issues = problems.map(([name, message]) => ({
    code: 'custom' as const,
    path: [name],
    message,
    input: undefined,
  }));
  return validationError('body', new z.ZodError(issues));
}
