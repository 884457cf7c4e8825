import { describe, expect, it } from '@jest/globals';
import { acceptSignatureHeader, fulfillableRequest } from './accept-signature.ts';

const means = {
  keyId: 'https://l2.example.com/users/giles#main-key',
  algorithm: 'rsa-v1_5-sha256',
  headers: ['host', 'date', 'content-digest', 'content-type'],
};
const nothing = { expires: false, nonce: undefined, tag: undefined };

describe('Accept-Signature', () => {
  it('is made of names, and can be fulfilled by ourselves', () => {
    const header = acceptSignatureHeader(['@method', '@target-uri', 'content-digest']);
    expect(header).toBe('sig1=("@method" "@target-uri" "content-digest");created');
    expect(fulfillableRequest(header, means)).toEqual({
      label: 'sig1',
      components: ['@method', '@target-uri', 'content-digest'],
      ...nothing,
    });
  });

  it.each([
    [
      'nonce, tag and expires',
      'a=("@method");created;expires;nonce="n\\"1";tag="t"',
      { expires: true, nonce: 'n"1', tag: 't' },
    ],
    ['our algorithm and key', `a=("@method");alg="rsa-v1_5-sha256";keyid="${means.keyId}"`, {}],
    ['no component', 'a=()', { components: [] }],
    ['headers that will be sent', 'a=("host" "date" "content-type")', { components: ['host', 'date', 'content-type'] }],
  ])('with %s is fulfilled', (_name, header, expected) => {
    expect(fulfillableRequest(header, means)).toEqual({ label: 'a', components: ['@method'], ...nothing, ...expected });
  });

  it.each([
    ['another algorithm', 'a=("@method");alg="ed25519"'],
    ['another key', 'a=("@method");keyid="https://l2.example.com/users/giles#main-key-2"'],
    ['a header that is not sent', 'a=("@method" "cookie")'],
    ['a component of an answer', 'a=("@status")'],
    ['a component with a parameter', 'a=("content-digest";key="sha-256")'],
    ['a component that is a token', 'a=(host)'],
    ['an unknown parameter', 'a=("@method");proof-of-work=20'],
    ['no list', 'a="@method"'],
    ['a name of an object’s own', 'a=("constructor")'],
    ['too many components', `a=(${'"host" '.repeat(33)})`],
    ['too long', `a=("@method");nonce="${'x'.repeat(8192)}"`],
    ['garbage', 'a=('],
    ['nothing', ''],
  ])('with %s is not', (_name, header) => {
    expect(fulfillableRequest(header, means)).toBeUndefined();
  });

  it('of several members is fulfilled by the first that can be', () => {
    const header = 'a=("@status"), b=("@method");alg="ed25519", c=("@path"), d=("@method")';
    expect(fulfillableRequest(header, means)).toMatchObject({ label: 'c', components: ['@path'] });
  });
});
