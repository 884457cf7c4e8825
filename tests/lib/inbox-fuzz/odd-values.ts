import type { Dice } from '../dice.ts';

export type Json = Record<string, unknown>;

/** What an activity can be about: addresses of ours, the senders', and nobody's. */
export interface World {
  /** Our public origin. */
  origin: string;
  /** Our account. */
  actor: string;
  /** Something of ours that was published. */
  object: string;
  /** Actors that exist elsewhere. */
  strangers: readonly string[];
}

const nested = (depth: number): unknown => {
  let inner: unknown = 1;
  for (let i = 0; i < depth; i += 1) inner = i % 2 === 0 ? [inner] : { object: inner };
  return inner;
};

/** A URL of any kind. */
export const oddUrl = ({ pick, roll }: Dice, w: World): string =>
  pick([
    ...[w.actor, w.object, `${w.actor}/inbox`, `${w.actor}/followers`, `${w.origin}/actor`, `${w.actor}#main-key`],
    ...[w.origin, `${w.origin}/users/nobody`, `${w.origin}/activities/0`, `${w.actor}#follows/${roll(1000)}`],
    ...[`${w.origin}/users/%00`, `${w.origin}/users/../inbox`, w.actor.toUpperCase(), `${w.actor}/`, `${w.actor}?a=b`],
    ...[pick(w.strangers), `${pick(w.strangers)}#main-key`, `${pick(w.strangers)}/followers`, `${pick(w.strangers)}x`],
    ...[
      'https://elsewhere.example/1',
      'http://127.0.0.1:1/a',
      'http://[::ffff:127.0.0.1]/a',
      'http://169.254.169.254/a',
    ],
    ...['file:///etc/passwd', 'data:application/activity+json,{}', 'javascript:1', 'urn:uuid:1', 'acct:a@b', 'http://'],
    ...['https://a:b@c.example/', '//c.example/1', '/users/giles', 'http://xn--.example/', 'http://1.1.1.1:99999/'],
    ...[`https://c.example/${'a'.repeat(3000)}`, 'https://c.example/\u0000', 'https://\ud800.example/', 'as:Public'],
    'https://www.w3.org/ns/activitystreams#Public',
  ]);

/** A value where it is not expected. */
export const oddValue = (dice: Dice, w: World): unknown =>
  dice.pick<() => unknown>([
    ...[null, true, false, 0, -0, -1, 1e308, 5e-324, 2 ** 53, '', ' ', '\u0000', '\ud800', '\udfff\ud800'].map(
      (v) => () => v,
    ),
    ...['a'.repeat(5000), '🙂'.repeat(500), '\u202e', '\ufeff', "';--", '${x}', '%s%n', '../..', '\r\nx: y'].map(
      (v) => () => v,
    ),
    ...['2026-01-01T00:00:00Z', '9999-99-99', 'constructor', 'toString', '__proto__', 'hasOwnProperty'].map(
      (v) => () => v,
    ),
    ...[[], {}, [[]], [null], [{}], { id: null }, { id: [] }, { type: [] }, { toString: 1 }, { length: 1e9 }].map(
      (v) => () => v,
    ),
    ...[[nested(5)], [nested(30)], [nested(40)]].map(
      ([v]) =>
        () =>
          v,
    ),
    () => oddUrl(dice, w),
    () => [oddUrl(dice, w), oddUrl(dice, w)],
    () => ({ id: oddUrl(dice, w), type: dice.pick(['Follow', 'Note', 'Person', 'Tombstone', 'Undo']) }),
    () => Array.from({ length: dice.pick([1, 20, 999, 1000, 1001]) }, (_, i) => `https://c.example/${i}`),
  ])();
