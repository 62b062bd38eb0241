import type { QueryExecutorProvider } from "kysely";

/**
 * Gives `work` one connection to which it may send several statements at once. Postgres executes them in the order in which they are
 * sent, and none waits until the result of the one before has arrived. Kysely alone sends them one after the other in a transaction.
 * Resolves to the result of `work`. If one statement of a transaction fails, the later ones fail too, and `work` rejects with the
 * first error if it awaits them by `Promise.all`.
 */
export function inPipeline<Result>(
  db: QueryExecutorProvider,
  work: (pipeline: QueryExecutorProvider) => Promise<Result>,
): Promise<Result> {
  const executor = db.getExecutor();
  return executor.provideConnection(async (connection) => {
    let isOpen = true;
    const shared = executor.withConnectionProvider({
      provideConnection: async (consumer) => {
        // the connection may have another user by now
        if (!isOpen) throw new Error("the pipeline has ended");
        return await consumer(connection);
      },
    });
    try {
      return await work({ getExecutor: () => shared });
    } finally {
      isOpen = false;
    }
  });
}
