import { progressInWords, sizeInWords } from '../src/claim/progress-words.ts';
import type { ClaimElements } from './claim-elements.ts';

/** How often the words beside the bar change, and how often they are read out. */
const shownEveryMs = 500;
const readOutEveryMs = 15_000;

/** Shows how far a file is hashed: a bar and words for the eye, and now and then the words for who listens. */
export function progressShower({ hashing, progress, words, news }: ClaimElements) {
  let size = 0;
  let startedAt = 0;
  let shownAt = 0;
  let readOutAt = 0;
  return {
    start(file: File): void {
      size = file.size;
      startedAt = shownAt = readOutAt = performance.now();
      progress.value = 0;
      hashing.hidden = false;
      words.textContent = `0 of ${sizeInWords(size)}`;
      news.className = '';
      news.textContent = `Hashing ${file.name}.`;
    },
    update(read: number): void {
      const now = performance.now();
      progress.value = read / size;
      if (now - shownAt < shownEveryMs) return;
      shownAt = now;
      words.textContent = progressInWords(read, size, now - startedAt);
      if (now - readOutAt < readOutEveryMs) return;
      readOutAt = now;
      news.textContent = words.textContent;
    },
    end(text: string): void {
      hashing.hidden = true;
      news.textContent = text;
    },
  };
}
