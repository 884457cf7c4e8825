import { credentialOf, exampleText, firstOf, type Operation } from './description.ts';

/** The operation's example as a command; parameters without one stand in their braces. */
export function curlOf(operation: Operation, publicUrl: string): string {
  const { method, parameters, requestBody } = operation;
  const body = requestBody && firstOf(requestBody.content);
  const headers = parameters.filter((one) => one.in === 'header' && one.example !== undefined);
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(publicUrl + pathOf(operation))}`,
    ...(credentialOf(operation).needs === 'credential' ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...headers.map(({ name, example }) => `-H ${quoted(`${name}: ${example}`)}`),
    ...(body ? [`-H ${quoted(`Content-Type: ${body.mediaType}`)}`] : []),
    ...(body?.example === undefined ? [] : [`--data-binary ${quoted(compact(body.example))}`]),
  ];
  return lines.join(' \\\n  ');
}

function pathOf({ path, parameters }: Operation): string {
  const shown = parameters.filter(({ example }) => example !== undefined);
  const filled = shown
    .filter((one) => one.in === 'path')
    .reduce((text, { name, example }) => text.replace(`{${name}}`, segmentsOf(String(example))), path);
  const query = shown.filter((one) => one.in === 'query').map(({ name, example }) => [name, String(example)]);
  return query.length === 0 ? filled : `${filled}?${new URLSearchParams(Object.fromEntries(query)).toString()}`;
}

/** A tile's place in the log is several. */
function segmentsOf(value: string): string {
  return value.split('/').map(encodeURIComponent).join('/');
}

function compact(example: unknown): string {
  return typeof example === 'string' ? exampleText(example) : JSON.stringify(example);
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
