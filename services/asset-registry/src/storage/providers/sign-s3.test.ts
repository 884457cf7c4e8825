import { describe, expect, it } from '@jest/globals';
import { verifySigV4 } from '../testing/sigv4.testing.ts';
import { encodeKey, signS3 } from './sign-s3.ts';

/*
 * Published: "Signature Calculations for the Authorization Header" of the Amazon S3 API reference, and AWS's suite aws-sig-v4-test-suite.
 */

const credentials = {
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
};
const at = new Date('2013-05-24T00:00:00Z');
const secretOf = (accessKey: string) =>
  accessKey === credentials.accessKey ? credentials.secretKey : 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

describe('our signature', () => {
  it.each([
    ['?lifecycle', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
    ['?max-keys=2&prefix=J', '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
  ])('is that of the published example GET /%s', async (query, signature) => {
    const url = `https://examplebucket.s3.amazonaws.com/${query}`;
    const { authorization } = await signS3({ method: 'GET', url }, credentials, at);
    expect(authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ' +
        `SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`,
    );
  });

  it.each(['a.png', 'a b+c.png', 'ä/é/%2F/=&;.png', "we'ird(1)!*~_-.", 'a//b'])(
    'of the key %j is right for whoever has the secret, and wrong for another key, date or method',
    async (key) => {
      const path = `/bucket/${encodeKey(key)}`;
      const headers = await signS3({ method: 'HEAD', url: `http://127.0.0.1:9000${path}` }, credentials, at);
      const request = { method: 'HEAD', target: path, headers: { ...headers, host: '127.0.0.1:9000' } };
      expect(verifySigV4(request, { secretOf })).toEqual({ accessKey: credentials.accessKey, region: 'us-east-1' });
      expect(verifySigV4({ ...request, target: `${path}x` }, { secretOf })).toBeUndefined();
      expect(verifySigV4({ ...request, method: 'GET' }, { secretOf })).toBeUndefined();
      expect(verifySigV4(request, { secretOf: () => 'another' })).toBeUndefined();
      expect(verifySigV4(request, { secretOf, now: new Date('2013-05-24T00:16:00Z') })).toBeUndefined();
    },
  );
});

describe('the check of the stand-in', () => {
  const authorization = (signed: string, signature: string): string =>
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signed}, Signature=${signature}`;
  const headers = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' };

  it.each([
    ['get-vanilla', '/', {}, 'host;x-amz-date', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'get-vanilla-query-order-key-case',
      '/?Param2=value2&Param1=value1',
      {},
      'host;x-amz-date',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'get-header-key-duplicate',
      '/',
      { 'my-header1': 'value2,value2,value1' },
      'host;my-header1;x-amz-date',
      'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
    ],
  ])('takes %s of the published suite, and no other signature', (_name, target, more, signed, signature) => {
    const request = {
      method: 'GET',
      target,
      headers: { ...headers, ...more, authorization: authorization(signed, signature) },
    };
    expect(verifySigV4(request, { secretOf })).toEqual({ accessKey: 'AKIDEXAMPLE', region: 'us-east-1' });
    const other = authorization(
      signed,
      signature.replace(/^./, (c) => (c === '0' ? '1' : '0')),
    );
    expect(
      verifySigV4({ ...request, headers: { ...request.headers, authorization: other } }, { secretOf }),
    ).toBeUndefined();
  });
});
