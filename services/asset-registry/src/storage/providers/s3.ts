import { z } from 'zod';
import { bucketName, httpUrl, regionName, secret } from './config-fields.ts';
import { defineProvider } from './provider-type.ts';
import { findInBucket, testBucket, type S3Bucket } from './s3-bucket.ts';

const config = z.strictObject({
  endpoint: httpUrl,
  region: regionName,
  bucket: bucketName,
  access_key: secret,
  secret_key: secret,
});

/** Any bucket that speaks S3. */
export const s3 = defineProvider({
  name: 's3',
  config,
  secrets: ['access_key', 'secret_key'],
  destinations: ['endpoint'],
  pinType: 'object',
  test: (given, calls) => testBucket(bucketOf(given), calls),
  holds: (given, copy, calls) => findInBucket(bucketOf(given), copy, calls),
});

function bucketOf({ access_key: accessKey, secret_key: secretKey, ...rest }: z.output<typeof config>): S3Bucket {
  return { ...rest, accessKey, secretKey };
}
