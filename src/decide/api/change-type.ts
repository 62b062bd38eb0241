import { isDeepStrictEqual } from "node:util";
import type { TypeFields, TypeVersion } from "../../domain/type-version.ts";
import type { VersionStatus } from "../../domain/vocabulary.ts";

/** The effect of an update of a version. */
export type TypeChange =
  | { readonly is: "nothing" }
  | { readonly is: "refused"; readonly fault: { readonly field: string; readonly message: string } }
  /** The draft is edited in place and then moved to the status. */
  | { readonly is: "edit"; readonly fields: TypeFields }
  /** Only the status of the active version changes. */
  | { readonly is: "move"; readonly status: VersionStatus }
  /** The next version is written and then moved to the status. */
  | { readonly is: "next"; readonly fields: TypeFields };

const FIELDS = [
  "name",
  "description",
  "onStatus",
  "onOutcome",
  "onCondition",
  "channel",
  "theme",
  "templateId",
  "delay",
  "unit",
] as const satisfies readonly (keyof TypeFields)[];

/**
 * Reads an update of a version. Omitted fields keep their values. The rules are those of the database: a draft is edited in
 * place; an active version changes only to deprecated, so any other change makes the next version; deprecated is final.
 */
export function changeType(current: TypeVersion, given: Partial<TypeFields>): TypeChange {
  const fields: TypeFields = { ...current, ...given };
  const isSame = FIELDS.every((field) => isDeepStrictEqual(fields[field], current[field]));
  if (isSame && fields.status === current.status) return { is: "nothing" };
  if (current.status === "draft") return { is: "edit", fields };
  if (current.status === "deprecated")
    return {
      is: "refused",
      fault: {
        field: "version",
        message:
          "is deprecated, which is final: update another version, or copy this one by POST with typeId and version",
      },
    };
  if (fields.status !== "deprecated") return { is: "next", fields };
  return isSame
    ? { is: "move", status: "deprecated" }
    : {
        is: "refused",
        fault: {
          field: "status",
          message:
            "deprecated leaves the active version as it is: send status alone, or the other fields without it",
        },
      };
}
