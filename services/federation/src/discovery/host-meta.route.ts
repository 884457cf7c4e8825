import type { RequestHandler } from 'express';
import type { LocalUrls } from '../urls.ts';
import { sendPublicly } from './send-publicly.ts';

const xrdType = 'application/xrd+xml';
const jrdType = 'application/jrd+json';

/** `GET /.well-known/host-meta` (RFC 6415): where WebFinger is, as XRD, or as JRD to who likes JSON better. */
export function hostMetaRoute({ urls }: { urls: LocalUrls }): RequestHandler {
  const [xrd, jrd] = [hostMetaXrd(urls), hostMetaJrd(urls)];
  return (req, res) => {
    res.vary('Accept');
    const wanted = req.accepts([xrdType, 'application/xml', jrdType, 'application/json']);
    const json = wanted === jrdType || wanted === 'application/json';
    sendPublicly(res, `${json ? jrdType : xrdType}; charset=utf-8`, json ? jrd : xrd);
  };
}

/** `GET /.well-known/host-meta.json`. */
export function hostMetaJsonRoute({ urls }: { urls: LocalUrls }): RequestHandler {
  const jrd = hostMetaJrd(urls);
  return (_req, res) => sendPublicly(res, `${jrdType}; charset=utf-8`, jrd);
}

const template = ({ publicUrl }: LocalUrls): string => `${publicUrl}/.well-known/webfinger?resource={uri}`;

/* Nothing in a URL of ours has to be escaped in XML: the host is letters, digits, dots, hyphens and a port. */
const hostMetaXrd = (urls: LocalUrls): string => `<?xml version="1.0" encoding="UTF-8"?>
<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">
  <Link rel="lrdd" type="${jrdType}" template="${template(urls)}"/>
</XRD>
`;

const hostMetaJrd = (urls: LocalUrls): string =>
  JSON.stringify({ links: [{ rel: 'lrdd', type: jrdType, template: template(urls) }] });
