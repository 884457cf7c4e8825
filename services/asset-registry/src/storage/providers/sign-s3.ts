import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';

export interface S3Credentials {
  accessKey: string;
  secretKey: string;
  region: string;
}

const emptyHash = createHash('sha256').update('').digest('hex');

/**
 * The headers of a request without a body to S3 or something that speaks like it: AWS Signature Version 4, in the header `Authorization`.
 * Path and query of `url` are percent-encoded as RFC 3986 has it, once.
 */
export async function signS3(
  { method, url }: { method: 'GET' | 'HEAD'; url: string },
  { accessKey, secretKey, region }: S3Credentials,
  now: Date,
): Promise<Record<string, string>> {
  const signer = new AwsV4Signer({
    ...{ method, url, region, service: 's3', accessKeyId: accessKey, secretAccessKey: secretKey },
    headers: { 'x-amz-content-sha256': emptyHash },
    datetime: now.toISOString().replaceAll(/[-:]|\.\d{3}/g, ''),
  });
  const { headers } = await signer.sign();
  return Object.fromEntries(headers);
}

/** An object's key as it stands in a path: each segment encoded, so that what is signed and what is sent are the same bytes. */
export function encodeKey(key: string): string {
  const encode = (text: string): string =>
    encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return key.split('/').map(encode).join('/');
}
