/**
 * A fediverse server that is not ours, for tests: Fedify with one actor on loopback, everything in memory.
 *
 *   node peer.mjs [port [name]]   prints `fedify-peer ready <origin>` once it listens (port 0 or none: any free one). With a name it is reached by
 *                                 that name, from other containers, and listens on all addresses of its own
 *
 * Beside ActivityPub it has a way in for the test: `POST /control/follow|unfollow|fail|forget` and `GET /control/received|summary`.
 */
import { createServer } from 'node:http';
import { createControls } from './control.mjs';
import { createPeerFederation, IDENTIFIER } from './federation.mjs';
import { createJudge } from './verdicts.mjs';

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
  if (state.failures.times > 0) {
    state.failures.times -= 1;
    return new Response(null, { status: state.failures.status });
  }
  const json = JSON.parse(text);
  const arrival = {
    id: json.id,
    type: json.type,
    actor: json.actor,
    receivedAt: new Date().toISOString(),
    path: new URL(request.url).pathname,
  };
  const { ctx, judge } = state.reader;
  const loaders = { documentLoader: ctx.documentLoader, contextLoader: ctx.contextLoader };
  Object.assign(arrival, await judge(request.clone(), text, loaders), { body: json });
  const effectsBefore = state.effects.get(json.id) ?? 0;
  const response = await federation.fetch(request, { contextData: undefined });
  arrival.status = response.status;
  arrival.effect = (state.effects.get(json.id) ?? 0) > effectsBefore;
  state.received.push(arrival);
  return response;
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
  if (req.method === 'POST' && pathname.endsWith('/inbox')) return receive(peer, request, body.toString());
  return peer.federation.fetch(request, { contextData: undefined });
}

function createPeer(origin) {
  const newContext = (onActivity) => {
    const federation = createPeerFederation({ origin, onActivity });
    return { federation, ctx: federation.createContext(new URL(origin), undefined) };
  };
  /** What judges deliveries, with documents and keys of its own. */
  const newReader = () => ({ ctx: newContext(() => {}).ctx, judge: createJudge() });
  const state = { received: [], effects: new Map(), follows: new Map(), failures: { status: 503, times: 0 } };
  const onActivity = (activity) => state.effects.set(activity.id.href, (state.effects.get(activity.id.href) ?? 0) + 1);
  const { federation, ctx } = newContext(onActivity);
  const forget = () => Object.assign(state, { reader: newReader() });
  forget();
  return { origin, state, federation, ctx, controls: createControls({ ctx, state, forget }) };
}

let peer;
const server = createServer((req, res) => {
  handle(peer, req).then(
    (response) => answer(res, response),
    (error) => {
      console.error(error);
      res.writeHead(500).end();
    },
  );
});
server.listen(Number(port), HOST, () => {
  peer = createPeer(`http://${name}:${server.address().port}`);
  console.log(`fedify-peer ready ${peer.origin} acct:${IDENTIFIER}@${name}:${server.address().port}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close().closeAllConnections());
