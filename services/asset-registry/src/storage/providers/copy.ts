export interface TestResult {
  ok: boolean;
  /** For the provider's owner. */
  message: string;
}

/** By what a copy is found: a CID, the key of an object in a bucket, the path of a file in a folder. */
export type PinType = 'cid' | 'object' | 'file';

/** 256 TiB: no copy is larger, so that the sum over all of a provider's stays a bigint. */
export const maxSizeBytes = 2 ** 48;

/** A copy of a work, as it was recorded. */
export interface Copy {
  /** SHA3-256 in hex. */
  contentHash: string;
  ipfsCid: string | null;
  /** Key or path. */
  location: string | null;
  sizeBytes: number | null;
  etag: string | null;
}

/**
 * What a provider says about a copy. `pending`: it has taken the pin and fetches the bytes. `unsupported`: it cannot be asked, which a
 * repetition does not change.
 */
export interface Finding {
  result: 'present' | 'missing' | 'changed' | 'pending' | 'unsupported';
  message: string;
  /** Of the copy, where the provider tells. */
  sizeBytes?: number | undefined;
  etag?: string | undefined;
}
