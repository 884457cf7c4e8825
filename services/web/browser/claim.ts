/* Hashes the file that is chosen on the page of a claim, and fills the form. Nothing here can send it: the page may not connect (its policy). */
import { assetNameOf, guessAssetType } from '@artdag/claims/suggestions';
import { failureWords, hashedWords } from '../src/claim/progress-words.ts';
import { claimElements } from './claim-elements.ts';
import { takeDrops } from './drop-zone.ts';
import { startHashing } from './hashing.ts';
import { progressShower } from './show-progress.ts';

const page = claimElements();
const showProgress = progressShower(page);
/** What the form was given by us, and may be given anew for another file. */
const suggested = { name: '', type: page.assetType.value };
let stop: (() => void) | undefined;

page.file.addEventListener('change', start);
takeDrops(page.drop, page.file, {
  file: start,
  several: () => (page.news.textContent = 'Drop one file at a time: each is a claim of its own.'),
});
page.cancel.addEventListener('click', () => {
  page.file.value = '';
  end('Cancelled. Choose a file again when you like.');
  page.file.focus();
});
// Some browsers keep what was chosen when a page is loaded again.
start();

function start(): void {
  const file = page.file.files?.[0];
  if (file === undefined) return stop === undefined ? undefined : end('No file is chosen.');
  stop?.();
  page.contentHash.value = '';
  page.contentHash.setCustomValidity('Wait until the file is hashed, or cancel that.');
  suggest(file);
  const startedAt = performance.now();
  showProgress.start(file);
  stop = startHashing(page.workerUrl, file, {
    onProgress: showProgress.update,
    onHash(hash) {
      end(hashedWords(file.name, file.size, performance.now() - startedAt));
      page.contentHash.value = hash;
    },
    onFailure: (why) => end(failureWords(file.name, why)),
  });
}

function end(news: string): void {
  stop?.();
  stop = undefined;
  page.contentHash.setCustomValidity('');
  showProgress.end(news);
}

function suggest(file: File): void {
  if (page.name.value === '' || page.name.value === suggested.name)
    page.name.value = suggested.name = assetNameOf(file.name);
  if (page.assetType.value === suggested.type)
    page.assetType.value = suggested.type = guessAssetType(file.name, file.type);
}
