import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What all connections of a proxy obey. `changed` emits `change`. */
export interface Gate {
  open: boolean;
  latencyMs: number;
  changed: EventTarget;
}

/** Copies one direction of a connection, in order, as the gate allows; passes on its end and its loss. */
export function pump(from: Socket, to: Socket, gate: Gate): void {
  let tail: Promise<unknown> = Promise.resolve();
  const inOrder = (step: () => void): void => {
    const due = gate.latencyMs > 0 ? sleep(gate.latencyMs) : undefined;
    tail = Promise.all([tail, due]).then(async () => {
      while (!gate.open) await once(gate.changed, 'change');
      step();
    });
  };
  from.on('data', (chunk: Buffer) => {
    inOrder(() => {
      if (to.destroyed || to.write(chunk)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
  });
  from.on('end', () => inOrder(() => to.end()));
  from.once('close', () => {
    // Lost without an end: so is the other side, though a black hole keeps quiet about it.
    if (!from.readableEnded) inOrder(() => to.destroy());
  });
}
