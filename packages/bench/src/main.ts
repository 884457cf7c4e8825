import { benchLog } from './log/bench-log.ts';
import { benchAssetsPage } from './assets-page/bench-assets-page.ts';
import { benchBadHosts } from './fanout/bench-bad-hosts.ts';
import { benchFanout } from './fanout/bench-fanout.ts';
import { benchInbox } from './inbox/bench-inbox.ts';
import { benchLogout } from './logout/bench-logout.ts';
import { benchMe } from './me/bench-me.ts';
import { benchMSign } from './msign/bench-msign.ts';
import { benchRegister } from './register/bench-register.ts';
import { benchSign } from './sign/bench-sign.ts';
import { benchStart } from './start/bench-start.ts';
import { benchToken } from './token/bench-token.ts';
import { benchVerify } from './verify/bench-verify.ts';

const benches: Record<string, () => Promise<void>> = {
  'assets-page': benchAssetsPage,
  'bad-hosts': benchBadHosts,
  fanout: benchFanout,
  inbox: benchInbox,
  log: benchLog,
  logout: benchLogout,
  me: benchMe,
  msign: benchMSign,
  register: benchRegister,
  sign: benchSign,
  start: benchStart,
  token: benchToken,
  verify: benchVerify,
};

const name = process.argv[2] ?? '';
const bench = benches[name];
if (!bench) {
  process.stderr.write(`artdag: there is no benchmark "${name}". There are: ${Object.keys(benches).join(', ')}.\n`);
  process.exit(1);
}
try {
  await bench();
  process.exit(0);
} catch (error) {
  process.stderr.write(
    `artdag: the run is void: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
}
