/** The store could not do what it was asked: it is away, too slow, closed, or holds a value of another kind. Holds no key and no value. */
export class KeyValueError extends Error {
  override readonly name = 'KeyValueError';
}
