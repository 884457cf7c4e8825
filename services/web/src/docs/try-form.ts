import { html, type Html } from '../html/html.ts';
import { credentialOf, exampleText, firstOf, type Operation, type Parameter } from './description.ts';
import { prose } from './prose.ts';

/**
 * A form for `static/try-it.js`, which shows it once it works. Its fields have no names, so that no browser ever sends them, a key among them, in
 * an address.
 *
 * @param csrf the hidden field of the visitor's session, if there is one
 */
export function tryForm(operation: Operation, csrf: Html | undefined): Html {
  const { method, path, parameters, requestBody, responses } = operation;
  const { needs, takes } = credentialOf(operation);
  const intro = html`<h2 id="try">Try it</h2>`;
  if (needs === 'signature')
    return html`${intro}
      <p>Only a server can: it signs what it sends with its actor’s key.</p>`;
  const body = requestBody && firstOf(requestBody.content);
  const accept = Object.entries(responses).find(([status]) => status < '300')?.[1].content ?? {};
  return html`${intro}
    <noscript><p class="note">Here that needs JavaScript. The command above does the same.</p></noscript>
    <form
      class="try"
      hidden
      autocomplete="off"
      data-method="${method}"
      data-path="${path}"
      data-body-type="${body?.mediaType ?? ''}"
      data-accept="${firstOf(accept)?.mediaType ?? 'application/json'}"
    >
      ${method === 'GET' ? '' : html`<p class="warn"><strong>This is not a simulation:</strong> it changes what is at this server.</p>`}
      ${parameters.map(field)}
      ${
        body === undefined
          ? ''
          : html`<div class="field">
              <label for="try-body">Body <span class="note">${body.mediaType}</span></label>
              <textarea id="try-body" rows="10" spellcheck="false">${exampleText(body.example ?? {})}</textarea>
            </div>`
      }
      ${credentialFields({ takes, isNeeded: needs === 'credential', csrf })}
      <button type="submit">Send</button>
    </form>
    <div class="answer" role="status" hidden>
      <p><strong class="answer-status"></strong> <span class="note answer-facts"></span></p>
      <pre tabindex="0" role="region" aria-label="Headers of the answer"><code class="answer-headers"></code></pre>
      <pre tabindex="0" role="region" aria-label="Body of the answer"><code class="answer-body"></code></pre>
    </div>`;
}

function field({ name, in: place, required, description, example }: Parameter): Html {
  return html`<div class="field">
    <label for="try-${name}">${name} <span class="note">in the ${place}${required ? '' : ', optional'}</span></label>
    <input
      id="try-${name}"
      data-in="${place}"
      data-name="${name}"
      value="${required ? (example ?? '') : ''}"
      placeholder="${example ?? ''}"
      ${required ? html`required` : ''}
    />
    ${description === undefined ? '' : html`<small class="note">${prose(description)}</small>`}
  </div>`;
}

function credentialFields(o: { takes: boolean; isNeeded: boolean; csrf: Html | undefined }): Html {
  const session = o.csrf === undefined ? '' : html`<option value="session">As you are logged in here</option>`;
  const nobody = html`<option value="nobody">As nobody</option>`;
  if (!o.takes) return html`<p class="note">It is sent without your session.</p>`;
  return html`<div class="field">
      <label for="try-as">As whom</label>
      <select id="try-as">
        ${session}${o.isNeeded && o.csrf === undefined ? '' : nobody}
        <option value="bearer">With a token</option>
        <option value="key">With an API key</option>
      </select>
    </div>
    <div class="field">
      <label for="try-secret">Token or API key <span class="note">sent with this call, kept nowhere</span></label>
      <input id="try-secret" type="password" autocomplete="off" spellcheck="false" />
    </div>
    ${o.csrf ?? ''}`;
}
