import type { SafeFetchResponse } from '@artdag/safe-fetch';
import { below } from './config-fields.ts';
import type { ProviderCalls } from './provider-calls.ts';
import { ProviderFailure, refusal } from './provider-failure.ts';
import type { Copy, Finding, TestResult } from './copy.ts';
import { encodeKey, signS3 } from './sign-s3.ts';

/** A bucket, named in the path, as every service that speaks S3 takes it. */
export interface S3Bucket {
  endpoint: string;
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
}

export async function testBucket(bucket: S3Bucket, calls: ProviderCalls): Promise<TestResult> {
  const answer = await head(bucket, '', calls);
  if (answer.status === 404) return { ok: false, message: 'There is no such bucket.' };
  return answer.status === 200
    ? { ok: true, message: 'The bucket is there, and the credentials open it.' }
    : { ok: false, message: refusal(answer) };
}

/** Compares size and ETag with those that were recorded or seen first. */
export async function findInBucket(bucket: S3Bucket, copy: Copy, calls: ProviderCalls): Promise<Finding> {
  const answer = await head(bucket, `/${encodeKey(copy.location ?? '')}`, calls);
  if (answer.status === 404) return { result: 'missing', message: 'There is no object of this key in the bucket.' };
  if (answer.status !== 200) throw new ProviderFailure(refusal(answer));
  const sizeBytes = sizeOf(answer);
  const etag = answer.headers['etag']?.replace(/^W\//, '').replaceAll('"', '').slice(0, 256);
  const seen = { sizeBytes, etag };
  if (copy.sizeBytes !== null && sizeBytes !== undefined && sizeBytes !== copy.sizeBytes) {
    return { result: 'changed', message: `The object has ${sizeBytes} bytes, not ${copy.sizeBytes}.`, ...seen };
  }
  if (copy.etag !== null && etag !== undefined && etag !== copy.etag) {
    return { result: 'changed', message: 'The object has another ETag than before.', ...seen };
  }
  return { result: 'present', message: 'The object is in the bucket.', ...seen };
}

async function head(b: S3Bucket, path: string, calls: ProviderCalls): Promise<SafeFetchResponse> {
  const url = below(b.endpoint, `/${b.bucket}${path}`);
  const headers = await signS3({ method: 'HEAD', url }, b, calls.now());
  return await calls.send(url, { method: 'HEAD', headers });
}

function sizeOf({ headers }: SafeFetchResponse): number | undefined {
  const length = headers['content-length'];
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
