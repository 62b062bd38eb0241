import { prepare } from "../../src/decide/deliver/prepare.ts";
import type { Message } from "../../src/domain/deliver/message.ts";
import { readStarter } from "../template/starter-set.ts";
import { factsOf } from "./starter-facts.ts";

/** A starter template's notice about its own sample, as it would be handed to a provider. */
export function noticeOf(folder: string): Message {
  const starter = readStarter(folder);
  const prepared = prepare(factsOf(starter, "77"), starter.template, {
    lender: { ...starter.sample.lender, country: "US", languages: ["en"] },
    senders: { email: "Préstamos Ejemplo <notices@lender.example>", text: "+16145550100" },
    links: null,
    linkKeys: [],
    recipientsAllowed: null,
    canSeal: false,
    now: new Date(starter.sample.now),
  });
  if (prepared.kind !== "ready") throw new Error(prepared.withheld.long);
  return prepared.message;
}
