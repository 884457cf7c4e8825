import { z } from 'zod';
import { bucketName, secret } from './config-fields.ts';
import type { ProviderHosts } from './provider-calls.ts';
import { defineProvider } from './provider-type.ts';
import { findInBucket, testBucket, type S3Bucket } from './s3-bucket.ts';

const config = z.strictObject({ access_key: secret, secret_key: secret, bucket: bucketName });

/** Filebase, which keeps what is in a bucket on IPFS as well. */
export const filebase = defineProvider({
  name: 'filebase',
  config,
  secrets: ['access_key', 'secret_key'],
  destinations: [],
  pinType: 'object',
  test: (given, calls) => testBucket(bucketOf(given, calls.hosts), calls),
  holds: (given, copy, calls) => findInBucket(bucketOf(given, calls.hosts), copy, calls),
});

function bucketOf(
  { access_key: accessKey, secret_key: secretKey, bucket }: z.output<typeof config>,
  hosts: ProviderHosts,
): S3Bucket {
  return { endpoint: hosts.filebase, region: 'us-east-1', bucket, accessKey, secretKey };
}
