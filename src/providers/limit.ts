import type { Provider } from "./provider.ts";
import type { Message } from "../domain/message.ts";

/**
 * The same provider with no more than its slots of calls under way: the others wait their turn here, claimed and ready,
 * so that a connection that comes free has its next message at once.
 */
export function limitCalls<M extends Message>(provider: Provider<M>): Provider<M> {
  const waiting: (() => void)[] = [];
  let free = provider.slots;
  const enter = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((entered) => waiting.push(entered));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    ...provider,
    async send(message) {
      await enter();
      return provider.send(message).finally(leave);
    },
  };
}
