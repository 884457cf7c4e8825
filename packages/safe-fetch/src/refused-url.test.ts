import { afterAll, describe, expect, it } from '@jest/globals';
import { createSafeFetch } from './create-safe-fetch.ts';
import { SafeFetchError } from './safe-fetch-error.ts';
import { fakeLookup } from './servers.testing.ts';

const { lookup, asked } = fakeLookup({
  'private.test': ['10.0.0.1'],
  'both.test': ['10.0.0.1', 'fd00::1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'metadata.test': ['169.254.169.254'],
  'nat64.test': ['64:ff9b::7f00:1'],
  'zone.test': ['fe80::1%eth0'],
  'nonsense.test': ['not an address'],
  'nothing.test': [],
  localhost: ['127.0.0.1', '::1'],
  'localhost.': ['127.0.0.1'],
  'public.test': ['1.1.1.1'],
});
const safeFetch = createSafeFetch({ allowedPrivateCidrs: [], userAgent: 'test', lookup });
afterAll(() => safeFetch.close());

async function failure(url: string): Promise<SafeFetchError> {
  const error = await safeFetch(url, { connectTimeoutMs: 300 }).then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof SafeFetchError)) throw new Error(`${url} was not refused`, { cause: error });
  expect(error.message).not.toContain('s3cret');
  return error;
}

describe('a URL that is refused on its face', () => {
  it.each([
    ['', /absolute https URL/],
    ['not a url', /absolute https URL/],
    ['/path', /absolute https URL/],
    ['//host.test/path', /absolute https URL/],
    ['https://', /absolute https URL/],
    ['https://host.test:99999/', /absolute https URL/],
    ['https://1.2.3.256/', /absolute https URL/],
    ['https://[::1%25lo]/', /absolute https URL/],
    ['file:///etc/passwd', /only https/i],
    ['data:text/plain,x?s3cret', /only https/i],
    ['ftp://host.test/', /only https/i],
    ['gopher://127.0.0.1:6379/_FLUSHALL', /only https/i],
    ['javascript:alert(1)', /only https/i],
    ['ws://host.test/', /only https/i],
    ['blob:https://host.test/1', /only https/i],
    ['https://user@public.test/', /user name or password/],
    ['https://:s3cret@public.test/', /user name or password/],
    ['https://public.test:443@127.0.0.1/', /user name or password/],
    [`https://public.test/?${'s3cret'.repeat(2000)}`, /over the limit/],
  ])('%p', async (url, message) => {
    const before = asked.length;
    const error = await failure(url);
    expect(error.code).toBe('url_refused');
    expect(error.message).toMatch(message);
    expect(asked).toHaveLength(before);
  });
});

describe('an address in the URL, in every spelling', () => {
  it.each([
    'https://127.0.0.1/?s3cret',
    'https://127.0.0.1:8443/',
    'https://127.0.0.1./',
    'https://127.1/',
    'https://127.0.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://017700000001/',
    'https://0x7F.1/',
    'https://%31%32%37.0.0.1/',
    'https://①②⑦.⓪.⓪.①/',
    'https://127。0。0。1/',
    'https://0/',
    'https://10.1/',
    'https://3232235777/',
    'https://0xa9fea9fe/latest/meta-data/?s3cret',
    'https://169.254.169.254/latest/meta-data/',
    'https://168.63.129.16/',
    'https://[::1]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[fd00:ec2::254]/',
    'https://[fe80::1]/',
    'https:127.0.0.1/',
    'https:\\\\127.0.0.1\\',
    'HTTPS://127.0.0.1/',
  ])('%s', async (url) => {
    const error = await failure(url);
    expect(error.code).toBe('address_refused');
    expect(error.message).toContain('ALLOWED_PRIVATE_CIDRS');
  });
});

describe('a name whose addresses are refused', () => {
  it.each([
    'private.test',
    'both.test',
    'mapped.test',
    'metadata.test',
    'nat64.test',
    'zone.test',
    'nonsense.test',
    'localhost',
    'localhost.',
  ])('%s', async (host) => {
    const error = await failure(`https://${host}/path?s3cret`);
    expect(error.code).toBe('address_refused');
    expect(error.message).toContain('ALLOWED_PRIVATE_CIDRS');
    expect(error.message).toContain(host);
  });

  it('is unreachable when it has none, or is not known', async () => {
    await expect(failure('https://nothing.test/?s3cret')).resolves.toMatchObject({ code: 'unreachable' });
    const unknown = await failure('https://unknown.test/path?s3cret');
    expect(unknown).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('https://unknown.test/path'),
    });
  });
});

describe('plain http', () => {
  it.each(['http://public.test/', 'http://1.1.1.1/'])('is refused to the public internet: %s', async (url) => {
    const error = await failure(url);
    expect(error.code).toBe('address_refused');
    expect(error.message).toMatch(/use https/);
  });

  it('is refused to a private address', async () => {
    await expect(failure('http://127.0.0.1/')).resolves.toMatchObject({ code: 'address_refused' });
    await expect(failure('http://private.test/')).resolves.toMatchObject({ code: 'address_refused' });
  });
});

it('refuses an allow-list with a mistake in it at once', () => {
  expect(() => createSafeFetch({ allowedPrivateCidrs: ['127.0.0.1/99'], userAgent: 'test' })).toThrow(
    /ALLOWED_PRIVATE_CIDRS/,
  );
});
