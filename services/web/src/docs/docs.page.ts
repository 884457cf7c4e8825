import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { operationsOf, type Description, type Operation } from './description.ts';
import { prose } from './prose.ts';

/** Every operation of the API, by subject. */
export function docsPage(description: Description): Page {
  const { info, tags, components } = description;
  const operations = operationsOf(description);
  const { credential, signature } = components.securitySchemes;
  const main = html`<h1>The API</h1>
    <p class="lead">${prose(info.description)}</p>
    <p>
      Each operation has a page with its parameters, its answers, an example, and a form to try it.
      <a href="/openapi.json" download>openapi.json</a> says the same to programs (OpenAPI 3.1), and
      <a href="/download/client">the command line client</a> uses it.
    </p>
    <nav aria-label="Subjects" class="chips">
      ${tags.map(({ name }) => html`<a class="chip" href="#${name}">${name}</a>`)}
    </nav>
    <h2 id="credentials">Credentials</h2>
    ${credential === undefined ? '' : html`<p><code>Authorization: Bearer …</code>: ${prose(credential.description)}</p>`}
    <p>
      <code>X-API-Key: dk_…</code>: an API key. Browsers that are logged in send their cookie, and then have to be on a
      page of this site for whatever changes something.
    </p>
    ${signature === undefined ? '' : html`<p><code>Signature: …</code>: ${prose(signature.description)}</p>`}
    ${tags.map(
      (tag) =>
        html`<h2 id="${tag.name}">${tag.name}</h2>
          <p>${prose(tag.description)}</p>
          ${list(operations.filter((operation) => operation.tags.includes(tag.name)))}`,
    )}`;
  return { title: `API · ${siteName}`, main, footer: html`Version ${info.version}`, section: '/docs' };
}

function list(operations: readonly Operation[]): Html {
  return html`<ul class="rows">
    ${operations.map(
      ({ operationId, method, path, summary }) =>
        html`<li>
          <a href="/docs/${operationId}"><code>${method} ${path}</code></a> <span class="note">${prose(summary)}</span>
        </li>`,
    )}
  </ul>`;
}
