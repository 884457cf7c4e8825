import { Writable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { Progress } from './progress.ts';

function shownOn(isTTY: boolean): string {
  let text = '';
  const stderr = Object.assign(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        text += chunk.toString();
        done();
      },
    }),
    { isTTY },
  );
  const progress = new Progress({ stderr }, { files: 40, bytes: 3_400_000_000 });
  progress.read(1_200_000_000);
  progress.clear();
  return text;
}

it('says on a terminal how far the hashing is, and takes it away again', () => {
  expect(shownOn(true)).toBe('\r\u001b[KHashed 0 of 40 files, 1.2 GB of 3.4 GB\r\u001b[K');
});

it('says nothing anywhere else', () => {
  expect(shownOn(false)).toBe('');
});
