import { describe, expect, it } from '@jest/globals';
import { cookieValues } from './cookies.ts';

describe('the values of a cookie', () => {
  it.each<[string | undefined, string[]]>([
    [undefined, []],
    ['', []],
    ['a=1', ['1']],
    ['b=2; a=1', ['1']],
    ['b=2;a=1;c=3', ['1']],
    ['b=2;\ta=1 ; c', ['1']],
    ['a=1; a=2', ['1', '2']],
    ['a=', ['']],
    ['a', []],
    ['A=1; xa=2; a =3; ab=4; b=a=5', []],
    ['b="; a=1; "', ['1']],
    ['a=x=y', ['x=y']],
    ['aa=1', []],
  ])('in %j are %j', (header, values) => expect(cookieValues(header, 'a')).toEqual(values));
});
