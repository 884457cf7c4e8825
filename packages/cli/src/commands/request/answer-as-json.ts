import { isUtf8 } from 'node:buffer';

/** An answer, as `artdag request --json` prints it. Header names are in lower case. */
interface Answer {
  status: number;
  headers: Record<string, string>;
  /** Of a JSON answer the value, of any other text that text, null of none. */
  body?: unknown;
  /** In place of `body`, of what is no text. */
  body_base64?: string;
}

/** @param body undefined when it went elsewhere */
export function answerAsJson({ status, headers }: Response, body: Buffer | undefined): Answer {
  const head = { status, headers: Object.fromEntries(headers) };
  if (body === undefined) return head;
  if (body.length === 0) return { ...head, body: null };
  if (!isUtf8(body)) return { ...head, body_base64: body.toString('base64') };
  const text = body.toString('utf8');
  return { ...head, body: isJson(headers.get('content-type') ?? '') ? parsedOr(text) : text };
}

function isJson(mediaType: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(mediaType);
}

/** The value, or the text where it is none. */
function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
