import type { DatabaseConnection, QueryExecutorProvider } from "kysely";
import { withMethod } from "./with-method.ts";

/**
 * Gives `work` one connection to which it may send several statements at once. Postgres executes them in the order in which they are
 * sent, and none waits until the result of the one before has arrived. Kysely alone sends them one after the other in a transaction.
 * Resolves to the result of `work`. If it fails, rejects once each statement has its answer, so that the connection has no open one,
 * and with the error of the statement that failed first: an error of a later one may be only its consequence.
 */
export function inPipeline<Result>(
  db: QueryExecutorProvider,
  work: (pipeline: QueryExecutorProvider) => Promise<Result>,
): Promise<Result> {
  const executor = db.getExecutor();
  return executor.provideConnection(async (connection) => {
    const sent: Promise<unknown>[] = [];
    const noting = noteStatements(connection, sent);
    let isOpen = true;
    const shared = executor.withConnectionProvider({
      provideConnection: async (consumer) => {
        // the connection may have another user by now
        if (!isOpen) throw new Error("the pipeline has ended");
        return await consumer(noting);
      },
    });
    try {
      return await work({ getExecutor: () => shared });
    } catch (error) {
      isOpen = false;
      throw await firstErrorOf(sent, error);
    } finally {
      isOpen = false;
    }
  });
}

/** The same connection, which adds each statement to `sent`. */
const noteStatements = (
  connection: DatabaseConnection,
  sent: Promise<unknown>[],
): DatabaseConnection =>
  withMethod(connection, "executeQuery", (...words: Parameters<typeof connection.executeQuery>) => {
    const result = connection.executeQuery(...words);
    sent.push(result);
    return result;
  });

/**
 * Resolves to the error of the first statement that failed, otherwise to `error`. Answers that arrive together reject in the order of
 * the steps that their readers take, so `error` may be 25P02 of a later statement, which does not show an outage.
 */
async function firstErrorOf(sent: readonly Promise<unknown>[], error: unknown): Promise<unknown> {
  const ended = await Promise.allSettled(sent);
  const failed = ended.find(({ status }) => status === "rejected");
  return failed?.status === "rejected" ? failed.reason : error;
}
