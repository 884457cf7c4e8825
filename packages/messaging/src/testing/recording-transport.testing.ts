import type { OutgoingMessage, PublishResult, Transport } from '../transport.ts';

/** A transport that notes what is published and answers as it is told; nothing is ever consumed. */
export function recordingTransport(
  answer: (messages: readonly OutgoingMessage[]) => PublishResult = () => ({ failed: new Set() }),
) {
  const batches: OutgoingMessage[][] = [];
  const transport: Transport = {
    async publish(messages) {
      batches.push([...messages]);
      return answer(messages);
    },
    subscribe: async () => ({ close: async () => undefined }),
    deadLetters: { list: async () => [], replay: async () => 0 },
    ping: async () => undefined,
    close: async () => undefined,
  };
  return { transport, batches, ids: () => batches.flat().map(({ id }) => id) };
}
