import { isDeepStrictEqual } from "node:util";
import type { TypeFields, TypeVersion } from "../../domain/resolve/type-version.ts";
import type { VersionStatus } from "../../domain/vocabulary.ts";

/** The way an update of a version is carried out. */
export type TypeChange =
  | { readonly kind: "nothing" }
  | {
      readonly kind: "refused";
      readonly fault: { readonly field: string; readonly message: string };
    }
  /** The draft is edited in place, and then gets the status. */
  | { readonly kind: "edit"; readonly fields: TypeFields }
  /** Only the status of the version changes. */
  | { readonly kind: "move"; readonly status: VersionStatus }
  /** The next version is inserted, and then gets the status. */
  | { readonly kind: "next"; readonly fields: TypeFields };

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
 * Decides how to carry out an update, in which a field that is left out keeps its value. A draft is edited in place. An
 * active version changes only to deprecated, so any other change inserts the next version. Deprecated is final.
 */
export function changeType(current: TypeVersion, given: Partial<TypeFields>): TypeChange {
  const fields: TypeFields = { ...current, ...given };
  const isSame = FIELDS.every((field) => isDeepStrictEqual(fields[field], current[field]));
  if (isSame && fields.status === current.status) return { kind: "nothing" };
  if (current.status === "draft") return { kind: "edit", fields };
  if (current.status === "deprecated")
    return {
      kind: "refused",
      fault: {
        field: "version",
        message:
          "is deprecated, which is final; update another version, or copy this one with POST, typeId and version",
      },
    };
  if (fields.status !== "deprecated") return { kind: "next", fields };
  return isSame
    ? { kind: "move", status: "deprecated" }
    : {
        kind: "refused",
        fault: {
          field: "status",
          message:
            "cannot become deprecated together with other changes; send status alone, or the other fields without it",
        },
      };
}
