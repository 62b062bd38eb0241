import type { CaseChangeId, ChainId, InteractionId, WorkerId } from "../src/domain/ids.ts";

// Ids for tests, which write them as text or number.
export const interaction = (id: string | number): InteractionId => String(id) as InteractionId;
export const chain = (id: string | number): ChainId => String(id) as ChainId;
export const caseChange = (id: string | number): CaseChangeId => String(id) as CaseChangeId;
export const worker = (name: string): WorkerId => name as WorkerId;
