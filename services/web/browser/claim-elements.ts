/** The parts of the page that the script works with. @throws Error for one that is not there */
export function claimElements() {
  const form = find('form[data-hash-worker]', HTMLFormElement);
  return {
    workerUrl: form.dataset['hashWorker'] ?? '',
    drop: find('#drop', HTMLElement),
    file: find('#file', HTMLInputElement),
    hashing: find('#hashing', HTMLElement),
    progress: find('#hashing-progress', HTMLProgressElement),
    words: find('#hashing-words', HTMLElement),
    news: find('#hashing-news', HTMLElement),
    cancel: find('#hashing-cancel', HTMLButtonElement),
    contentHash: find('#content_hash', HTMLInputElement),
    name: find('#name', HTMLInputElement),
    assetType: find('#asset_type', HTMLSelectElement),
  };
}

export type ClaimElements = ReturnType<typeof claimElements>;

function find<T extends Element>(selector: string, kind: new () => T): T {
  const element = document.querySelector(selector);
  if (!(element instanceof kind)) throw new Error(`This page has no ${selector}.`);
  return element;
}
