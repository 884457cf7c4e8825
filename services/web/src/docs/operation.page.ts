import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { copyable, facts, type Fact } from '../html/pieces.ts';
import type { StaticFile } from '../static/static-files.ts';
import { curlOf } from './curl.ts';
import {
  credentialOf,
  exampleText,
  firstOf,
  type Content,
  type Operation,
  type Parameter,
  type Schemas,
} from './description.ts';
import { codeBlock, prose } from './prose.ts';
import { schemaView, words } from './schema-view.ts';
import { tryForm } from './try-form.ts';

export interface OperationPage {
  operation: Operation;
  schemas: Schemas;
  publicUrl: string;
  /** `_csrf` of the visitor's session, as a hidden field; undefined for visitors without one. */
  csrf: Html | undefined;
  /** What makes the form work. */
  script: StaticFile;
}

/** One operation: what it takes, what it answers, an example, and a form that calls it. */
export function operationPage({ operation, schemas, publicUrl, csrf, script }: OperationPage): Page {
  const { method, path, summary, description, parameters, requestBody, responses } = operation;
  const main = html`<p class="note"><a href="/docs">The API</a> / ${operation.tags[0] ?? ''}</p>
    <h1>${summary}</h1>
    <p>${copyable(`${method} ${path}`, 'method and path')}</p>
    ${description === undefined ? '' : html`<p>${prose(description)}</p>`}
    <p>${credentialWords(operation)}</p>
    ${parameters.length === 0 ? '' : html`<h2>Parameters</h2>`}
    ${factsIfAny(parameters.map((one) => parameterFact(one, schemas)))}
    ${requestBody === undefined ? '' : bodyView(requestBody.content, schemas)}
    <h2>Example</h2>
    ${codeBlock(curlOf(operation, publicUrl), 'Shell command')}
    <h2>Answers</h2>
    ${answersView(responses, schemas)} ${tryForm(operation, csrf)}`;
  return { title: `${summary} · API · ${siteName}`, main, section: '/docs', script, connects: true };
}

function credentialWords(operation: Operation): Html {
  const { needs, takes, scopes } = credentialOf(operation);
  if (needs === 'signature') return html`Needs an HTTP Signature of the actor, which only servers make.`;
  if (!takes) return html`Everybody may call it.`;
  const scoped = scopes.map((scope) => html` with the scope <code>${scope}</code>`);
  return needs === 'credential'
    ? html`Needs <a href="/docs#credentials">a credential</a>${scoped}.`
    : html`Everybody may call it; <a href="/docs#credentials">a credential</a>${scoped} shows more.`;
}

function parameterFact(parameter: Parameter, schemas: Schemas): Fact {
  const { name, required, schema, description, example } = parameter;
  return {
    name,
    value: html`${words(schema, schemas)}; in the ${parameter.in}${required ? ', needed' : ''}
    ${description === undefined ? '' : html`<br />${prose(description)}`}
    ${example === undefined ? '' : html`<br /><span class="note">For example</span> <code>${example}</code>`}`,
  };
}

function bodyView(content: Content, schemas: Schemas): Html {
  const first = firstOf(content);
  if (first === undefined) return html``;
  return html`<h2>Body</h2>
    <p><code>${Object.keys(content).join(', ')}</code></p>
    ${schemaView(first.schema, schemas)}
    ${first.example === undefined ? '' : codeBlock(exampleText(first.example), 'Example of the body')}`;
}

function answersView(responses: Operation['responses'], schemas: Schemas): Html {
  const answers = Object.entries(responses).filter(([status]) => status !== 'default');
  const good = answers.filter(([status]) => status < '400');
  const refusals = answers.filter(([status]) => status >= '400');
  return html`${good.map(([status, answer]) => answerView(status, answer, schemas))}
    <h3>Refusals</h3>
    <p>JSON with <code>detail</code>, <code>code</code> and <code>request_id</code>.</p>
    ${factsIfAny(refusals.map(([status, { description = '' }]) => ({ name: status, value: prose(description) })))}`;
}

function answerView(status: string, answer: Operation['responses'][string], schemas: Schemas): Html {
  const { description = '', headers, content } = answer;
  const first = firstOf(content);
  const types = Object.keys(content).join(', ');
  return html`<h3>${status}</h3>
    <p>${prose(description)} ${types === '' ? '' : html`<code>${types}</code>`}</p>
    ${factsIfAny(Object.entries(headers).map(([name, header]) => ({ name, value: prose(header.description) })))}
    ${first?.example === undefined ? '' : codeBlock(exampleText(first.example), `Example of the answer ${status}`)}
    ${
      first === undefined
        ? ''
        : html`<details>
            <summary>What is in it</summary>
            ${schemaView(first.schema, schemas)}
          </details>`
    }`;
}

function factsIfAny(list: readonly Fact[]): Html {
  return list.length === 0 ? html`` : facts(list);
}
