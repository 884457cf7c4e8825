import { describe, expect, it } from '@jest/globals';
import { refuseCredentialsInQuery } from './query.ts';

describe('refuseCredentialsInQuery', () => {
  it.each([
    ...['api_key=dk_1', 'access_token=x', 'a=1&api_key=', 'a;access_token=x', 'API_KEY=x', 'access_token'],
    ...['%61pi_key=x', 'api%5Fkey=x', '%61%63%63%65%73%73_token=x', 'a=&&api_key=x'],
  ])('refuses ?%s without repeating it', (query) => {
    expect(() => refuseCredentialsInQuery(query)).toThrow(
      expect.objectContaining({ code: 'credential_in_query', status: 400 }),
    );
    expect(() => refuseCredentialsInQuery(query)).not.toThrow(/dk_1/);
  });

  it.each([undefined, '', 'q=api_key', 'my_api_key=1', 'api_keys=1', 'auth_token=x', 'resource=acct:access_token@x'])(
    'lets ?%s pass',
    (query) => {
      expect(() => refuseCredentialsInQuery(query)).not.toThrow();
    },
  );
});
