import { AppError } from '@artdag/service-kit';

/** The entity tag of an asset: its version, which every change raises. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/**
 * Holds `If-Match` against the present version (RFC 9110 §13.1.1): `*`, or strong entity tags separated by commas.
 *
 * @throws AppError 412 `version_mismatch`
 */
export function refuseOtherVersion(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined) return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes('*') || tags.includes(entityTag(version))) return;
  throw new AppError('version_mismatch', 412, `The asset has changed meanwhile: it is at version ${version} now.`, {
    headers: { etag: entityTag(version) },
  });
}
