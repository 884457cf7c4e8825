import { describe, expect, it } from '@jest/globals';
import { followAddressOf } from './follow-template.ts';

const followed = { object: 'https://l2.example/users/giles', uri: 'acct:giles@l2.example' };
const rules = {
  publicScheme: 'https' as const,
  isOurs: (url: string) => new URL(url).origin === 'https://l2.example',
};
const ostatus = 'http://ostatus.org/schema/1.0/subscribe';
const fep = 'https://w3id.org/fep/3b86/Follow';
const addressOf = (template: unknown, rel = ostatus) => followAddressOf([{ rel, template }], followed, rules);

it('is what the server’s own template makes of it', () => {
  expect(addressOf('https://social.example/authorize_interaction?uri={uri}')).toBe(
    'https://social.example/authorize_interaction?uri=acct%3Agiles%40l2.example',
  );
  expect(addressOf('https://social.example/ostatus_subscribe/{uri}#x')).toBe(
    'https://social.example/ostatus_subscribe/acct%3Agiles%40l2.example#x',
  );
  expect(addressOf('https://social.example/f?o={object}&then={on-success}&else={on-cancel}', fep)).toBe(
    'https://social.example/f?o=https%3A%2F%2Fl2.example%2Fusers%2Fgiles&then=&else=',
  );
});

it('is by an intent of FEP-3b86 where there is one that will do', () => {
  const older = { rel: ostatus, template: 'https://social.example/old?uri={uri}' };
  const newer = { rel: fep, template: 'https://social.example/new?o={object}' };
  expect(followAddressOf([older, newer], followed, rules)).toContain('/new?o=https%3A');
  expect(followAddressOf([{ ...newer, template: 'no' }, older], followed, rules)).toContain('/old?uri=acct');
});

it('may be on another host, where the accounts of a domain live', () => {
  expect(addressOf('https://elsewhere.example/a?uri={uri}')).toContain('https://elsewhere.example/a?');
});

describe('no link of ours leads to', () => {
  it.each([
    ['script', 'javascript:alert(1)//{uri}'],
    ['script behind blanks', ' \tjava\nscript:alert("{uri}")'],
    ['data', 'data:text/html,<script>"{uri}"</script>'],
    ['another scheme', 'web+ap://social.example/{uri}'],
    ['plain http', 'http://social.example/a?uri={uri}'],
    ['nobody, as there is no place for whom', 'https://social.example/authorize_interaction'],
    ['another intent’s place', 'https://social.example/a?o={object}'],
    ['a host that is filled in', 'https://{uri}/a'],
    ['a host that is filled in behind a user name', 'https://social.example@{uri}/a'],
    ['a user name', 'https://social.example:pass@evil.example/a?uri={uri}'],
    ['a port that is filled in', 'https://social.example:{uri}/a'],
    ['a host that a backslash ends', 'https://social.example\\@evil.example/{uri}'],
    ['a host that is ended by what stays empty', 'https://evil.example{x}/a?uri={uri}'],
    ['ourselves', 'https://l2.example/logout?x={uri}'],
    ['ourselves, spelled otherwise', 'https://L2.EXAMPLE:443/logout?x={uri}'],
    ['an address of this machine', 'https://127.0.0.1/a?uri={uri}'],
    ['an address of this machine, as one number', 'https://2130706433/a?uri={uri}'],
    ['an address of IPv6', 'https://[::1]/a?uri={uri}'],
    ['a machine nearby', 'https://router/a?uri={uri}'],
    ['a machine nearby, by its dot', 'https://localhost/a?uri={uri}'],
    ['a relative address', '/authorize_interaction?uri={uri}'],
    ['a host of no scheme', '//social.example/a?uri={uri}'],
    ['blanks and lines', 'https://social.example/a b\r\nx: {uri}'],
    ['what is very long', `https://social.example/${'a'.repeat(2048)}?uri={uri}`],
    ['no text', ['https://social.example/a?uri={uri}']],
    ['nothing', undefined],
  ])('%s', (_what, template) => {
    expect(addressOf(template)).toBeUndefined();
  });
});

it('is at the first link of its kind, which must do', () => {
  const links = [
    { rel: ostatus, template: 'javascript:{uri}' },
    { rel: ostatus, template: 'https://social.example/a?uri={uri}' },
  ];
  expect(followAddressOf(links, followed, rules)).toBeUndefined();
});
