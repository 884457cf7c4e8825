import { guessAssetType } from '@artdag/claims/suggestions';
import type { UploadOptions } from './options.ts';

/** What is said of a file besides its name and hash. */
export function wordsOf(file: string, { type, tag, description, url }: UploadOptions): Record<string, unknown> {
  return {
    asset_type: type ?? guessAssetType(file),
    tags: tag ?? [],
    ...(description === undefined ? {} : { description }),
    ...(url === undefined ? {} : { url }),
  };
}
