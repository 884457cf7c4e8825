import { formError } from '../account/field.ts';
import type { Refusal } from '../account/refusal.ts';
import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import type { StaticFiles } from '../static/static-files.ts';
import { claimControls } from './claim-fields.ts';
import type { ClaimForm } from './claim-form.ts';

export interface ClaimPage {
  form: ClaimForm;
  csrf: Html;
  files: Pick<StaticFiles, 'claimScript' | 'hashWorker'>;
  refusal?: Refusal;
}

export function claimPage({ form, csrf, files, refusal }: ClaimPage): Page {
  const main = html`<h1>Claim a file</h1>
    <p class="lead">
      Register the hash of a work, and get a claim that is signed with your key and entered in the public log.
    </p>
    <p>
      <strong>The file stays where it is.</strong> Its hash is made on this machine, by this page. None of its bytes are
      sent: only the hash is, with what you write below.
    </p>
    ${formError(refusal?.message)}
    <form class="stack" method="post" action="/claim" data-hash-worker="${files.hashWorker.path}">
      ${csrf}${hashing} ${claimControls(form, refusal?.fields ?? {})}
      <p><button>Claim it</button></p>
    </form>`;
  const title = `${refusal ? 'Error: ' : ''}Claim a file · ${siteName}`;
  return { title, main, personal: true, worker: true, script: files.claimScript };
}

/** Commands that write the hash of a file, the second with what else it would claim. */
const byHand = `openssl dgst -sha3-256 -r my-video.mp4 | cut -d' ' -f1
artdag upload --dry-run --json my-video.mp4`;

/** The file's input has no name, so that no browser sends what is chosen there (HTML, constructing the entry list). */
const hashing = html`<div class="with-script drop" id="drop">
    <p class="field">
      <label for="file">Your file</label>
      <span class="note" id="file-hint"
        >Choose it, or drop it here. Of any size: it is read here and goes nowhere.</span
      >
      <input id="file" type="file" aria-describedby="file-hint" />
    </p>
    <div id="hashing" hidden>
      <progress
        id="hashing-progress"
        max="1"
        value="0"
        aria-label="Hashing"
        aria-describedby="hashing-words"
      ></progress>
      <p class="note" id="hashing-words"></p>
      <p><button type="button" class="button" id="hashing-cancel">Cancel</button></p>
    </div>
    <p id="hashing-news" role="status"></p>
  </div>
  <details class="without-script">
    <summary>Make the hash yourself</summary>
    <p>With one of these commands, then paste it below.</p>
    <pre tabindex="0" role="region" aria-label="Shell commands"><code>${byHand}</code></pre>
  </details>`;
