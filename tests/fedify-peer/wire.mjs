/** By which scheme a request is signed, and by which key it says. */
export function signatureOf(headers) {
  const input = headers.get('signature-input');
  const signature = headers.get('signature');
  const scheme = input ? 'rfc9421' : signature ? 'draft-cavage' : 'none';
  const keyId = /keyid="([^"]+)"/i.exec(input ?? signature ?? '')?.[1];
  return { scheme, keyId };
}

/** One request as it was on the wire. */
export function entryOf(direction, request, status) {
  const { method, url, headers } = request;
  return {
    direction,
    method,
    url,
    ...signatureOf(headers),
    input: headers.get('signature-input') ?? undefined,
    status,
  };
}

/** Writes down every request that Fedify makes: it takes its `fetch` from the global object. */
export function watchFetch(record) {
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const response = await realFetch(input, init);
    record(entryOf('out', input instanceof Request ? input : new Request(input, init), response.status));
    return response;
  };
}
