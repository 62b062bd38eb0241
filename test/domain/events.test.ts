import { expect, test } from "vitest";
import { EVENTS, type Emit } from "../../src/domain/events.ts";
import { NEVER_LOGGED } from "../../src/log.ts";

/** Past forms that do not end in -ed. */
const IRREGULAR = new Set([
  "found",
  "held",
  "kept",
  "left",
  "lost",
  "made",
  "put",
  "read",
  "split",
]);
const isPast = (word: string): boolean => word.endsWith("ed") || IRREGULAR.has(word);

const isNamedByForm = (name: string): boolean => {
  const [, words = ""] = /^[a-z][A-Za-z]*\.([a-z][A-Za-z]*)$/.exec(name) ?? [];
  const parts = words.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  return isPast(parts.at(0) ?? "") || isPast(parts.at(-1) ?? "");
};

test("every event is named noun.verbPast", () => {
  expect(["daemon.ready", "queue.log"].filter(isNamedByForm)).toEqual([]);
  expect(Object.keys(EVENTS).filter((name) => !isNamedByForm(name))).toEqual([]);
});

test("no event has a field whose name the log redacts", () => {
  const fields = Object.values(EVENTS).flatMap((declared) => Object.keys(declared.fields));
  expect(fields.filter((name) => NEVER_LOGGED.includes(name))).toEqual([]);
});

test("the compiler refuses an undeclared event, and a missing, undeclared or wrong field", () => {
  const emitted: string[] = [];
  const emit: Emit = (name) => void emitted.push(name);
  emit("http.opened", { port: 1 });
  // @ts-expect-error the event is not declared
  emit("http.shut", { port: 1 });
  // @ts-expect-error the port is missing
  emit("http.opened", {});
  // @ts-expect-error the port is a number
  emit("http.opened", { port: "1" });
  // @ts-expect-error the host is not declared
  emit("http.opened", { port: 1, host: "127.0.0.1" });
  const row = { port: 1, address: "of a borrower" };
  // @ts-expect-error the address is not declared, although the type of the value has it
  emit("http.opened", row);
  expect(emitted).toHaveLength(6);
});
