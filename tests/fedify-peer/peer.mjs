/**
 * A fediverse server that is not ours, for tests and for trying things by hand: Fedify with one actor on loopback, everything in memory.
 *
 *   npm run peer [port [name]]   prints `fedify-peer ready <origin>` once it listens (port 0 or none: any free one). With a name it is reached by
 *                                that name, from other containers, and listens on all addresses of its own
 *
 * Beside ActivityPub it has a way in for whoever tries: `POST /control/<name>` with a JSON body for each control of control.mjs (follow, unfollow,
 * send, rotate, read, verify, forget, fail, set), and `GET /control/received|summary|wire`: what arrived with Fedify's verdicts, the same for
 * people, and every request in and out with its signature's scheme and the answer. Some:
 *
 *   curl -d '{"target":"acct:you@localhost:8200"}' http://127.0.0.1:8210/control/follow
 *   curl -d '{"target":"acct:you@localhost:8200","what":"create","content":"Hello."}' http://127.0.0.1:8210/control/send
 *   curl -d '{"takes":"rfc9421","speaks":"draft-cavage"}' http://127.0.0.1:8210/control/set
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { IDENTIFIER } from './federation.mjs';
import { refuseOtherScheme } from './settings.mjs';
import { createPeer } from './state.mjs';
import { entryOf, signatureOf, watchFetch } from './wire.mjs';

const [port = '0', name = '127.0.0.1'] = process.argv.slice(2);
const HOST = name === '127.0.0.1' ? name : '0.0.0.0';

async function readBody(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The WHATWG request that Fedify wants, from Node's. */
function toRequest(req, origin, body) {
  const headers = new Headers();
  for (let i = 0; i < req.rawHeaders.length; i += 2) headers.append(req.rawHeaders[i], req.rawHeaders[i + 1]);
  return new Request(new URL(req.url, origin), {
    method: req.method,
    headers,
    body: body.length > 0 ? body : undefined,
  });
}

async function answer(res, response) {
  res.writeHead(response.status, Object.fromEntries(response.headers));
  res.end(Buffer.from(await response.arrayBuffer()));
}

/** One delivery: judged by Fedify's verifiers, then given to its inbox; `effect` tells whether its listener ran. */
async function receive({ federation, state }, request, text) {
  const { settings, failures, reader } = state;
  if (failures.times > 0) {
    failures.times -= 1;
    return new Response(null, { status: failures.status });
  }
  const refusal = refuseOtherScheme(request, settings.takes, settings.acceptSignature);
  if (refusal) return refusal;
  const json = JSON.parse(text);
  const { scheme } = signatureOf(request.headers);
  const { pathname } = new URL(request.url);
  const { id, type, actor } = json;
  const arrival = { id, type, actor, scheme, path: pathname, receivedAt: new Date().toISOString() };
  const { documentLoader, contextLoader } = reader.ctx;
  const load = settings.signsFetches ? reader.ctx.getDocumentLoader(state.keys.present()) : documentLoader;
  Object.assign(arrival, await reader.judge(request.clone(), text, { documentLoader: load, contextLoader }), {
    body: json,
  });
  const effectsBefore = state.effects.get(id) ?? 0;
  const response = await federation().fetch(request, { contextData: undefined });
  arrival.status = response.status;
  arrival.effect = (state.effects.get(id) ?? 0) > effectsBefore;
  state.received.push(arrival);
  return response;
}

async function serve(peer, request, body) {
  if (request.method === 'POST' && request.url.endsWith('/inbox')) return receive(peer, request, body.toString());
  const { takesFetches, acceptSignature } = peer.state.settings;
  const isActor = new URL(request.url).pathname === `/users/${IDENTIFIER}`;
  const refusal = isActor ? refuseOtherScheme(request, takesFetches, acceptSignature) : undefined;
  return refusal ?? peer.federation().fetch(request, { contextData: undefined });
}

/** One line a delivery, for people: its type and what Fedify's verifiers say. */
function summary(received) {
  const verdict = ({ verified }) => (verified ? 'verified' : 'invalid');
  return received
    .map(
      ({ type, id, httpSignature, proof }) =>
        `${type.padEnd(6)}  http-signature: ${verdict(httpSignature)}  proof: ${proof.padEnd(8)}  ${id}\n`,
    )
    .join('');
}

async function control(peer, name, body) {
  if (name === 'received') {
    return Response.json({ received: peer.state.received, effects: Object.fromEntries(peer.state.effects) });
  }
  if (name === 'wire') return Response.json({ wire: peer.state.wire, fetchers: peer.state.fetchers });
  if (name === 'summary') return new Response(summary(peer.state.received));
  const run = peer.controls[name];
  if (!run) return Response.json({ error: `no such control: ${name}` }, { status: 404 });
  try {
    return Response.json(await run(JSON.parse(body.toString() || '{}')));
  } catch (error) {
    return Response.json({ error: String(error) }, { status: 502 });
  }
}

async function handle(peer, req) {
  const body = await readBody(req);
  const request = toRequest(req, peer.origin, body);
  const { pathname } = new URL(request.url);
  if (pathname.startsWith('/control/')) return control(peer, pathname.slice('/control/'.length), body);
  const entry = entryOf('in', request, 0);
  peer.state.wire.push(entry);
  const response = await serve(peer, request, body);
  entry.status = response.status;
  return response;
}

const { promise: ready, resolve: begin } = Promise.withResolvers();
const server = createServer((req, res) => {
  ready
    .then((peer) => handle(peer, req))
    .then(
      (response) => answer(res, response),
      (error) => {
        console.error(error);
        res.writeHead(500).end();
      },
    );
});
server.listen(Number(port), HOST);
await once(server, 'listening');
const peer = await createPeer(`http://${name}:${server.address().port}`);
watchFetch((entry) => peer.state.wire.push(entry));
begin(peer);
console.log(`fedify-peer ready ${peer.origin} acct:${IDENTIFIER}@${name}:${server.address().port}`);
// Fedify's queue has no end of its own.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => server.close(() => process.exit()).closeAllConnections());
}
