// @ts-check
/* Calls an operation of the API from its page. Nothing of what is typed is kept. */

/** More of an answer is not shown. */
const shownCharacters = 200_000;

const tryForm = document.querySelector('form.try');
const shownAnswer = document.querySelector('.answer');
if (tryForm instanceof HTMLFormElement && shownAnswer instanceof HTMLElement) {
  tryForm.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(tryForm, shownAnswer);
  });
  tryForm.hidden = false;
}

/** @param {HTMLFormElement} form @param {HTMLElement} answer */
async function send(form, answer) {
  const button = form.querySelector('button[type="submit"]');
  button?.setAttribute('aria-busy', 'true');
  const startedAt = performance.now();
  try {
    const response = await fetch(addressOf(form), requestOf(form));
    const bytes = new Uint8Array(await response.arrayBuffer());
    show(answer, {
      status: `${response.status} ${response.statusText}`,
      facts: `${Math.round(performance.now() - startedAt)} ms, ${bytes.length} bytes`,
      headers: headersOf(response),
      body: bodyOf(response, bytes),
    });
  } catch (error) {
    show(answer, { status: 'No answer', facts: String(error), headers: '', body: '' });
  } finally {
    button?.removeAttribute('aria-busy');
  }
}

/** @param {HTMLFormElement} form @param {string} place @returns {[string, string][]} */
function filled(form, place) {
  return [...form.querySelectorAll(`input[data-in="${place}"]`)].flatMap((input) =>
    input instanceof HTMLInputElement && input.value !== '' ? [[input.dataset['name'] ?? '', input.value]] : [],
  );
}

/** What stands in a field; undefined when the form does not have it. @param {HTMLFormElement} form @param {string} selector */
function valueIn(form, selector) {
  const field = form.querySelector(selector);
  const isField =
    field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement;
  return isField ? field.value : undefined;
}

/** @param {HTMLFormElement} form */
function addressOf(form) {
  let path = form.dataset['path'] ?? '';
  // A tile's name has segments of its own.
  for (const [name, value] of filled(form, 'path'))
    path = path.replace(`{${name}}`, () => value.split('/').map(encodeURIComponent).join('/'));
  const query = new URLSearchParams(filled(form, 'query')).toString();
  return query === '' ? path : `${path}?${query}`;
}

/** @param {HTMLFormElement} form @returns {RequestInit} */
function requestOf(form) {
  const { method = 'GET', bodyType = '', accept = 'application/json' } = form.dataset;
  const headers = new Headers([['accept', accept], ...filled(form, 'header')]);
  const as = valueIn(form, '#try-as');
  const secret = (valueIn(form, '#try-secret') ?? '').trim();
  if (as === 'bearer') headers.set('authorization', `Bearer ${secret}`);
  if (as === 'key') headers.set('x-api-key', secret);
  if (as === 'session') headers.set('x-csrf-token', valueIn(form, 'input[name="_csrf"]') ?? '');
  const body = valueIn(form, '#try-body');
  if (body !== undefined) headers.set('content-type', bodyType);
  return {
    method,
    headers,
    credentials: as === 'session' ? 'same-origin' : 'omit',
    redirect: 'manual',
    cache: 'no-store',
    ...(body === undefined ? {} : { body }),
  };
}

/** @param {Response} response */
function headersOf(response) {
  return [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
}

/** @param {Response} response @param {Uint8Array} bytes */
function bodyOf(response, bytes) {
  if (response.type === 'opaqueredirect') return 'A redirect, which is not followed here.';
  const type = response.headers.get('content-type') ?? '';
  if (!/json|^text\//.test(type)) return bytes.length === 0 ? '' : `${bytes.length} bytes of ${type}`;
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.stringify(JSON.parse(text), null, 2).slice(0, shownCharacters);
  } catch {
    return text.slice(0, shownCharacters);
  }
}

/** @param {HTMLElement} answer @param {Record<'status' | 'facts' | 'headers' | 'body', string>} texts */
function show(answer, texts) {
  for (const [name, text] of Object.entries(texts)) {
    const element = answer.querySelector(`.answer-${name}`);
    if (element !== null) element.textContent = text;
  }
  answer.hidden = false;
}
