import { describe, expect, it } from '@jest/globals';
import { failureWords, hashedWords, progressInWords } from './progress-words.ts';

const gib = 2 ** 30;

describe('the words beside the bar', () => {
  it.each([
    [0, 2 * gib, 500, '0 bytes of 2.1 GB'],
    [gib, 2 * gib, 30_000, '1.1 GB of 2.1 GB, 35.8 MB a second, about 30 seconds left'],
    [gib / 16, 2 * gib, 10_000, '67.1 MB of 2.1 GB, 6.7 MB a second, about 5 minutes left'],
    [999_999, 1_000_000, 1000, '1000.0 kB of 1.0 MB, 1000.0 kB a second, about less than a second left'],
  ])('for %d of %d bytes in %d ms', (read, size, elapsedMs, words) => {
    expect(progressInWords(read, size, elapsedMs)).toBe(words);
  });
});

it('says what has become of a file', () => {
  expect(hashedWords('a.mp4', gib, 30_400)).toBe('a.mp4 is hashed: 1.1 GB in 30 seconds. All of it has stayed here.');
  expect(hashedWords('a.mp4', 1, 1)).toContain('1 byte in less than a second');
  expect(hashedWords('a.mp4', 0, 1)).toContain('a.mp4 is empty');
  expect(failureWords('a.mp4', 'NotReadableError')).toContain('a.mp4 cannot be read, or was changed meanwhile.');
  expect(failureWords('a.mp4', 'OddError')).toContain('(OddError)');
});
